"""Values that repeat where life does not: stuck meters, zeros for silence, days copied twice."""

from __future__ import annotations

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Grid
from stadtlabor.klimaschule.cleaning.suspects import Mask

__all__ = ["copied_days", "runs", "silent_zeros", "stuck"]

UNLIKELY = -8.0
"""Decimal logarithm of the probability below which standing still is no chance."""

WEEKS_DAYS, NEXT_DAYS = 28, 3

COARSE = 15
"""A value of fewer steps of the meter may well stay the same for hours."""

ZERO_SHARE = 0.02
"""With more zeros a series knows nought as a real value."""

LONGEST_SILENCE_H = 24
"""A boiler that is off for longer has probably been turned off."""

LEAST_DIFFERENT = 8
"""Different values that a day needs before its copy cannot be chance."""


def runs(mask: Mask) -> list[tuple[int, int]]:
    """Return first and last position of every unbroken stretch of True."""
    change = np.diff(np.concatenate([[0], mask.astype("int8"), [0]]))
    first, stop = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    return [(int(a), int(b) - 1) for a, b in zip(first, stop, strict=True)]


def stuck(values: Array, grid: Grid) -> Mask:
    """Find values that repeat although the same hours of other days never stand still.

    How often a value equals its predecessor is counted for every time of day, in the four weeks
    around and in the three days before and after; the larger share counts. So neither a meter
    with coarse steps nor a building that sleeps is called stuck. The first of the equal values
    may be right and is kept.
    """
    different = np.diff(np.unique(values[np.isfinite(values)]))
    step = float(different[different > 1e-9].min()) if (different > 1e-9).any() else 0.0
    equal = np.zeros(len(values), dtype=bool)
    equal[1:] = (values[1:] == values[:-1]) & (values[1:] != 0)
    known = np.zeros(len(values), dtype=bool)
    known[1:] = np.isfinite(values[1:]) & np.isfinite(values[:-1])
    still = grid.table(np.where(known, equal.astype("float64"), np.nan))
    found = np.zeros(len(values), dtype=bool)
    for first, last in runs(equal):
        if last - first + 1 < 3 or abs(values[first]) < COARSE * step:
            continue
        days = np.unique(grid.day[first : last + 1])
        slots, number = np.unique(grid.slot[first : last + 1], return_counts=True)
        shares = []
        for reach in (WEEKS_DAYS, NEXT_DAYS):
            around = np.arange(max(0, days[0] - reach), min(len(still), days[-1] + reach + 1))
            others = still[np.ix_(around[~np.isin(around, days)], slots)]
            counted = np.isfinite(others).sum(axis=0)
            shares.append((np.nansum(others, axis=0) + 0.5) / (counted + 1))
        share = np.maximum(*shares)
        # Times of day at which standing still is usual prove nothing.
        chance = np.where(share < 0.5, np.log10(share), 0.0)
        found[first : last + 1] = (chance * number).sum() < UNLIKELY
    return found


def silent_zeros(values: Array, grid: Grid, kind: str) -> Mask:
    """Find blocks of zeros that mean that nothing was measured.

    Electricity of a building is never nought: something is always plugged in. Heating and water
    often are; there a block counts only if nought is unknown in the weeks around, and it begins
    and ends in the midst of use.
    """
    found = np.zeros(len(values), dtype=bool)
    zero = values == 0
    known = np.isfinite(values)
    if not zero.any() or (known & ~zero).sum() < 14:
        return found
    usual = float(np.median(values[known & ~zero]))
    smallest = float(np.quantile(values[known & ~zero], 0.01))
    always_on = zero.sum() <= ZERO_SHARE * known.sum() and smallest > 0.1 * usual
    weeks = 14 * 86_400 // grid.step_s
    for first, last in runs(zero):
        if kind == "electricity":
            found[first : last + 1] = always_on
            continue
        hours = (last - first + 1) * grid.step_s / 3600
        around = np.concatenate(
            [zero[max(0, first - weeks) : first], zero[last + 1 : last + 1 + weeks]]
        )
        edges = [values[at] for at in (first - 1, last + 1) if 0 <= at < len(values)]
        abrupt = len(edges) == 2 and min(edges) > 0.5 * usual
        rare = len(around) > weeks / 2 and around.mean() < 0.003
        found[first : last + 1] = 2 <= hours <= LONGEST_SILENCE_H and rare and abrupt
    return found


def copied_days(values: Array, grid: Grid) -> list[tuple[int, int]]:
    """Find days that repeat another day value by value.

    Returns
    -------
    list of tuple
        Row of the first of the equal days, row of its copy.
    """
    if grid.slots < LEAST_DIFFERENT:
        return []
    table = grid.table(values)
    seen: dict[bytes, int] = {}
    result = []
    for row in np.flatnonzero(np.isfinite(table).all(axis=1)):
        day = np.round(table[row], 9)
        if len(np.unique(day)) < LEAST_DIFFERENT:
            continue
        other = seen.setdefault(day.tobytes(), int(row))
        if other != row:
            result.append((other, int(row)))
    return result
