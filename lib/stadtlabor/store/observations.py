"""The store of observations: write batches, read them back at any version."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa
from sqlalchemy import Connection

from stadtlabor.observations import COLUMNS, Batch, Datastream
from stadtlabor.store.aggregate import aggregate
from stadtlabor.store.citation import Citation, digest
from stadtlabor.store.dictionary import Dictionary
from stadtlabor.store.erase import MARK, Erased, erase, finish
from stadtlabor.store.errors import StoreError
from stadtlabor.store.files import claim, release
from stadtlabor.store.frames import empty, framed, microseconds, named, to_frame, to_rows
from stadtlabor.store.last import last_values
from stadtlabor.store.mend import mend
from stadtlabor.store.periods import GRAINS
from stadtlabor.store.place import located
from stadtlabor.store.query import Reader
from stadtlabor.store.registers import registers
from stadtlabor.store.scrub import scrub
from stadtlabor.store.seal import gather, seal
from stadtlabor.store.series import MOST_SERIES
from stadtlabor.store.table import Table, gone_version
from stadtlabor.store.vacuum import vacuum
from stadtlabor.store.window import Window

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = ["AGGREGATE_COLUMNS", "Store"]

AGGREGATE_COLUMNS = {
    "datastream": "str",
    "time": "datetime64[us, UTC]",
    "sum": "float64",
    "mean": "float64",
    "min": "float64",
    "max": "float64",
    "count": "int64",
    "simulated": "float64",
    "filled": "float64",
    "suspect": "float64",
}
"""Columns of an aggregate: ``time`` is the start of the local period; the last three are the
shares, 0 to 1, of values that are simulated, filled or suspect."""

Instant = pd.Timestamp | None
T = TypeVar("T")
_OBSERVATION = ["datastream", "t", "v", "quality", "rt"]


class Store:
    """All observations of a city: one versioned table per dataset.

    Any number of processes may read; the first that writes is the only writer until it ends.

    Parameters
    ----------
    folder
        Where everything lies.
    zone
        IANA name of the city's time zone: the clock of :meth:`aggregate`.
    registers_url
        SQLAlchemy URL of the registers, see :func:`stadtlabor.store.registers.registers`.
    closed
        Tells of a dataset's name whether other system users must not read its files.
    url
        Where the files lie, see :func:`stadtlabor.store.place.located`; the lock of the writer and
        registers without a server stay in ``folder``.
    """

    def __init__(
        self,
        folder: Path,
        zone: str = "Europe/Berlin",
        registers_url: str | None = None,
        closed: Callable[[str], bool] = lambda _: False,
        url: str | None = None,
    ) -> None:
        self.folder = folder
        self.place = located(folder, url)
        self._closed = closed
        self._zone = zone
        self._registers = registers(folder, registers_url)
        self._dictionary = Dictionary(self._registers)
        self._held: Connection | None = None
        self._reader = Reader()
        self._tables: dict[str, Table] = {}
        self._lock = threading.Lock()
        self._mended = False

    def write(self, batch: Batch, *, watermark: int | None = None, stream: str = "ingest") -> int:
        """Keep the values of a batch; they are on the disk when this returns.

        Parameters
        ----------
        batch
            Values and their meaning. Of several values for the same datastream and time the one
            with the latest ``result_time`` is kept, the last one where these are equal.
        watermark
            Position in ``stream`` up to which the batch reaches. A table that has already come
            as far is left alone, so writing again after a crash doubles nothing.
        stream
            Where the watermarks are counted.

        Returns
        -------
        int
            Rows that were appended.

        Raises
        ------
        StoreLockedError
            If another process is the writer.
        """
        self._claim()
        keys = self._dictionary.keys(batch.datastreams)
        datasets = {d.id: d.dataset for d in batch.datastreams}
        frame = batch.frame
        written = 0
        for dataset, rows in frame.groupby(frame["datastream"].map(datasets), sort=True):
            table = self._table(str(dataset))
            if watermark is not None and table.watermark(stream) >= watermark:
                continue
            arrow = to_rows(rows, keys)
            table.guard(closed=self._closed(str(dataset)))
            table.append(arrow, stream, watermark)
            written += len(arrow)
        return written

    def watermark(self, dataset: str, stream: str = "ingest") -> int:
        """Return how far a stream has come in a dataset, ``-1`` at the start; for the writer."""
        self._claim()
        return self._table(dataset).watermark(stream)

    def read(
        self,
        datastream: str | Sequence[str],
        start: Instant = None,
        end: Instant = None,
        at_version: int | None = None,
    ) -> pd.DataFrame:
        """Return observations from ``start`` up to, not including, ``end``.

        The columns are exactly :data:`stadtlabor.observations.COLUMNS`, sorted by datastream and
        time. All datastreams must belong to one dataset.

        Raises
        ------
        StoreError
            If a datastream or the version is unknown.
        """
        found = self.table(datastream, start, end, at_version)
        return empty(COLUMNS) if found is None else framed(found, COLUMNS)

    def table(
        self,
        datastream: str | Sequence[str],
        start: Instant = None,
        end: Instant = None,
        at_version: int | None = None,
    ) -> pa.Table | None:
        """Return what :meth:`read` does as an Arrow table, None where there is nothing yet.

        The names of the datastreams are dictionary-encoded.
        """
        dataset, names = self._resolve(datastream)
        table = self._table(dataset)
        if not names or (at_version is None and not table.exists()):
            return None
        window = self._window(dataset, names, start, end)
        found = self._whole(
            dataset, at_version, lambda: self._reader.rows(table.snapshot(at_version), window)
        )
        return named(found.select(_OBSERVATION), names, COLUMNS)

    def aggregate(
        self,
        datastreams: str | Sequence[str],
        start: Instant,
        end: Instant,
        grain: str,
        at_version: int | None = None,
    ) -> pd.DataFrame:
        """Gather observations into hours, days, weeks or months of the city's clock.

        Returns the columns :data:`AGGREGATE_COLUMNS`; ``time`` is the start of the period, UTC.
        A period without a value has no row.

        Raises
        ------
        StoreError
            If a datastream, the version or the grain is unknown.
        """
        if grain not in GRAINS:
            raise StoreError(f"„{grain}“ ist kein Zeitraum. Möglich sind: {', '.join(GRAINS)}.")
        dataset, names = self._resolve(datastreams)
        table = self._table(dataset)
        if not names or (at_version is None and not table.exists()):
            return empty(AGGREGATE_COLUMNS)
        window = self._window(dataset, names, start, end)
        found = self._whole(
            dataset,
            at_version,
            lambda: aggregate(self._reader, table.snapshot(at_version), window, grain, self._zone),
        )
        return to_frame(found, names, AGGREGATE_COLUMNS)

    def latest(
        self, datastreams: str | Sequence[str], at_version: int | None = None
    ) -> pd.DataFrame:
        """Return the last value of each datastream, or of all of a dataset if its name is given."""
        if isinstance(datastreams, str) and "/" not in datastreams:
            datastreams = [d.id for d in self.datastreams(datastreams)]
        dataset, names = self._resolve(datastreams)
        table = self._table(dataset)
        if not names or (at_version is None and not table.exists()):
            return empty(COLUMNS)
        found = self._whole(
            dataset,
            at_version,
            lambda: last_values(self._reader, table.snapshot(at_version), names),
        )
        return to_frame(found, names, COLUMNS)

    def spread(self, dataset: str, at_version: int | None = None) -> dd.DataFrame:
        """Return all observations of one version as a Dask frame, a part per month.

        The version is settled when this returns. Workers must reach the same folder, or the object
        store with keys in their environment.

        Raises
        ------
        StoreError
            If the version does not exist.
        """
        from stadtlabor.store.spread import spread

        table = self._table(dataset)
        names = {key: name for name, (key, _) in self._dictionary.of(dataset).items()}
        return spread(table.folder, table.snapshot(at_version).version, names)

    def datasets(self) -> list[str]:
        """Return the names of all datasets."""
        return sorted(self._dictionary.datasets())

    def datastreams(self, dataset: str) -> list[Datastream]:
        """Return the datastreams of a dataset, sorted by id; none if it is unknown."""
        return [d for _, d in self._dictionary.of(dataset).values()]

    def version(self, dataset: str, at_version: int | None = None) -> Citation:
        """Return how to cite the newest version of a dataset, or an older one."""
        table = self._table(dataset)
        if at_version is None and not table.exists():
            return Citation(dataset, -1, digest([]))
        snapshot = table.snapshot(at_version)
        return Citation(dataset, snapshot.version, snapshot.sha256)

    def guard(self) -> None:
        """Close or open the files of every dataset, as it is to be by now; for the writer."""
        self._claim()
        for dataset in self.datasets():
            table = self._table(dataset)
            if table.exists():
                table.guard(closed=self._closed(dataset))

    def log_size(self, dataset: str) -> tuple[int, int]:
        """Return files and rows appended since the last seal."""
        table = self._table(dataset)
        files = table.snapshot().log() if table.exists() else []
        return len(files), sum(f.rows for f in files)

    def seal(self, dataset: str) -> list[str]:
        """Merge what was appended into sorted months; return the months touched."""
        self._claim()
        table = self._table(dataset)
        return seal(table, self._reader, self._zone) if table.exists() else []

    def gather(self, dataset: str, least: int = 2) -> int:
        """Merge small files of the log into one, where as many as ``least``; return how many."""
        self._claim()
        return gather(self._table(dataset), least)

    def vacuum(self, dataset: str, all_days: float = 2.0, sealed_days: float = 30.0) -> int:
        """Delete what only old versions need; return how many files went.

        Every version of the last ``all_days`` stays readable, a sealed one for ``sealed_days``.
        ``all_days`` must be longer than the longest notebook run, for a reader keeps using the
        version it has begun with.
        """
        self._claim()
        table = self._table(dataset)
        if not table.exists():
            return 0
        gone = vacuum(table, all_days, sealed_days)
        table.forget()
        return gone

    def erase(
        self,
        dataset: str,
        datastreams: Sequence[str] | None = None,
        before: Instant = None,
    ) -> Erased:
        """Erase values for good: no file and no older version holds them when this returns.

        Older versions of the dataset cannot be read any more. After a crash, the next writer goes
        on with it by itself, as far as it had come.

        Parameters
        ----------
        dataset
            Name.
        datastreams
            Series, all if not given. Without ``before`` their descriptions are erased too.
        before
            Only values whose time lies before this instant.

        Raises
        ------
        StoreError
            If neither series nor instant is given, or a series is not known.
        """
        if datastreams is None and before is None:
            raise StoreError(
                "Bitte Datenreihen oder einen Zeitpunkt nennen, bis zu dem gelöscht wird."
            )
        self._claim()
        keys: tuple[int, ...] | None = None
        if datastreams is not None:
            found, names = self._resolve(datastreams)
            if names and found != dataset:
                raise StoreError(f"Die Datenreihen gehören zu „{found}“, nicht zu „{dataset}“.")
            keys = tuple(names)
        table = self._table(dataset)
        gone = Erased()
        if table.exists() and (keys is None or keys):
            gone = erase(table, self._reader, self._zone, keys, microseconds(before))
        if keys and before is None:
            self._dictionary.forget(keys)
            scrub(self._registers, "datastreams")
        return gone

    def close(self) -> None:
        """Let another process write."""
        if self._held:
            self._held.close()
            self._held = None
        release(self.folder)

    def _window(self, dataset: str, names: dict[int, str], start: Instant, end: Instant) -> Window:
        """Return the window; naming all of many series of a dataset would only slow the engine."""
        every = len(names) > MOST_SERIES and len(names) == len(self._dictionary.of(dataset))
        keys = None if every else tuple(names)
        return Window(keys, microseconds(start), microseconds(end))

    def _claim(self) -> None:
        """Become the writer; the first time, mend what a power cut has left."""
        claim(self.folder)
        if self._held is None:
            # Held open as long as we may write: see stadtlabor.store.reading.
            self._held = self._registers.connect()
        if not self._mended:
            for folder in self.place.glob("observations/*"):
                mend(folder)
                if (folder / MARK).exists():
                    finish(self._table(folder.name))
            self._mended = True

    def _whole(self, dataset: str, at_version: int | None, read: Callable[[], T]) -> T:
        """Read; again where an erasure has just taken files away that the version had."""
        try:
            return read()
        except (FileNotFoundError, duckdb.IOException) as error:
            if at_version is not None:
                raise gone_version(dataset, at_version) from error
            return read()

    def _table(self, dataset: str) -> Table:
        with self._lock:
            if dataset not in self._tables:
                self._tables[dataset] = Table(self.place / "observations" / dataset)
            return self._tables[dataset]

    def _resolve(self, datastreams: str | Sequence[str]) -> tuple[str, dict[int, str]]:
        """Return the dataset and, by key, the names of datastreams that are known."""
        wanted = [datastreams] if isinstance(datastreams, str) else sorted(set(datastreams))
        datasets = {name.split("/", 1)[0] for name in wanted}
        if len(datasets) > 1:
            raise StoreError(
                f"Bitte die Datensätze {', '.join(sorted(datasets))} einzeln abfragen."
            )
        dataset = datasets.pop() if datasets else ""
        known = self._dictionary.of(dataset)
        unknown = [name for name in wanted if name not in known]
        if unknown:
            raise StoreError(f"Die Datenreihe „{unknown[0]}“ gibt es nicht.")
        return dataset, {known[name][0]: name for name in wanted}
