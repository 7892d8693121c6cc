"""The simulated city's air temperature: season, time of day and slow weather."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.simulation.dice import dice

__all__ = ["temperature"]

# Invented, near to a town at 700 m in the Allgäu.
YEARLY_MEAN_C = 8.0
SEASON_C = 9.5
DAILY_SWING_C = 3.5
WEATHER_C = 4.0
COLDEST_DAY = 20
WARMEST_HOUR_UTC = 13.5


@lru_cache(maxsize=4096)
def _anchor(seed: int, day: int) -> float:
    """Return the day's departure from the season, smoothed over a week of single throws."""
    weights = np.array([0.2, 0.5, 0.8, 1.0, 0.8, 0.5, 0.2])
    throws = [dice(seed, "weather", day + n).normal() for n in range(-3, 4)]
    return float(np.dot(weights, throws) / np.sqrt((weights**2).sum())) * WEATHER_C


def temperature(seed: int, times: pd.DatetimeIndex) -> npt.NDArray[np.float64]:
    """Return air temperature at 2 m in °C, one decimal.

    Parameters
    ----------
    seed
        Of the installation.
    times
        Instants, UTC.
    """
    hours = times.as_unit("s").asi8 / 3600.0
    days = hours / 24.0
    first, last = int(np.floor(days.min())), int(np.ceil(days.max())) + 1
    anchors = np.array([_anchor(seed, day) for day in range(first, last + 1)])
    slow = np.interp(days, np.arange(first, last + 1), anchors)
    season = -SEASON_C * np.cos(2 * np.pi * (times.day_of_year - COLDEST_DAY) / 365.25)
    swing = DAILY_SWING_C * np.cos(2 * np.pi * (hours % 24 - WARMEST_HOUR_UTC) / 24)
    return np.asarray(np.round(YEARLY_MEAN_C + season + swing + slow, 1), dtype="float64")
