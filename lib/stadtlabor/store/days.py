"""Daily sums of sealed files, kept beside them, because most questions are about days.

A sealed file never changes, so neither do its sums. They are derived: a file whose sums are
missing or broken is simply read row by row.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from stadtlabor.store.periods import bucket
from stadtlabor.store.place import Place, draft, keep, readable
from stadtlabor.store.query import Reader
from stadtlabor.store.snapshot import File, Snapshot
from stadtlabor.store.window import Window, after, begin

__all__ = ["SUMS", "place", "read_sums", "sums", "write_sums"]

SUMS = pa.schema(
    [
        ("datastream", pa.int32()),
        ("n", pa.int64()),
        ("quality", pa.int8()),
        ("total", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("count", pa.int64()),
    ]
)
"""Columns of the sums: ``n`` numbers the local period (:func:`stadtlabor.store.periods.bucket`);
each quality has a row of its own."""


def sums(period: str) -> str:
    """Return SQL that gathers ``rows`` into the columns :data:`SUMS`; ``period`` numbers them."""
    return (
        f"SELECT datastream, {period} AS n, quality, sum(v) AS total, min(v) AS low, "  # noqa: S608
        "max(v) AS high, count(*) AS count FROM rows GROUP BY ALL"
    )


def place(folder: Place, file: File, zone: str) -> Place:
    """Return where the daily sums of a sealed file stand."""
    return folder / "_days" / zone.replace("/", "-") / Path(file.path).name


def write_sums(folder: Place, file: File, zone: str, reader: Reader) -> None:
    """Write and flush the daily sums of a sealed file."""
    alone = Snapshot(folder, -1, (file,))
    days = sums(bucket("day", zone, begin(file.month), after(file.month)))
    found = reader.ask(alone, Window(), f"{days} ORDER BY datastream, n")
    path = place(folder, file, zone)
    written = draft(path)
    pq.write_table(found.cast(SUMS), written, compression="zstd")
    keep(written, path)


@lru_cache(maxsize=1024)
def read_sums(path: Place) -> pa.Table | None:
    """Return daily sums, None where there are none; kept in memory, for they never change."""
    try:
        return pq.ParquetFile(readable(path)).read().cast(SUMS)
    except (pa.ArrowInvalid, OSError):
        return None
