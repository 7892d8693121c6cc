"""What days that are near and alike say, as weighted medians.

A median is what is typical; and where a house changes its ways from one day to the next (a
lockdown, a move), the median of the days around steps where the use steps, while a mean slopes.
"""

from __future__ import annotations

import numpy as np

from stadtlabor.klimaschule.cleaning.days import Days
from stadtlabor.klimaschule.cleaning.grid import Array, Ints
from stadtlabor.klimaschule.cleaning.similarity import Traits, settings

__all__ = ["centre", "nearest", "quantiles", "weights"]

NEAREST_DAYS = 100
"""How far the nearest days may lie (Energy Sparks searches as far)."""


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


def nearest(days: Days, traits: Traits, kind: str, wanted: Ints, among: Ints) -> Array:
    """Return the median of the very nearest alike days.

    Parameters
    ----------
    days, traits, kind
        Measured days, traits of all days; what is metered.
    wanted
        Days to be told.
    among
        Example days to tell them from; a day never tells itself.

    Returns
    -------
    ndarray
        Days × slots, in the unit of the meter; NaN without any other day.
    """
    result = np.full((len(wanted), days.table.shape[1]), np.nan)
    for row, day in enumerate(wanted):
        others = among[(np.abs(among - day) <= NEAREST_DAYS) & (among != day)]
        if len(others):
            weight = weights(traits, kind, int(day), others, "near")
            result[row] = quantiles(days.table[others], weight, (0.5,))[0]
    return days.scale.back(result)


def weights(traits: Traits, kind: str, day: int, others: Ints, what: str = "error") -> Array:
    """Return how well the errors of the days ``others`` speak for those of ``day``.

    ``what`` is ``centre`` for the correction of the estimate, ``near`` for the median beside it
    and ``error`` for its band.
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


def quantiles(
    samples: Array, weight: Array, levels: tuple[float, ...], order: Ints | None = None
) -> Array:
    """Return weighted quantiles along the first axis.

    Parameters
    ----------
    samples
        n × m; NaN counts as absent.
    weight
        n.
    levels
        Between 0 and 1.
    order
        Order of ``samples`` along the first axis where it is known: sorting takes longest.

    Returns
    -------
    ndarray
        Levels × m; NaN where there is no sample.
    """
    if order is None:
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
