"""Tidy a table: gather small files of the log, seal the log into sorted months.

Both exchange files in one atomic commit and change nothing in what is read.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stadtlabor.store.days import write_sums
from stadtlabor.store.place import readable
from stadtlabor.store.query import Reader
from stadtlabor.store.snapshot import ROWS
from stadtlabor.store.table import Table
from stadtlabor.store.window import months

__all__ = ["SMALL", "gather", "seal"]

SMALL = 20_000
"""Files of the log with fewer rows are merged by :func:`gather`."""


def seal(table: Table, reader: Reader, zone: str) -> list[str]:
    """Merge the log into the months that it touches and return these.

    Only touched months are written anew, sorted by datastream and time, one row per key, their
    daily sums beside them.
    """
    snapshot = table.snapshot()
    log = reader.log(snapshot)
    touched = sorted(months(log["t"])) if len(log) else []
    added = [
        file
        for month in touched
        for file in table.write(reader.stream(snapshot, month, log), "base", month)
    ]
    for file in added:
        write_sums(table.folder, file, zone, reader)
    removed = [*snapshot.log(), *(f for f in snapshot.base() if f.month in touched)]
    if removed:
        table.replace(removed, added)
        table.checkpoint()
    return touched


def gather(table: Table, least: int = 2) -> int:
    """Merge the small files of the log into one and return how many there were.

    Far cheaper than a seal: a slow trickle would otherwise leave one small file per commit, and
    every reader opens each of them. What has grown beyond :data:`SMALL` rows is left alone, so
    that a row is not written again and again.

    Parameters
    ----------
    table
        Table to tidy.
    least
        Nothing is done, and 0 returned, where fewer files are small.
    """
    small = [file for file in table.snapshot().log() if file.rows < SMALL]
    if len(small) < max(2, least):
        return 0
    rows = pa.concat_tables(pq.ParquetFile(readable(table.folder / f.path)).read() for f in small)
    order = pc.sort_indices(rows, [("datastream", "ascending"), ("t", "ascending")])
    merged: pa.Table = rows.cast(ROWS).take(order)
    table.replace(small, table.write(merged.to_reader(), "log", "log"))
    return len(small)
