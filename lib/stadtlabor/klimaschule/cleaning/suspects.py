"""Single values that cannot be right: full registers, counters that run backwards, spikes."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.cleaning.grid import Array, Grid

__all__ = ["Mask", "backwards", "largest_usual", "registers", "spikes"]

Mask = npt.NDArray[np.bool_]

USUAL = 0.995
"""Share of the values that count as usual."""

FAR_ABOVE = 1.7
"""A spike exceeds the highest usual values by this factor."""

FEED_IN_SHARE = 0.01
"""With more negative values the meter also counts what is fed in."""

NEAR_DAYS = 21
SPIKE_S = 7200


@cache
def _full() -> Array:
    text = files("stadtlabor.klimaschule.cleaning").joinpath("registers.toml").read_text("utf-8")
    table = tomllib.loads(text)["register"]
    powers = np.array([2 ** row["bits"] - 1 for row in table], dtype="float64")
    return np.concatenate([powers / unit for unit in (1, 10, 100, 1000)])


def largest_usual(values: Array) -> float:
    """Return the highest value that is not extraordinary."""
    known = np.abs(values[np.isfinite(values)])
    return float(np.quantile(known, USUAL)) if len(known) else 0.0


def registers(values: Array) -> Mask:
    """Find values that are the largest number of a register, and far above all others."""
    full = _full()
    near = np.abs(values[:, None] - full[None]) <= np.maximum(1e-6 * full, 1e-3)[None] * 1.01
    return np.asarray(near.any(axis=1) & (values > 3 * largest_usual(values)))


def backwards(values: Array) -> Mask:
    """Find negative values where a meter does not otherwise count backwards."""
    known = np.isfinite(values)
    negative = known & (values < 0)
    if negative.sum() > max(3, FEED_IN_SHARE * known.sum()):
        return np.zeros(len(values), dtype=bool)
    return np.asarray(negative)


def spikes(values: Array, grid: Grid, heating: bool) -> Mask:
    """Find short peaks far above everything else.

    A peak is a fault when it exceeds the usual maximum of the series, is far from what the same
    time of day shows in the weeks around, and is over after two hours: an evening with parents
    or the first frost lasts longer or stays below.

    Parameters
    ----------
    values
        One per interval, without those that are already known to be wrong.
    grid
        Their grid.
    heating
        A boiler that has been off for weeks may start at full power.
    """
    found = np.zeros(len(values), dtype=bool)
    known = np.isfinite(values)
    if known.sum() < (48 if grid.slots > 1 else 14):
        return found
    usual = largest_usual(values)
    table = grid.table(values)
    for at in np.flatnonzero(known & (values > FAR_ABOVE * usual)):
        day, slot = grid.day[at], grid.slot[at]
        around = np.arange(max(0, day - NEAR_DAYS), min(len(table), day + NEAR_DAYS + 1))
        others = table[around[around != day]]
        if heating and np.nanmean(others > 0) < 0.1:
            continue
        same = others[:, slot]
        if np.isfinite(same).sum() < 5:
            continue
        middle = np.nanmedian(same)
        spread = 1.4826 * np.nanmedian(np.abs(same - middle)) + 0.05 * usual
        found[at] = values[at] - middle > 8 * spread
    if not found.any():
        return found
    edges = np.diff(np.concatenate([[0], found.astype("int8"), [0]]))
    longest = max(1, SPIKE_S // grid.step_s)
    for first, stop in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True):
        sides = np.concatenate([values[max(0, first - 1) : first], values[stop : stop + 1]])
        sides = sides[np.isfinite(sides)]
        steep = not len(sides) or sides.max() < 0.6 * values[first:stop].max()
        if stop - first > longest or not steep:
            found[first:stop] = False
    return found
