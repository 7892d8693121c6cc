"""Once a night: what is older than its card allows is gathered, and the single values erased.

Only the ingest does this, for it is the only writer. Whatever interrupts a night, the next run
begins it again: gathering leaves alone what is there, erasing ends by itself.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.cards import GATHERED, find, shelf
from stadtlabor.observations import Datastream
from stadtlabor.retention import deliveries
from stadtlabor.retention.aggregates import LENGTH_S, gather
from stadtlabor.store import Spool, Store, StoreError
from stadtlabor.store.files import write_durably

__all__ = ["DEAD_DAYS", "UPLOAD_DAYS", "Night", "Timer", "keep"]

log = logging.getLogger(__name__)

HOUR = 2
"""Local hour of the run: the night's quiet, and a clock that changes has changed by three."""

DEAD_DAYS = 90.0
"""So long deliveries are kept that nobody could read."""

UPLOAD_DAYS = 30.0
"""So long uploaded files are kept after the store has taken them."""


@dataclass(frozen=True)
class Night:
    """What one run has done to one data set."""

    dataset: str
    before: pd.Timestamp
    gathered: int
    erased: int
    deliveries: int


class Timer:
    """Knows when the next run is due; the day of the last one survives a restart.

    Parameters
    ----------
    home
        Folder of run-time files.
    spool, store
        What is tidied; this process must be the writer.
    zone
        IANA name of the city's time zone.
    """

    def __init__(self, home: Path, spool: Spool, store: Store, zone: str) -> None:
        self._home, self._spool, self._store, self._zone = home, spool, store, zone
        self._looked_at = 0.0

    @property
    def file(self) -> Path:
        """Where the day of the last run stands."""
        return self._home / "spool" / "retention.json"

    def tend(self, now: datetime | None = None) -> list[Night]:
        """Run if it is due; a new installation begins with its first night."""
        if now is None and time.monotonic() - self._looked_at < 60:
            return []
        self._looked_at = time.monotonic()
        here = (now or datetime.now(UTC)).astimezone(ZoneInfo(self._zone))
        today = here.date().isoformat()
        done = self._done()
        if done is None:
            self._remember(today)
            return []
        if done >= today or here.hour < HOUR:
            return []
        nights = self.run(pd.Timestamp(here))
        self._remember(today)
        return nights

    def run(self, now: pd.Timestamp) -> list[Night]:
        """Do what is due at an instant, without asking whether it has been done today."""
        nights = []
        for dataset in self._store.datasets():
            card = find(dataset)
            if card is None or not card.retention.raw_days or _derived(dataset):
                continue
            try:
                night = keep(self._home, self._spool, self._store, dataset, card, now, self._zone)
            except StoreError:  # the next night tries again; the others must not wait for it
                log.exception("Aufbewahrung: %s", dataset)
                continue
            if night is not None:
                nights.append(night)
                log.info("Aufbewahrung: %s", night)
        self._spool.prune_dead(DEAD_DAYS)
        oldest = now.timestamp() - UPLOAD_DAYS * 86_400
        for path in (self._home / "inbox-done").glob("*/*"):
            if path.is_file() and path.stat().st_mtime < oldest:
                path.unlink()
        return nights

    def _done(self) -> str | None:
        try:
            return str(json.loads(self.file.read_text(encoding="utf-8"))["done"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _remember(self, day: str) -> None:
        write_durably(self.file, json.dumps({"done": day}).encode())


def keep(
    home: Path, spool: Spool, store: Store, dataset: str, card: Card, now: pd.Timestamp, zone: str
) -> Night | None:
    """Apply the retention period of one data set; return what was done, None where nothing was.

    Simulated series are nobody's, and series that come no finer than the aggregates are such
    themselves: both stay.
    """
    grain = card.retention.aggregates
    series = [stream for stream in store.datastreams(dataset) if _ends(stream, grain)]
    if not series:
        return None
    local = now.tz_convert(zone).normalize()
    before = (local - pd.DateOffset(days=card.retention.raw_days)).tz_convert("UTC")
    if grain == "month":  # a month that is not over cannot be gathered
        before = min(before, local.replace(day=1).tz_convert("UTC"))
    count = 0
    if grain != "none":
        batch = gather(store, series, before, grain, now.tz_convert("UTC"))
        count = store.write(batch) if batch is not None else 0
    names = [stream.id for stream in series]
    gone = store.erase(dataset, names, before)
    if not gone.rows:
        return None
    if count:
        store.seal(f"{dataset}{GATHERED[grain]}")
    taken = deliveries.erase(home, spool, deliveries.Wanted(frozenset(names), before))
    return Night(dataset, before, count, gone.rows, sum(taken))


def _ends(stream: Datastream, grain: str) -> bool:
    return not stream.simulated and (grain == "none" or stream.interval_s < LENGTH_S[grain])


def _derived(dataset: str) -> bool:
    """Tell whether a data set holds aggregates and has no card of its own."""
    return dataset not in shelf().cards and dataset.endswith(tuple(GATHERED.values()))
