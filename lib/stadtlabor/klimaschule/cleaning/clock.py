"""A meter whose clock goes wrong by an hour, for example because it knows no summer time."""

from __future__ import annotations

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Grid

__all__ = ["shifts"]

DAYS = 8
"""School days before and after a change that are compared."""

BETTER = 0.55
"""Shifted by an hour the days must differ by so much less."""

PLAIN = 0.12
"""Mean difference of unshifted days, relative to the mean, below which nothing is said."""


def shifts(values: Array, grid: Grid) -> list[tuple[int, int, int]]:
    """Find stretches whose daily course is an hour early or late.

    The median course of eight weekdays is compared with that of the eight before, as it is and
    shifted by an hour either way.

    Returns
    -------
    list of tuple
        First and last row (day) of the stretch and its shift in hours; positive: everything is
        an hour late. Where the course never jumps back, both rows are the day of the jump.
    """
    hour = 3600 // grid.step_s if grid.step_s <= 3600 else 0
    if not hour or 3600 % grid.step_s:
        return []
    table = grid.table(values)
    weekdays = np.asarray(grid.days.day_of_week < 5)
    mean = np.nanmean(table[weekdays]) if np.isfinite(table[weekdays]).any() else 0.0
    active = np.nansum(table, axis=1) > 0.5 * mean * grid.slots
    rows = np.flatnonzero(weekdays & active & (np.isfinite(table).mean(axis=1) > 0.9))
    jumps: list[tuple[int, int, float]] = []
    for at in range(DAYS, len(rows) - DAYS + 1):
        before, after = rows[at - DAYS : at], rows[at : at + DAYS]
        if after[-1] - before[0] > 5 * DAYS:
            continue  # holidays lie between: the course may really have changed
        left, right = (_course(table[part]) for part in (before, after))
        plain = np.abs(right - left)[hour:-hour].mean()
        if plain < PLAIN:
            continue
        for shift in (1, -1):
            moved = np.roll(right, -shift * hour)
            ratio = float(np.abs(moved - left)[hour:-hour].mean() / plain)
            if ratio < BETTER:
                jumps.append((int(after[0]), shift, ratio))
    return _stretches(_sharpest(jumps))


def _course(days: Array) -> Array:
    course = np.nanmedian(days, axis=0)
    return np.asarray(course / max(float(np.nanmean(course)), 1e-9))


def _sharpest(jumps: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Of neighbouring jumps of the same sign keep the one that fits best."""
    result: list[tuple[int, int, float]] = []
    for row, shift, ratio in jumps:
        if result and row - result[-1][0] <= 2 * DAYS and shift == result[-1][1]:
            if ratio < result[-1][2]:
                result[-1] = (row, shift, ratio)
        else:
            result.append((row, shift, ratio))
    return [(row, shift) for row, shift, _ in result]


def _stretches(jumps: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    result = []
    at = 0
    while at < len(jumps):
        row, shift = jumps[at]
        back = at + 1 < len(jumps) and jumps[at + 1][1] == -shift
        # A lone jump tells when the clock changed, but not whether it was right before or after.
        result.append((row, jumps[at + 1][0] - 1 if back else row, shift))
        at += 2 if back else 1
    return result
