"""Find and erase what arrived from outside and holds values that have to go.

A delivery goes as a whole; what else it held stands in the store.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from stadtlabor.observations import Batch
from stadtlabor.retention.words import blank
from stadtlabor.sources.decode import decode
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.uplink import READERS
from stadtlabor.store import Spool

__all__ = ["Wanted", "erase", "find"]

_STRETCH = 1_000


@dataclass(frozen=True)
class Wanted:
    """Values that have to go: series, and the instant before which they lie (None: all)."""

    series: Collection[str]
    before: pd.Timestamp | None = None

    def held_by(self, delivery: Delivery) -> bool:
        """Tell whether a delivery holds such values, or names a series where it is unreadable."""
        try:
            if delivery.kind in READERS:
                rows = READERS[delivery.kind](delivery).rows
                return any(self._goes(row[0], row[1]) for row in rows)
            found = decode(delivery)
        except Exception:  # what a delivery does to a decoder must not stop an erasure
            return self.before is None and self.named(delivery)
        if not isinstance(found, Batch):
            return False
        hit = found.frame["datastream"].isin(list(self.series))
        if self.before is not None:
            hit &= found.frame["time"] < self.before
        return bool(hit.any())

    def _goes(self, series: str, time: pd.Timestamp) -> bool:
        return series in self.series and (self.before is None or time < self.before)

    def named(self, delivery: Delivery) -> bool:
        """Tell whether a delivery speaks of the thing of a series, in its name or its bytes."""
        things = {name.split("/")[1] for name in self.series}
        text = delivery.name.encode() + delivery.body
        return any(thing.encode() in text for thing in things)


def find(spool: Spool, wanted: Wanted, up_to: int) -> list[int]:
    """Return the ids of spooled deliveries that hold such values, those that are buried included.

    Parameters
    ----------
    spool
        Where they wait.
    wanted
        What is looked for.
    up_to
        Last id that is looked at; what the store does not have yet must lie beyond it.
    """
    found = [number for number, delivery, _ in spool.dead() if wanted.held_by(delivery)]
    for number, delivery in _all(spool, up_to):
        if wanted.held_by(delivery):
            found.append(number)
    return sorted(set(found))


def erase(home: Path, spool: Spool, wanted: Wanted) -> tuple[int, int]:
    """Erase deliveries from the spool and uploaded files that hold such values; return how many.

    Only what the store has already is looked at; the files are those of ``inbox-done``. Where the
    notes of where values came from name such a file, these go as well.
    """
    numbers = find(spool, wanted, spool.watermark)
    gone = spool.erase(numbers) if numbers else 0
    names: list[str] = []
    for path in sorted((home / "inbox-done").glob("*/*")):
        if not path.is_file():
            continue
        name = path.name.split("-", 1)[-1]
        delivery = Delivery(path.parent.name, name, path.read_bytes(), datetime.now(UTC))
        if wanted.held_by(delivery) or (wanted.before is None and wanted.named(delivery)):
            path.unlink()
            names.append(name)
    sought = [json.dumps(name, ensure_ascii=False)[1:-1].encode() for name in names]
    for path in sorted((home / "store" / "lineage").glob("*.ndjson")) if names else []:
        blank(path, lambda line: any(name in line for name in sought))
    return gone, len(names)


def _all(spool: Spool, up_to: int) -> Iterator[tuple[int, Delivery]]:
    last = 0
    while part := [entry for entry in spool.pending(last, _STRETCH) if entry[0] <= up_to]:
        yield from part
        last = part[-1][0]
