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

__all__ = ["Samples", "centre", "one_sided", "quantiles", "two_sided", "weights"]

REACH_DAYS = 183
ONE_SIDED = 40
"""Blocks for gaps at an end of the series: each needs a fit of its own."""


@dataclass(frozen=True)
class Samples:
    """Measured minus estimated for blocks of days that were left out.

    Attributes
    ----------
    starts
        First day of each block.
    errors
        Blocks × days × slots, in the unit of the meter.
    before, after
        Error of the day before and after the block when it is left out, too: blocks × slots.
    """

    starts: Ints
    errors: Array
    before: Array
    after: Array


def centre(traits: Traits, kind: str, days: Ints, near: Ints, others: Array) -> Array:
    """Return what is typically missing in the plain estimate of ``days``.

    The plain estimate is a mean; the median of the errors of near and alike days turns it into a
    typical day of this time of year.

    Parameters
    ----------
    traits, kind
        Traits of all days; what is metered.
    days
        Days to be estimated.
    near
        Example days.
    others
        Measured minus estimated of ``near``: days × slots.
    """
    result = np.zeros((len(days), others.shape[1]))
    if len(near):
        for row, day in enumerate(days):
            weight = weights(traits, kind, int(day), near, "centre")
            result[row] = quantiles(others, weight, (0.5,))[0]
    return result


def two_sided(days: Days, traits: Traits, kind: str, length: int) -> Samples:
    """Leave out blocks of ``length`` days and estimate them from both sides."""
    most = int(np.clip(900 // length, 30, 150))
    possible = max(1, len(days.table) - length + 1)
    starts = np.unique(np.linspace(0, possible - 1, min(most, possible)).astype("int64"))
    found, kept = [], []
    for start in starts:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        plain, near, others = days.left_out(block)
        found.append(_centred(days, traits, kind, block, plain, near, others))
        kept.append(start)
    return _samples(found, kept, length, days.table.shape[1])


def one_sided(
    days: Days, traits: Traits, kind: str, length: int, direction: int, near_day: int
) -> Samples:
    """Leave out blocks and all that comes after them (``direction`` 1) or before them (-1).

    Every second block is taken, beginning with those nearest to ``near_day``.
    """
    every = np.arange(len(days.table) - length + 1)
    every = every[np.argsort(np.abs(every - near_day), kind="stable")]
    found, kept = [], []
    for start in every[::2]:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        edge = start - 1 if direction > 0 else start + length
        ahead = (edge - days.rows) * direction
        among = np.flatnonzero((ahead >= 0) & (ahead <= REACH_DAYS))
        if len(among) < 10:
            continue
        estimate, near, others = days.foretold(block, among)
        plain = days.table[block] - estimate
        plain[days.position[block] < 0] = np.nan
        found.append(_centred(days, traits, kind, block, plain, near, others))
        kept.append(start)
        if len(kept) >= ONE_SIDED:
            break
    order = np.argsort(kept)
    return _samples(
        [found[at] for at in order], [kept[at] for at in order], length, days.table.shape[1]
    )


def _centred(
    days: Days, traits: Traits, kind: str, block: Ints, plain: Array, near: Ints, others: Array
) -> Array:
    """Return the errors of the day before, of the block, and of the day after."""
    slots = plain.shape[1]
    result = np.full((len(block) + 2, slots), np.nan)
    result[1:-1] = days.metered(block, plain - centre(traits, kind, block, near, others))
    if slots > 1:  # a daily series has no hours to be led up to
        for row, day in ((0, block[0] - 1), (-1, block[-1] + 1)):
            at = np.flatnonzero(near == day)
            if len(at):
                rest = near != day
                typical = centre(traits, kind, near[at], near[rest], others[rest])
                result[row] = days.metered(near[at], others[at] - typical)[0]
    return result


def _samples(found: list[Array], kept: list[int], length: int, slots: int) -> Samples:
    stack = np.array(found) if found else np.empty((0, length + 2, slots))
    return Samples(np.array(kept, dtype="int64"), stack[:, 1:-1], stack[:, 0], stack[:, -1])


def weights(traits: Traits, kind: str, day: int, others: Ints, what: str = "error") -> Array:
    """Return how well the errors of the days ``others`` speak for those of ``day``.

    ``what`` is ``centre`` for the correction of the estimate and ``error`` for its band.
    """
    p = settings(kind)
    far = np.abs(others - day)
    result = np.exp(-far / p[f"{what}_days"]) / (1.0 + far) ** p[f"{what}_power"]
    same = traits.kind[others] == traits.kind[day]
    alike = traits.open[others] == traits.open[day]
    result = result * np.where(same, 1.0, np.where(alike, p[f"{what}_alike"], p[f"{what}_other"]))
    result = result * np.where(traits.weekday[others] == traits.weekday[day], p["twin"], 1.0)
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
    columns = np.arange(samples.shape[1])
    for row, level in enumerate(levels):
        at = np.argmax(total >= level * total[-1] * (1 - 1e-9), axis=0)
        result[row] = values[at, columns]
    return result
