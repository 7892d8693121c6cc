"""One figure per counter and day: how busy the opening hours were against the usual."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of, day_table
from stadtlabor.innenstadt.footfall.flags import flag, sound
from stadtlabor.innenstadt.footfall.grid import Floats, Grid, hourly

__all__ = ["Daily", "daily"]

HOURS = slice(9, 20)
ENOUGH = 7
"""Sound hours of the eleven that a day needs."""


@dataclass(frozen=True)
class Daily:
    """Days of all counters.

    Attributes
    ----------
    counters, days
        Names, and local days without zone.
    busy
        Logarithm of persons seen in sound opening hours over those usual in the same hours on days
        of that kind; shape (counter, day), NaN where too few hours are sound.
    usual
        Persons usual in the opening hours of each day, same shape.
    table
        Description of the days.
    """

    counters: list[str]
    days: pd.DatetimeIndex
    busy: Floats
    usual: Floats
    table: pd.DataFrame


def daily(frame: pd.DataFrame, calendar: str | tuple[str, str] | Calendar | None = None) -> Daily:
    """Sum the sound counts from 9 to 20 h; an hour that is missing does not make the day quieter.

    Parameters
    ----------
    frame
        Counts, flagged or not.
    calendar
        Country and state.
    """
    holds = calendar_of(frame, calendar)
    flagged = hourly(frame if {"flag", "cause"} <= set(frame) else flag(frame, holds))
    grid = Grid.of(flagged.assign(sound=sound(flagged)), holds.timezone, "sound")
    table = day_table(grid.days, holds)
    values = grid.values[:, :, HOURS]
    usual = np.full_like(values, np.nan)
    kind = table["kind"].to_numpy()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a kind of day never seen: NaN, as meant
        for one in np.unique(kind):
            chosen = values[:, kind == one]
            usual[:, kind == one] = np.nanmedian(chosen, axis=1, keepdims=True)
    both = np.isfinite(values) & np.isfinite(usual)
    seen, said = (np.where(both, block, 0.0).sum(axis=2) for block in (values, usual))
    enough = (both.sum(axis=2) >= ENOUGH) & (seen > 0) & (said > 0)
    busy = np.where(enough, np.log(np.maximum(seen, 1.0) / np.maximum(said, 1.0)), np.nan)
    return Daily(grid.counters, grid.days, busy, np.nansum(usual, axis=2), table)
