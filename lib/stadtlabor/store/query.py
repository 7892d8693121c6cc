"""Read one version of a table: sealed files below, the log on top, the last word wins.

For each datastream and time the row with the highest ``(rt, seq)`` counts, and that is decided
here, over base and log together: an old value that is delivered again never hides a newer one.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stadtlabor.store.snapshot import ROWS, File, Snapshot

__all__ = ["Reader", "Window", "begin", "months", "newest"]

_COLUMNS = ", ".join(ROWS.names)
_EPOCH = np.datetime64(0, "us")


@dataclass(frozen=True)
class Window:
    """What is asked for: keys of datastreams (None: all) and a half-open span of time in µs UTC."""

    keys: tuple[int, ...] | None = None
    start_us: int | None = None
    end_us: int | None = None

    def condition(self) -> str:
        """Return the SQL condition; files and row groups are skipped by it."""
        parts = ["true"]
        if self.keys is not None:
            listed = ", ".join(map(str, self.keys)) or "NULL"
            parts.append(f"datastream IN ({listed})")
        if self.start_us is not None:
            parts.append(f"t >= {_instant(self.start_us)}")
        if self.end_us is not None:
            parts.append(f"t < {_instant(self.end_us)}")
        return " AND ".join(parts)

    def months(self) -> tuple[str, str]:
        """Return the first and the last month that the span touches."""
        first = "0000" if self.start_us is None else _month(self.start_us)
        return first, "9999" if self.end_us is None else _month(self.end_us - 1)


class Reader:
    """DuckDB over the file list of a version; one cursor per question, safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = -1
        self._connection: duckdb.DuckDBPyConnection
        self._log: dict[str, pa.Table] = {}

    def ask(self, snapshot: Snapshot, window: Window, select: str, tail: str = "") -> pa.Table:
        """Return ``SELECT select FROM <newest rows in window> tail`` as an Arrow table."""
        log = self.log(snapshot, window)
        cursor = self._cursor()
        try:
            if len(log):
                cursor.register("log_rows", log)
            rows = newest(snapshot.folder.as_posix(), snapshot.base(window.months()), log, window)
            query = f"WITH rows AS ({rows}) SELECT {select} FROM rows {tail}"  # noqa: S608
            return cursor.sql(query).to_arrow_table()
        finally:
            cursor.close()

    def stream(self, snapshot: Snapshot, month: str, log: pa.Table) -> pa.RecordBatchReader:
        """Return the newest rows of one month, sorted by datastream and time, piece by piece."""
        cursor = self._cursor()
        cursor.register("log_rows", log)
        rows = newest(
            snapshot.folder.as_posix(),
            snapshot.base((month, month)),
            log,
            Window(None, begin(month), _end(month)),
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
                parts[path] = pq.ParquetFile(snapshot.folder / path).read().cast(ROWS)
        prefix = f"{snapshot.folder}:"
        with self._lock:
            others = {n: p for n, p in self._log.items() if not n.startswith(prefix)}
            self._log = others | {prefix + path: p for path, p in parts.items() if p is not None}
        rows = pa.concat_tables([ROWS.empty_table(), *parts.values()])
        return rows if window is None else _within(rows, window)

    def span(self, snapshot: Snapshot, window: Window) -> tuple[int, int]:
        """Return the ends of a window in µs; where it is open, those of the data."""
        sealed = snapshot.base()
        first = [begin(f.month) for f in sealed[:1]]
        last = [_end(f.month) for f in sealed[-1:]]
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


def newest(folder: str, base: Sequence[File], log: pa.Table, window: Window) -> str:
    """Return SQL for the winning rows of a window; ``log_rows`` must be known to the cursor."""
    condition = window.condition()
    touched = months(log["t"]) if len(log) else set()
    parts = []
    untouched = _scan(folder, [f for f in base if f.month not in touched])
    if untouched:
        parts.append(f"SELECT {_COLUMNS} FROM {untouched} WHERE {condition}")  # noqa: S608
    if len(log):
        last = (
            f"SELECT {_COLUMNS} FROM log_rows WHERE {condition} QUALIFY "  # noqa: S608
            "row_number() OVER (PARTITION BY datastream, t ORDER BY rt DESC, seq DESC) = 1"
        )
        contested = _scan(folder, [f for f in base if f.month in touched])
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


def _scan(folder: str, files: Sequence[File]) -> str:
    if not files:
        return ""
    listed = ", ".join("'" + f"{folder}/{f.path}".replace("'", "''") + "'" for f in files)
    return f"read_parquet([{listed}], hive_partitioning = false)"


def _within(rows: pa.Table, window: Window) -> pa.Table:
    """Filter log rows before the query engine sees them: most questions touch few of them."""
    if window.keys is not None:
        wanted = pa.array(window.keys, pa.int32())
        rows = rows.filter(pc.is_in(rows["datastream"], value_set=wanted))
    if len(rows) and window.start_us is not None:
        rows = rows.filter(pc.greater_equal(rows["t"], _scalar(window.start_us)))
    if len(rows) and window.end_us is not None:
        rows = rows.filter(pc.less(rows["t"], _scalar(window.end_us)))
    return rows


def _scalar(instant_us: int) -> pa.Scalar:
    return pa.scalar(instant_us, pa.int64()).cast(pa.timestamp("us", "UTC"))


def _instant(instant_us: int) -> str:
    moment = _EPOCH + np.timedelta64(instant_us, "us")
    return f"TIMESTAMPTZ '{str(moment).replace('T', ' ')}+00'"


def _month(instant_us: int) -> str:
    return str((_EPOCH + np.timedelta64(instant_us, "us")).astype("datetime64[M]"))


def months(times: pa.ChunkedArray) -> set[str]:
    """Return the months, UTC, that a column of times touches."""
    values = pd.Series(times.cast(pa.int64()).to_numpy()).to_numpy().astype("datetime64[us]")
    return {str(m) for m in np.unique(values.astype("datetime64[M]"))}


def begin(month: str) -> int:
    """Return the first instant of a month (``2026-11``) in µs since the Unix epoch, UTC."""
    return int(np.datetime64(month, "M").astype("datetime64[us]").astype("int64"))


def _end(month: str) -> int:
    following = np.datetime64(month, "M") + np.timedelta64(1, "M")
    return int(following.astype("datetime64[us]").astype("int64"))
