"""Read one version of a table: sealed files below, the log on top, the last word wins.

For each datastream and time the row with the highest ``(rt, seq)`` counts, and that is decided
here, over base and log together: an old value that is delivered again never hides a newer one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from stadtlabor.store.place import Place, readable
from stadtlabor.store.series import MOST_SERIES, read_series
from stadtlabor.store.snapshot import ROWS, File, Snapshot
from stadtlabor.store.window import Window, after, begin, months

__all__ = ["Reader", "newest"]

_COLUMNS = ", ".join(ROWS.names)
Scan = Callable[[Sequence[File]], str]
"""Tells the engine of files and returns what stands for them in SQL; empty for none."""


class Reader:
    """DuckDB over the file list of a version; one cursor per question, safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = -1
        self._connection: duckdb.DuckDBPyConnection
        self._log: dict[str, pa.Table] = {}

    def rows(self, snapshot: Snapshot, window: Window) -> pa.Table:
        """Return the newest rows of a window, sorted by datastream and time."""
        if window.keys is not None and len(window.keys) <= MOST_SERIES:
            return read_series(snapshot, window, self.log(snapshot, window))
        ordered = f"SELECT {_COLUMNS} FROM rows ORDER BY datastream, t"  # noqa: S608
        return self.ask(snapshot, window, ordered)

    def ask(self, snapshot: Snapshot, window: Window, query: str, **tables: pa.Table) -> pa.Table:
        """Return the answer to a query over ``rows``, the newest rows of the window.

        Further tables are known to the query by their names.
        """
        log = self.log(snapshot, window)
        cursor = self._cursor()
        try:
            for name, table in (tables | {"log_rows": log}).items():
                cursor.register(name, table)
            rows = newest(
                _scanner(snapshot.folder, cursor), snapshot.base(window.months()), log, window
            )
            return cursor.sql(f"WITH rows AS ({rows}) {query}").to_arrow_table()
        finally:
            cursor.close()

    def stream(self, snapshot: Snapshot, month: str, log: pa.Table) -> pa.RecordBatchReader:
        """Return the newest rows of one month, sorted by datastream and time, piece by piece."""
        cursor = self._cursor()
        cursor.register("log_rows", log)
        rows = newest(
            _scanner(snapshot.folder, cursor),
            snapshot.base((month, month)),
            log,
            Window(None, begin(month), after(month)),
        )
        ordered = f"SELECT {_COLUMNS} FROM ({rows}) ORDER BY datastream, t"  # noqa: S608
        return cursor.sql(ordered).to_arrow_reader(1 << 18)

    def log(self, snapshot: Snapshot, window: Window | None = None) -> pa.Table:
        """Return the rows of the log; each file is read once and kept while a version needs it."""
        files = snapshot.log()
        with self._lock:
            known = self._log
        parts = {f.path: known.get(self._name(snapshot, f)) for f in files}
        for path, part in parts.items():
            if part is None:
                whole = pq.ParquetFile(readable(snapshot.folder / path)).read()
                parts[path] = whole.cast(ROWS).combine_chunks()
        prefix = f"{snapshot.folder}:"
        with self._lock:
            others = {n: p for n, p in self._log.items() if not n.startswith(prefix)}
            self._log = others | {prefix + path: p for path, p in parts.items() if p is not None}
        cut = (window or Window()).cut
        return pa.concat_tables(
            [ROWS.empty_table(), *(p for part in parts.values() for p in cut(part))]
        )

    def span(self, snapshot: Snapshot, window: Window) -> tuple[int, int]:
        """Return the ends of a window in µs; where it is open, those of the data."""
        sealed = snapshot.base()
        first = [begin(f.month) for f in sealed[:1]]
        last = [after(f.month) for f in sealed[-1:]]
        log = self.log(snapshot, window)["t"].cast(pa.int64()).to_numpy()
        if len(log):
            first.append(int(log.min()))
            last.append(int(log.max()))
        start = window.start_us if window.start_us is not None else min(first, default=0)
        end = window.end_us if window.end_us is not None else max(last, default=start)
        return start, max(start, end)

    @staticmethod
    def _name(snapshot: Snapshot, file: File) -> str:
        return f"{snapshot.folder}:{file.path}"

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._process != os.getpid():  # a forked kernel starts afresh
                self._connection = duckdb.connect(
                    config={
                        "threads": 2,
                        "memory_limit": "2GB",
                        "preserve_insertion_order": False,
                        "autoinstall_known_extensions": False,
                        "autoload_known_extensions": False,
                    }
                )
                self._connection.execute("SET parquet_metadata_cache = true")  # files never change
                self._process = os.getpid()
            return self._connection.cursor()


def newest(scan: Scan, base: Sequence[File], log: pa.Table, window: Window) -> str:
    """Return SQL for the winning rows of a window; ``log_rows`` must be known to the cursor."""
    condition = window.condition()
    touched = months(log["t"]) if len(log) else set()
    parts = []
    untouched = scan([f for f in base if f.month not in touched])
    if untouched:
        parts.append(f"SELECT {_COLUMNS} FROM {untouched} WHERE {condition}")  # noqa: S608
    if len(log):
        last = (
            f"SELECT {_COLUMNS} FROM log_rows WHERE {condition} QUALIFY "  # noqa: S608
            "row_number() OVER (PARTITION BY datastream, t ORDER BY rt DESC, seq DESC) = 1"
        )
        contested = scan([f for f in base if f.month in touched])
        parts.append(_overlay(contested, last, condition) if contested else last)
    if not parts:
        empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _TYPES.items())
        return f"SELECT {empty} WHERE false"
    return " UNION ALL ".join(parts)


_TYPES = {
    "datastream": "INTEGER",
    "t": "TIMESTAMPTZ",
    "v": "DOUBLE",
    "rt": "TIMESTAMPTZ",
    "seq": "BIGINT",
    "quality": "TINYINT",
}


def _overlay(base: str, last: str, condition: str) -> str:
    """Put the winners of the log beside the sealed rows and keep the later statement of each."""
    sealed = "n.t IS NULL OR (b.t IS NOT NULL AND (b.rt, b.seq) > (n.rt, n.seq))"
    picked = ", ".join(
        f"CASE WHEN {sealed} THEN b.{name} ELSE n.{name} END AS {name}" for name in ROWS.names
    )
    return (
        f"SELECT {picked} FROM (SELECT {_COLUMNS} FROM {base} WHERE {condition}) b "  # noqa: S608
        f"FULL JOIN ({last}) n ON b.datastream = n.datastream AND b.t = n.t"
    )


def _scanner(folder: Place, cursor: duckdb.DuckDBPyConnection) -> Scan:
    """Return how a cursor is told of files: by their paths, or as a data set that Arrow reads.

    DuckDB itself reaches object stores only by an extension that it would have to fetch.
    """

    def by_path(files: Sequence[File]) -> str:
        listed = ", ".join("'" + f"{folder}/{f.path}".replace("'", "''") + "'" for f in files)
        return f"read_parquet([{listed}], hive_partitioning = false)" if files else ""

    def by_arrow(files: Sequence[File]) -> str:
        if not files:
            return ""
        from pyarrow import dataset

        assert not isinstance(folder, Path)  # noqa: S101  # told to the type checker
        name = f"files_{next(numbers)}"
        listed = [(folder / f.path).key for f in files]
        cursor.register(name, dataset.dataset(listed, ROWS, "parquet", filesystem=folder.system))
        return name

    numbers = count()
    return by_path if isinstance(folder, Path) else by_arrow
