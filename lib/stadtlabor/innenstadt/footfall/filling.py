"""Fill missing and faulty hours from the days around them; every filled value is marked."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of, day_table
from stadtlabor.innenstadt.footfall.flags import flag, sound
from stadtlabor.innenstadt.footfall.grid import Floats, Grid, hourly

__all__ = ["impute"]

AROUND = 5
"""Days of the same kind on either side that an estimate stands on."""

HELD = 30.0
"""Persons that the other counters' change is held back by: a handful of people is no trend."""


def impute(
    frame: pd.DataFrame, calendar: str | tuple[str, str] | Calendar | None = None
) -> pd.DataFrame:
    """Replace missing and flagged hourly counts by estimates.

    The median of the same hour on the nearest days of the same weekday or kind before and after,
    times how much busier or quieter the other counters were in that hour and on that day than on
    theirs. With one counter alone, its own sound hours of that day speak instead.

    Parameters
    ----------
    frame
        Counts, flagged or not.
    calendar
        Country and state.

    Returns
    -------
    DataFrame
        As :func:`stadtlabor.innenstadt.flag` returns it, by hour, with ``pedestrians`` filled,
        ``published`` (what stood there, NaN if nothing) and ``imputed``: True exactly where
        ``pedestrians`` is an estimate. Where nothing is known it stays NaN and False.
    """
    holds = calendar_of(frame, calendar)
    out = hourly(frame if {"flag", "cause"} <= set(frame) else flag(frame, holds)).copy()
    out["published"] = out["pedestrians"]
    grid = Grid.of(out.assign(sound=sound(out)), holds.timezone, "sound")
    estimate = _estimate(grid.values, day_table(grid.days, holds))
    filled = grid.take(estimate, out["counter"], out["start"])
    out["imputed"] = out["flag"].to_numpy() & np.isfinite(filled)
    faulty = out["flag"].to_numpy()
    out["pedestrians"] = np.where(
        faulty, np.where(out["imputed"], filled, np.nan), out["pedestrians"]
    )
    return out


def _estimate(values: Floats, table: pd.DataFrame) -> Floats:
    """Return an estimate for every hour from sound values of other hours only."""
    kind = table["kind"].to_numpy()
    week = np.where(kind == 2, 6, np.where(kind == 1, 5, table["weekday"]))
    own = _mean([_around(values, week, 3), _around(values, kind, AROUND)])
    change = _change(values, own, hours=1)
    whole = _change(values, own, hours=24)
    alone = _own_change(values, own)
    factor = np.where(np.isfinite(change), 0.6 * change + 0.4 * whole, whole)
    factor = np.where(np.isfinite(factor), factor, alone)
    return np.asarray(own * np.exp(np.nan_to_num(factor)))


def _mean(blocks: list[Floats]) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing known: NaN, as meant
        found: Floats = np.nanmean(blocks, axis=0)
    return found


def _around(values: Floats, kind: npt.NDArray[np.int64], count: int) -> Floats:
    """Return the median of the same hour on the days of that kind before and after, not itself."""
    out = np.full_like(values, np.nan)
    for one in np.unique(kind):
        days = np.flatnonzero(kind == one)
        for c in range(values.shape[0]):
            for h in range(24):
                series = values[c, days, h]
                there = np.flatnonzero(np.isfinite(series))
                if not len(there):
                    continue
                place = np.searchsorted(there, np.arange(len(days)))
                itself = np.isfinite(series).astype(int)
                reach = np.r_[np.arange(-count, 0), np.arange(count)]
                near = (
                    place[:, None] + reach[None, :] + np.where(reach >= 0, 1, 0) * itself[:, None]
                )
                inside = (near >= 0) & (near < len(there))
                picked = np.where(inside, series[there[np.clip(near, 0, len(there) - 1)]], np.nan)
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", RuntimeWarning)
                    out[c, days, h] = np.nanmedian(picked, axis=1)
    return out


def _change(values: Floats, usual: Floats, hours: int) -> Floats:
    """Return the logarithm of how the other counters compare with their usual."""
    both = np.isfinite(values) & np.isfinite(usual)
    real, said = (np.where(both, block, 0.0) for block in (values, usual))
    if hours == 1:
        # Three hours together: single hours scatter.
        kernel = np.array([0.25, 0.5, 0.25])
        real, said = (
            np.apply_along_axis(np.convolve, 2, block, kernel, "same") for block in (real, said)
        )
    else:
        real, said = (
            np.broadcast_to(block.sum(axis=2, keepdims=True), values.shape)
            for block in (real, said)
        )
    others = [block.sum(axis=0, keepdims=True) - block for block in (real, said)]
    known = others[1] > 0
    ratio = np.log((others[0] + HELD) / (others[1] + HELD))
    return np.asarray(np.where(known, ratio, np.nan))


def _own_change(values: Floats, usual: Floats) -> Floats:
    both = np.isfinite(values) & np.isfinite(usual)
    real, said = (np.where(both, b, 0.0).sum(axis=2, keepdims=True) for b in (values, usual))
    ratio = np.where(said > 0, np.log((real + HELD) / (said + HELD)), 0.0)
    return np.asarray(np.broadcast_to(0.7 * ratio, values.shape))
