"""Tidy a table: gather small files of the log, seal the log into sorted months.

Both exchange files in one atomic commit and change nothing in what is read.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from stadtlabor.store.query import Reader, months
from stadtlabor.store.table import Table

__all__ = ["gather", "seal"]


def seal(table: Table, reader: Reader) -> list[str]:
    """Merge the log into the months that it touches and return these.

    Only touched months are written anew, sorted by datastream and time, one row per key.
    """
    snapshot = table.snapshot()
    log = reader.log(snapshot)
    touched = sorted(months(log["t"])) if len(log) else []
    added = [
        file
        for month in touched
        for file in table.write(reader.stream(snapshot, month, log), "base", month)
    ]
    removed = [*snapshot.log(), *(f for f in snapshot.base() if f.month in touched)]
    if removed:
        table.replace(removed, added)
        table.checkpoint()
    return touched


def gather(table: Table, reader: Reader) -> int:
    """Merge the files of the log into one and return how many there were.

    Far cheaper than a seal: a slow trickle would otherwise leave one small file per commit, and
    every reader opens each of them.
    """
    snapshot = table.snapshot()
    files = snapshot.log()
    if len(files) > 1:
        log = reader.log(snapshot)
        order = pc.sort_indices(log, [("datastream", "ascending"), ("t", "ascending")])
        merged: pa.Table = log.take(order)
        table.replace(files, table.write(merged.to_reader(), "log", "log"))
    return len(files)
