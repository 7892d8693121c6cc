"""Between a DataFrame and a declared table."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.table import NAME, Cell, Column, Table, rounded
from stadtlabor.realrun.words import said

__all__ = ["declared", "framed"]


def declared(name: str, frame: Any, count: str) -> Table:
    """Return a DataFrame as a table that may be declared: rounded, times as words.

    Raises
    ------
    RealRunError
        If it is none, or holds what no table can carry (German sentence).
    """
    if not NAME.fullmatch(name):
        raise RealRunError(said("contract.table_name", name=name[:40]))
    if not isinstance(frame, pd.DataFrame):
        raise RealRunError(said("release.no_frame", table=name))
    if not isinstance(frame.index, pd.RangeIndex):
        named = None not in frame.index.names
        # Numbers without a name are left over from choosing rows.
        if not named and not pd.api.types.is_integer_dtype(frame.index.dtype):
            raise RealRunError(said("release.index", table=name))
        frame = frame.reset_index(drop=not named)
    if isinstance(frame.columns, pd.MultiIndex) or not frame.columns.is_unique:
        raise RealRunError(said("release.columns", table=name))
    if count not in frame.columns:
        raise RealRunError(said("release.no_count", table=name, count=count))
    made = [_column(name, str(label), frame[label], label == count) for label in frame.columns]
    cells = [values for _, values in made]
    return Table(name, count, tuple(column for column, _ in made), tuple(zip(*cells, strict=True)))


def framed(table: Table) -> pd.DataFrame:
    """Return a declared table as a DataFrame."""
    names = [column.name for column in table.columns]
    frame = pd.DataFrame(list(table.rows), columns=names)
    for column in table.columns:
        if column.kind == "whole":
            frame[column.name] = frame[column.name].astype("Int64")
        elif column.kind == "number":
            frame[column.name] = frame[column.name].astype("float64")
        elif column.kind == "date":
            frame[column.name] = pd.to_datetime(frame[column.name])
    return frame


def _column(table: str, name: str, values: pd.Series, counts: bool) -> tuple[Column, list[Cell]]:
    kinds = pd.api.types
    empty = values.isna()
    if counts:
        return Column(name, "whole"), _whole(table, name, values, empty)
    if kinds.is_bool_dtype(values.dtype):
        return Column(name, "truth"), _cells(values, empty, bool)
    if kinds.is_numeric_dtype(values.dtype) and not kinds.is_complex_dtype(values.dtype):
        return Column(name, "number"), _cells(values, empty, lambda value: rounded(float(value)))
    if kinds.is_datetime64_any_dtype(values.dtype):
        return _times(name, values, empty)
    texts = values.astype("object")
    if all(isinstance(value, str | int | pd.Period) for value in texts[~empty]):
        return Column(name, "text"), _cells(texts, empty, str)
    if all(type(value).__name__ == "date" for value in texts[~empty]):
        return Column(name, "date"), _cells(texts, empty, lambda value: value.isoformat())
    raise RealRunError(said("release.cells", table=table, column=name))


def _whole(table: str, name: str, values: pd.Series, empty: pd.Series) -> list[Cell]:
    try:
        numbers = [float(value) for value in values[~empty]]
        if not all(math.isfinite(n) and n == int(n) for n in numbers):
            raise ValueError
    except (TypeError, ValueError):
        raise RealRunError(said("release.count", table=table, count=name)) from None
    return _cells(values, empty, int)


def _times(name: str, values: pd.Series, empty: pd.Series) -> tuple[Column, list[Cell]]:
    """Return days where all are midnights of the city's clock, else times."""
    local = values.dt.tz_convert(city().city.timezone) if values.dt.tz is not None else values
    if (local[~empty] == local[~empty].dt.normalize()).all():
        return Column(name, "date"), _cells(local, empty, lambda value: f"{value:%Y-%m-%d}")
    return Column(name, "time"), _cells(local, empty, lambda value: f"{value:%Y-%m-%d %H:%M:%S}")


def _cells(values: pd.Series, empty: pd.Series, plain: Any) -> list[Cell]:
    return [None if gone else plain(v) for v, gone in zip(values, empty, strict=True)]
