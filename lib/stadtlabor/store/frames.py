"""Between the frames that people see and the rows that lie on the disk."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa

from stadtlabor.store.snapshot import ROWS

__all__ = ["empty", "framed", "microseconds", "named", "ordered", "to_frame", "to_rows"]


def to_rows(frame: pd.DataFrame, keys: Mapping[str, int]) -> pa.Table:
    """Turn an observation frame into rows, one per datastream and time, sorted by both.

    Of rows for the same value the one with the latest ``result_time`` stays, the last one where
    these are equal. ``seq`` is left at 0 for the table to fill.
    """
    codes, names = pd.factorize(frame["datastream"])
    key = np.array([keys[str(name)] for name in names], "int32")[codes]
    t, rt = (_instants(frame[column]) for column in ("time", "result_time"))
    order = np.lexsort((np.arange(len(frame)), rt, t, key))
    key, t, rt = key[order], t[order], rt[order]
    last = np.ones(len(frame), bool)
    last[:-1] = (key[1:] != key[:-1]) | (t[1:] != t[:-1])
    kept = order[last]
    columns = (
        key[last],
        t[last],
        frame["value"].to_numpy("float64")[kept],
        rt[last],
        np.zeros(len(kept), "int64"),
        frame["quality"].to_numpy("int8")[kept],
    )
    return pa.table(dict(zip(ROWS.names, columns, strict=True))).cast(ROWS)


def to_frame(rows: pa.Table, names: Mapping[int, str], types: Mapping[str, str]) -> pd.DataFrame:
    """Turn an answer whose first column holds keys into a frame with the given column types.

    The frame is sorted by datastream and time; the columns of ``rows`` stand in the order of
    ``types``.
    """
    return framed(named(rows, names, types), types)


def named(rows: pa.Table, names: Mapping[int, str], types: Mapping[str, str]) -> pa.Table:
    """Turn an answer whose first column holds keys into a table with names, sorted by both.

    The names are dictionary-encoded: a table of a million rows names its few series once.
    """
    known = sorted(names.items(), key=lambda entry: entry[1])
    places = np.zeros(max(names, default=0) + 1, "int32")
    places[[key for key, _ in known]] = np.arange(len(known))
    place = places[rows.column(0).to_numpy()]
    t = rows.column(1).cast(pa.int64()).to_numpy()
    if not ordered(place, t):
        order = np.lexsort((t, place))
        rows, place = rows.take(order), place[order]
    texts = pa.DictionaryArray.from_arrays(
        pa.array(place), pa.array([n for _, n in known], pa.string())
    )
    return pa.table(dict(zip(types, [texts, *rows.columns[1:]], strict=True)))


def framed(table: pa.Table, types: Mapping[str, str]) -> pd.DataFrame:
    """Turn a table of :func:`named` into a frame with the given column types."""
    texts = table.column(0).cast(pa.string())
    frame: pd.DataFrame = table.set_column(0, table.column_names[0], texts).to_pandas()
    return frame.astype({n: t for n, t in types.items() if str(frame[n].dtype) != t})


def ordered(key: np.ndarray, t: np.ndarray) -> bool:
    """Tell whether rows are sorted by key and, where that is the same, by time."""
    step = np.diff(key)
    return bool(((step > 0) | ((step == 0) & (np.diff(t) >= 0))).all())


def empty(types: Mapping[str, str]) -> pd.DataFrame:
    """Return a frame without rows but with the right columns."""
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in types.items()})


def microseconds(instant: pd.Timestamp | None) -> int | None:
    """Return an instant in µs since the Unix epoch, UTC."""
    if instant is None:
        return None
    if instant.tz is None:
        raise ValueError("times must carry a time zone")
    return int(instant.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]").astype("i8"))


def _instants(column: pd.Series) -> np.ndarray:
    naive = column.dt.tz_convert("UTC").dt.tz_localize(None)
    return np.asarray(naive, "datetime64[us]").astype("int64")
