"""From the spool into the store, exactly once.

Every table remembers with its data how far into the spool it has come. After a crash between two
tables the same stretch is read again; the tables that have it leave it alone.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field

from stadtlabor.catalogue.cards import shelf
from stadtlabor.city import city
from stadtlabor.evidence.intake import Intake
from stadtlabor.ingest.decoding import REFUSED, Decoded, decode_all
from stadtlabor.observations import Problem
from stadtlabor.retention import Timer, orders
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, Spool, Store, StoreError, StoreLockedError

__all__ = ["STRETCH", "Committer", "Progress"]

log = logging.getLogger(__name__)

STRETCH = 5_000
"""Most deliveries of one commit."""

_STRETCH_BYTES = 64 * 2**20
_SMALL_FILES = 32  # gather small files where there are as many …
_LOG_ROWS = 500_000  # … and seal beyond this many rows, for readers hold the log in memory
_SPOOL_DAYS = 7.0
_DAY_S = 86_400.0


@dataclass
class Progress:
    """What the committer has done since it started, for the health file."""

    rows: int = 0
    grids: int = 0
    commits: int = 0
    seals: int = 0
    commit_s: float = 0.0
    problems: deque[Problem] = field(default_factory=lambda: deque(maxlen=20))
    refused: int = 0


class Committer:
    """Moves deliveries from the spool into the store and keeps the store tidy."""

    def __init__(
        self,
        spool: Spool,
        store: Store,
        grids: GridStore,
        seal_every_s: float,
        memory: Memory | None = None,
    ) -> None:
        self.progress = Progress()
        self._memory = memory or Memory(None)
        self._spool, self._store, self._grids = spool, store, grids
        self._seal_every_s = seal_every_s
        self._sealed_at = self._cleaned_at = time.monotonic()
        self._replay_until = self._interrupted()
        self._cards = ""
        self._intake = Intake(store.folder / "lineage", self._version)
        self._home = store.folder.parent
        self._timer = Timer(self._home, spool, store, city().city.timezone)

    def step(self) -> int:
        """Commit one stretch of the spool; return how many deliveries it held.

        Raises
        ------
        OSError
            If the disk refuses; nothing is lost, the stretch is tried again by the next call.
        """
        begin = time.perf_counter()
        self._try_again()
        stretch = self._stretch()
        if not stretch:
            return 0
        last = stretch[-1][0]
        found = decode_all(stretch)
        if found.observations is not None:
            self.progress.rows += self._store.write(found.observations, watermark=last)
        for number, grid in found.grids:
            try:
                self.progress.grids += self._grids.write_grid(grid)
            except StoreLockedError:
                raise
            except StoreError as error:
                found.dead.append((number, str(error)))
        self._spool.bury(found.dead)
        with suppress(sqlite3.Error):  # a promise less; the next answer makes it again
            for stretches in found.complete:  # only now that the store has the values
                self._memory.advance(stretches)
        self._spool.done(last)
        self._note(stretch, found)
        for problem in found.problems:
            log.warning("%s", problem)
        self.progress.problems.extend(found.problems)
        self.progress.refused += len(found.problems)
        self.progress.commits += 1
        self.progress.commit_s = time.perf_counter() - begin
        return len(stretch)

    def tidy(self) -> None:
        """Gather, seal, prune and erase where it is time to."""
        now = time.monotonic()
        due = now - self._sealed_at >= self._seal_every_s
        for dataset in self._store.datasets():
            _, rows = self._store.log_size(dataset)
            if (due and rows) or rows >= _LOG_ROWS:
                before = self._version(dataset)
                months = self._store.seal(dataset)
                self._intake.sealed(dataset, before, months)
                self.progress.seals += 1
            elif rows:
                self._store.gather(dataset, least=_SMALL_FILES)
        if due:
            self._sealed_at = now
        if now - self._cleaned_at >= _DAY_S:
            self._cleaned_at = now
            self._spool.prune(_SPOOL_DAYS)
            for dataset in self._store.datasets():
                self._store.vacuum(dataset)
        self._timer.tend()
        orders.carry_out(self._home, self._spool, self._store, self._memory, self.step)

    def close(self) -> None:
        """Tell what is not yet told of where the last values came from."""
        self._intake.tell()

    def _version(self, dataset: str) -> int:
        grids = dataset not in self._store.datasets()
        return (self._grids if grids else self._store).version(dataset).version

    def _note(self, stretch: list[tuple[int, Delivery]], found: Decoded) -> None:
        """Remember which delivery brought values into which data set."""
        known = {number: (delivery.kind, delivery.name) for number, delivery in stretch}
        if found.observations is not None:
            names = {d.id: d.dataset for d in found.observations.datastreams}
            datasets = found.observations.frame["datastream"].map(names)
            self._intake.committed(datasets, found.owners, known)
        if found.grids:
            grids = [str(grid.attrs.get("dataset", "rain-radar")) for _, grid in found.grids]
            self._intake.committed(grids, [number for number, _ in found.grids], known)

    def _try_again(self) -> None:
        """Bring back what a card kept out, or the lack of one, once the cards have changed."""
        stamp = shelf().stamp
        if stamp != self._cards and self._spool.watermark >= self._replay_until:
            self._cards = stamp
            self._spool.revive(REFUSED)

    def _stretch(self) -> list[tuple[int, Delivery]]:
        done = self._spool.watermark
        waiting = self._spool.pending(done, STRETCH)
        if done < self._replay_until:
            return [entry for entry in waiting if entry[0] <= self._replay_until]
        size = 0
        for place, (_, delivery) in enumerate(waiting):
            size += len(delivery.body)
            if size > _STRETCH_BYTES and place:
                return waiting[:place]
        return waiting

    def _interrupted(self) -> int:
        """Return the end of a stretch that a crash left half committed, 0 where there is none.

        That stretch must be read again with exactly the same end, so that each table can tell by
        its watermark whether it has it.
        """
        furthest = max((self._store.watermark(d) for d in self._store.datasets()), default=0)
        # A new spool beside an old store must not give ids that the tables take for known.
        self._spool.start_after(furthest)
        return furthest
