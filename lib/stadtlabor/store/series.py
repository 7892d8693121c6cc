"""Read a choice of series straight from the row groups that hold them.

Sealed files are sorted by datastream and time, so one series of a month stands in one or two row
groups. Fetching just these is several times faster than asking a query engine, which opens every
file of the window anew for each question, and leaves nothing behind in memory.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stadtlabor.store.frames import ordered
from stadtlabor.store.place import Place, readable
from stadtlabor.store.snapshot import ROWS, File, Snapshot
from stadtlabor.store.window import Window, months

__all__ = ["MOST_SERIES", "read_series"]

MOST_SERIES = 64
"""Up to so many series this way is the faster one."""

_KEY, _TIME, _RESULT, _SEQ = (ROWS.get_field_index(n) for n in ("datastream", "t", "rt", "seq"))


def read_series(snapshot: Snapshot, window: Window, log: pa.Table) -> pa.Table:
    """Return the newest rows of a window, sorted by datastream and time.

    Parameters
    ----------
    snapshot
        Version to read.
    window
        Names its datastreams.
    log
        Rows of the log that lie in the window, in any order.

    Returns
    -------
    pyarrow.Table
        Columns of :data:`stadtlabor.store.snapshot.ROWS`.
    """
    contested = months(log["t"]) if len(log) else set()
    certain: list[pa.Table] = []
    open_ = [log]
    for file in snapshot.base(window.months()):
        found = _slices(snapshot.folder, file, window)
        (open_ if file.month in contested else certain).extend(found)
    pieces = [*certain, *window.cut(_winners(pa.concat_tables(open_)))]
    # Each is sorted; laid in order they are so together, unless a contested month lies between two
    # that are not.
    pieces.sort(key=lambda piece: (_first(piece, _KEY), _first(piece, _TIME)))
    rows = pa.concat_tables([ROWS.empty_table(), *pieces])
    key, t = _numbers(rows, _KEY), _numbers(rows, _TIME)
    return rows if ordered(key, t) else rows.take(pa.array(np.lexsort((t, key))))


def _slices(folder: Place, file: File, window: Window) -> list[pa.Table]:
    """Return what one sealed file holds of the window."""
    footer, lows, highs = _footer(folder / file.path)
    keys = np.array(sorted(window.keys or ()), "int64")
    touched = (keys[:, None] >= lows) & (keys[:, None] <= highs)
    groups = np.flatnonzero(touched.any(axis=0)).tolist()
    if not groups:
        return []
    # One thread: many readers share few cores, and the pieces are small.
    with pq.ParquetFile(readable(folder / file.path), metadata=footer) as opened:
        rows = opened.read_row_groups(groups, ROWS.names, use_threads=False)
    return window.cut(rows if rows.schema.equals(ROWS) else rows.cast(ROWS))


def _winners(rows: pa.Table) -> pa.Table:
    """Keep of each datastream and time the row with the highest ``(rt, seq)``."""
    if not len(rows):
        return rows
    key, t = _numbers(rows, _KEY), _numbers(rows, _TIME)
    order = np.lexsort((_numbers(rows, _SEQ), _numbers(rows, _RESULT), t, key))
    key, t = key[order], t[order]
    last = np.ones(len(order), bool)
    last[:-1] = (key[1:] != key[:-1]) | (t[1:] != t[:-1])
    return rows.take(pa.array(order[last]))


def _first(rows: pa.Table, column: int) -> int:
    return int(_numbers(rows.slice(0, 1), column)[0])


def _numbers(rows: pa.Table, column: int) -> np.ndarray:
    values: np.ndarray = rows.column(column).to_numpy()
    return values.view("int64") if values.dtype.kind == "M" else values


@lru_cache(maxsize=2048)
def _footer(path: Place) -> tuple[pq.FileMetaData, np.ndarray, np.ndarray]:
    """Return a file's footer and the least and greatest key of each row group; it never changes."""
    footer = pq.read_metadata(readable(path))
    bounds = [footer.row_group(n).column(_KEY).statistics for n in range(footer.num_row_groups)]
    return footer, np.array([b.min for b in bounds]), np.array([b.max for b in bounds])
