"""Erase observations for good: from the newest version, and every older one with them.

Elsewhere the store keeps old versions; here erasure beats time travel. A mark is set before the
first step and taken away after the last, so that whatever interrupts an erasure, the next writer
goes on with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from stadtlabor.store.days import write_sums
from stadtlabor.store.files import sync, write_durably
from stadtlabor.store.place import readable
from stadtlabor.store.query import Reader
from stadtlabor.store.snapshot import ROWS, File
from stadtlabor.store.table import Table

__all__ = ["MARK", "Erased", "erase", "finish"]

MARK = "_erasure"
"""File in the folder of a table whose older versions have to go."""


@dataclass(frozen=True)
class Erased:
    """What an erasure has taken away.

    Attributes
    ----------
    rows
        Rows of the newest version, winning or overruled.
    rewritten
        Data files of the newest version that held them.
    removed
        Data files of all versions that are gone from the disk.
    """

    rows: int = 0
    rewritten: int = 0
    removed: int = 0


def erase(
    table: Table, reader: Reader, zone: str, keys: Sequence[int] | None, before_us: int | None
) -> Erased:
    """Erase rows from a table and all its versions.

    Parameters
    ----------
    table
        A table that this process may write.
    reader, zone
        For the daily sums of the files written anew.
    keys
        Keys of the datastreams; None for all.
    before_us
        Only rows whose time lies before this instant (µs, UTC); None for all times.
    """
    hit = [
        (file, gone)
        for file in table.snapshot().files
        if (gone := _count(table, file, keys, before_us))
    ]
    if not hit and not (table.folder / MARK).exists():
        return Erased()
    write_durably(table.folder / MARK, b"")
    if hit:
        added = []
        for file, _ in hit:
            rest = pa.RecordBatchReader.from_batches(ROWS, _rest(table, file, keys, before_us))
            added += table.write(rest, file.layer, file.month)
        for file in added:
            if file.layer == "base":
                write_sums(table.folder, file, zone, reader)
        table.replace([file for file, _ in hit], added)
    removed = finish(table)
    return Erased(sum(gone for _, gone in hit), len(hit), removed)


def finish(table: Table) -> int:
    """Take away all versions but the newest, if an erasure has begun; return how many files went.

    The newest is told by a checkpoint; the commits before it, which name the older files, go too.
    """
    mark = table.folder / MARK
    if not mark.exists():
        return 0
    snapshot = table.snapshot()
    table.checkpoint()
    log = table.folder / "_delta_log"
    for path in (*log.glob("[0-9]*.json"), *log.glob("*.checkpoint*.parquet")):
        if int(path.name.split(".", 1)[0]) < snapshot.version:
            path.unlink()
    kept = {table.folder / file.path for file in snapshot.files}
    gone = [path for path in table.folder.glob("layer=*/*/*.parquet") if path not in kept]
    names = {path.name for path in kept}
    derived = [path for path in table.folder.glob("_days/*/*") if path.name not in names]
    for path in (*gone, *derived, *table.folder.glob("_staging/*")):
        path.unlink()
    sync([log, *{path.parent for path in gone}])
    table.forget()
    mark.unlink()
    sync([table.folder])
    return len(gone)


def _count(table: Table, file: File, keys: Sequence[int] | None, before_us: int | None) -> int:
    """Return how many rows of a file have to go; the footer alone often tells that none has."""
    path = table.folder / file.path
    with pq.ParquetFile(readable(path)) as opened:
        if not any(
            _touched(opened.metadata.row_group(n), keys, before_us)
            for n in range(opened.metadata.num_row_groups)
        ):
            return 0
        return sum(
            int(pc.sum(_gone(batch, keys, before_us)).as_py() or 0)
            for batch in opened.iter_batches(columns=ROWS.names)
        )


def _touched(group: pq.RowGroupMetaData, keys: Sequence[int] | None, before_us: int | None) -> bool:
    key, t = (group.column(ROWS.get_field_index(name)).statistics for name in ("datastream", "t"))
    known = keys is not None and key is not None and key.has_min_max
    if known and not any(key.min <= wanted <= key.max for wanted in keys or ()):
        return False
    if before_us is not None and t is not None and t.has_min_max:
        return bool(t.min_raw < before_us)
    return True


def _rest(
    table: Table, file: File, keys: Sequence[int] | None, before_us: int | None
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a file that stay, in their order."""
    with pq.ParquetFile(readable(table.folder / file.path)) as opened:
        for batch in opened.iter_batches(batch_size=1 << 17, columns=ROWS.names):
            rest = batch.filter(pc.invert(_gone(batch, keys, before_us)))
            if len(rest):
                yield pa.RecordBatch.from_arrays(
                    [rest.column(field.name).cast(field.type) for field in ROWS], schema=ROWS
                )


def _gone(batch: pa.RecordBatch, keys: Sequence[int] | None, before_us: int | None) -> pa.Array:
    """Return which rows have to go."""
    found = pa.array([True]).take(pa.repeat(0, len(batch)))
    if keys is not None:
        found = pc.is_in(batch.column("datastream"), value_set=pa.array(keys, pa.int32()))
    if before_us is not None:
        limit = pa.scalar(before_us, pa.int64()).cast(pa.timestamp("us", "UTC"))
        found = pc.and_(found, pc.less(batch.column("t"), limit))
    return found
