"""The errors of estimates that we can check, gathered as a model for those that we cannot.

For a gap of some days the same number of measured days is left out everywhere else in the series
and estimated; what that gets wrong is a fair sample of what the filling gets wrong. Near, alike
and equally cold days count more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.days import Days
from stadtlabor.klimaschule.cleaning.grid import Array, Ints
from stadtlabor.klimaschule.cleaning.similarity import Traits, settings

__all__ = ["Samples", "quantiles", "two_sided", "one_sided", "weights"]

MOST = 400
"""Blocks that are left out at most for one length."""

REACH_DAYS = 183
ONE_SIDED = 60
"""Blocks for gaps at an end of the series: each needs a fit of its own."""


@dataclass(frozen=True)
class Samples:
    """Measured minus estimated for blocks of days that were left out.

    Attributes
    ----------
    starts
        First day of each block.
    errors
        Blocks × days × slots.
    before, after
        Error of the day before and after the block when it is left out, too: blocks × slots.
    """

    starts: Ints
    errors: Array
    before: Array
    after: Array


def two_sided(days: Days, length: int) -> Samples:
    """Leave out blocks of ``length`` days and estimate them from both sides."""
    possible = len(days.table) - length + 1
    starts = np.arange(0, possible, max(1, -(-possible // MOST)))
    found, kept = [], []
    for start in starts:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        inner = days.left_out(block)
        edges = [np.full((1, inner.shape[1]), np.nan)] * 2
        for side, day in enumerate((start - 1, start + length)):
            if 0 <= day < len(days.table) and days.position[day] >= 0:
                edges[side] = days.left_out(np.append(block, day))[-1:]
        found.append(np.concatenate([edges[0], inner, edges[1]]))
        kept.append(start)
    return _samples(found, kept, length, days.table.shape[1])


def one_sided(days: Days, length: int, direction: int, near: int) -> Samples:
    """Leave out blocks and all that comes after them (``direction`` 1) or before them (-1).

    Blocks nearest to the day ``near`` are taken.
    """
    at = np.flatnonzero(days.position[: len(days.table) - length + 1] >= -1)
    starts = np.sort(at[np.argsort(np.abs(at - near), kind="stable")][: 4 * ONE_SIDED : 2])
    found, kept = [], []
    for start in starts:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        edge = start - 1 if direction > 0 else start + length
        ahead = (edge - days.rows) * direction
        among = np.flatnonzero((ahead > 0) & (ahead <= REACH_DAYS))
        if len(among) < 10:
            continue
        # The day at the edge is known to the estimate of the block, not to its own.
        with_edge = np.flatnonzero((ahead >= 0) & (ahead <= REACH_DAYS))
        inner = days.table[block] - days.estimate(block, with_edge)
        inner[days.position[block] < 0] = np.nan
        none = np.full((1, inner.shape[1]), np.nan)
        known = 0 <= edge < len(days.table) and days.position[edge] >= 0
        day = np.array([edge])
        side = days.table[day] - days.estimate(day, among) if known else none
        found.append(np.concatenate([side if direction > 0 else none, inner,
                                     none if direction > 0 else side]))  # fmt: skip
        kept.append(start)
        if len(kept) >= ONE_SIDED:
            break
    return _samples(found, kept, length, days.table.shape[1])


def _samples(found: list[Array], kept: list[int], length: int, slots: int) -> Samples:
    stack = np.array(found) if found else np.empty((0, length + 2, slots))
    return Samples(np.array(kept, dtype="int64"), stack[:, 1:-1], stack[:, 0], stack[:, -1])


def weights(traits: Traits, kind: str, day: int, others: Ints, what: str = "error") -> Array:
    """Return how well the errors of the days ``others`` speak for those of ``day``.

    ``what`` is ``centre`` for the correction of the estimate and ``error`` for its band.
    """
    p = settings(kind)
    result = np.exp(-np.abs(others - day) / p[f"{what}_days"])
    same = traits.kind[others] == traits.kind[day]
    alike = traits.open[others] == traits.open[day]
    result = result * np.where(same, 1.0, np.where(alike, 0.3, 0.03))
    result = result * np.where(traits.weekday[others] == traits.weekday[day], 1.5, 1.0)
    apart = traits.temperature[others] - traits.temperature[day]
    result = result * np.exp(-((np.nan_to_num(apart) / p[f"{what}_k"]) ** 2))
    return np.asarray(result + 1e-12)


def quantiles(samples: Array, weight: Array, levels: tuple[float, ...]) -> Array:
    """Return weighted quantiles along the first axis.

    Parameters
    ----------
    samples
        n × m; NaN counts as absent.
    weight
        n.
    levels
        Between 0 and 1.

    Returns
    -------
    ndarray
        Levels × m; NaN where there is no sample.
    """
    order = np.argsort(samples, axis=0)
    values = np.take_along_axis(samples, order, axis=0)
    share = np.where(np.isnan(values), 0.0, weight[order])
    total = np.cumsum(share, axis=0)
    result = np.full((len(levels), samples.shape[1]), np.nan)
    for row, level in enumerate(levels):
        at = np.argmax(total >= level * total[-1] - 1e-12, axis=0)
        result[row] = values[at, np.arange(samples.shape[1])]
    return result
