"""Which deliveries of which provider stand in which version: noted while the ingest commits.

The spool forgets deliveries after some days; what is noted here stays. Commits of some minutes
are told together, so that a year of them fits on the disk.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from stadtlabor.evidence.lineage import dataset, event, facet, note
from stadtlabor.store.errors import StoreError

__all__ = ["Intake", "folder", "place_of"]

log = logging.getLogger(__name__)

EVERY_S = 300.0
MOST_PLACES = 20


def folder(home: Path) -> Path:
    """Return where the ingest keeps its events."""
    return home / "store" / "lineage"


@dataclass
class _Gathered:
    """What came into one data set since the last event."""

    rows: int = 0
    first: int = 0
    last: int = 0
    # decoder and place → rows, deliveries
    values: Counter[tuple[str, str]] = field(default_factory=Counter)
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)


class Intake:
    """Gathers what was committed, and writes an event per data set every few minutes.

    A crash loses what was not yet told; the versions themselves are not touched by that, and the
    spool still has these deliveries.

    Parameters
    ----------
    place
        Folder of the events.
    version
        Tells the newest version of a data set.
    every_s
        So often they are written, seconds.
    """

    def __init__(
        self, place: Path, version: Callable[[str], int], every_s: float = EVERY_S
    ) -> None:
        self._place, self._version, self._every_s = place, version, every_s
        self._told_at = time.monotonic()
        self._open: dict[str, _Gathered] = {}

    def committed(
        self,
        datasets: Sequence[str] | pd.Series,
        owners: Sequence[int] | np.ndarray,
        known: Mapping[int, tuple[str, str]],
    ) -> None:
        """Take note of a commit.

        Parameters
        ----------
        datasets, owners
            Name of the data set and id of the delivery per value (or grid) that was committed.
        known
            Id of a delivery → decoder and name.
        """
        codes, names = pd.factorize(np.asarray(datasets, dtype=object))
        numbers = np.asarray(owners, dtype="int64")
        # One number per pair: a commit may hold a million values.
        span = int(numbers.max(initial=0)) + 1
        pairs, sizes = np.unique(codes * span + numbers, return_counts=True)
        for pair, size in zip(pairs.tolist(), sizes.tolist(), strict=True):
            name, owner = str(names[pair // span]), pair % span
            gathered = self._open.setdefault(name, _Gathered())
            kind, where = known[owner]
            origin = (kind, place_of(where))
            gathered.values[origin] += size
            gathered.deliveries[origin] += 1
            gathered.rows += size
            gathered.first = min(gathered.first or owner, owner)
            gathered.last = max(gathered.last, owner)
        if time.monotonic() - self._told_at >= self._every_s:
            self.tell()

    def sealed(self, name: str, before: int, months: list[str]) -> None:
        """Take note that a seal has put the values of a version into another order."""
        after = self._version(name)
        told = event(
            f"seal/{name}", f"{before}-{after}", [dataset(name, before)], [dataset(name, after)],
            facets={"stadtlabor_seal": facet(months=months)},
        )  # fmt: skip
        self._write(told)

    def tell(self) -> None:
        """Write what was gathered."""
        self._told_at = time.monotonic()
        gathered, self._open = self._open, {}
        for name, each in gathered.items():
            places = each.values.most_common()
            inputs = [
                dataset(
                    f"{kind}:{where}" if where else kind,
                    inputFacets={
                        "inputStatistics": facet(
                            "1-0-0/InputStatisticsInputDatasetFacet.json",
                            rowCount=rows, fileCount=each.deliveries[kind, where],
                        ),
                        "stadtlabor_delivery": facet(decoder=kind, place=where),
                    },
                )
                for (kind, where), rows in _few(places, each.deliveries)
            ]  # fmt: skip
            statistics = facet("1-0-2/OutputStatisticsOutputDatasetFacet.json", rowCount=each.rows)
            try:
                version = self._version(name)
            except StoreError:  # the store took none of it
                continue
            output = dataset(name, version, outputFacets={"outputStatistics": statistics})
            self._write(event(
                f"ingest/{name}", f"{each.first}-{each.last}", inputs, [output],
                facets={"stadtlabor_spool": facet(first=each.first, last=each.last)},
            ))  # fmt: skip

    def _write(self, told: dict[str, Any]) -> None:
        try:
            note(self._place, told)
        except OSError as error:  # the data are safe; only their story has a gap
            log.warning("Herkunft nicht notiert: %s", error)


def place_of(name: str) -> str:
    """Return where a delivery came from, without what could name a device or hold a key.

    Parameters
    ----------
    name
        Address, file name or MQTT topic. Of an address scheme, host and path stay; a topic says
        nothing but which device sent, so nothing of it stays.
    """
    parts = urlsplit(name)
    if parts.scheme in ("http", "https", "mqtts", "mqtt"):
        return f"{parts.scheme}://{parts.hostname}{parts.path}"[:200]
    if "/" in name and not name.startswith("/"):
        return ""
    return Path(name).name[:120]


def _few(
    places: list[tuple[tuple[str, str], int]], deliveries: Counter[tuple[str, str]]
) -> list[tuple[tuple[str, str], int]]:
    """Put the rarest places of many into one per decoder, keeping the sums."""
    kept, rest = places[:MOST_PLACES], places[MOST_PLACES:]
    others: Counter[tuple[str, str]] = Counter()
    for (kind, where), rows in rest:
        others[kind, ""] += rows
        deliveries[kind, ""] += deliveries[kind, where]
    known = dict(kept)
    for origin, rows in others.items():
        known[origin] = known.get(origin, 0) + rows
    return list(known.items())
