"""Withhold rows of few, and as many more as it takes that no subtraction finds them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from stadtlabor.realrun.contract import threshold
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.reading import DATASETS, real, seen
from stadtlabor.realrun.words import said
from stadtlabor.suppression import cover

__all__ = ["suppress"]


def suppress(
    table: pd.DataFrame, count: str, k: int | None = None, by: Sequence[str] = ()
) -> pd.DataFrame:
    """Empty all numbers of rows of few, and of further rows that would give these away.

    Where a sum over rows that differ in one respect alone were known (all schools of a year, all
    years of a school), at least two rows of it are withheld, with at least ``k`` together.

    Parameters
    ----------
    table
        One row per group: what it is (texts, days), how many, and numbers about it. No sums among
        the rows.
    count
        Column that says on how many each row rests.
    k
        Smallest count that is shown; default: as the cards of the data sets that were read say.
    by
        Columns of numbers that say what a row is, such as a year; they become texts.

    Returns
    -------
    pandas.DataFrame
        The same rows; counts and numbers are empty where they are withheld.

    Raises
    ------
    RealRunError
        If there is no such column (German sentence).
    """
    frame = table.copy()
    if not isinstance(frame.index, pd.RangeIndex) and None not in frame.index.names:
        frame = frame.reset_index()
    if count not in frame.columns:
        raise RealRunError(said("release.no_count", table="suppress", count=count))
    for name in by:
        frame[name] = frame[name].astype("str")
    least = _threshold() if k is None else k
    counts = frame[count].fillna(0).to_numpy(dtype="int64")
    numbers = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name].dtype)]
    groups = [name for name in frame.columns if name not in numbers and name != count]
    hidden = cover(counts, counts < least, _lines(frame, groups), least)
    for name in {*numbers, count}:
        frame[name] = frame[name].astype("float64").mask(hidden)
    frame[count] = frame[count].astype("Int64")
    return frame


def _threshold() -> int:
    if real():
        return threshold(tuple(os.environ.get(DATASETS, "").split(",")))
    return threshold(tuple(dict.fromkeys(each["dataset"] for each in seen())))


def _lines(frame: pd.DataFrame, groups: list[str]) -> list[np.ndarray]:
    """Return the rows that belong to one sum: those alike in all respects but one, and in fewer."""
    lines = [np.arange(len(frame))]
    for size in range(1, len(groups)):
        for kept in combinations(groups, size):
            found = frame.groupby(list(kept), sort=False, dropna=False, observed=True).indices
            lines += [np.asarray(places) for places in found.values()]
    return lines
