"""Daily series as the energy functions take them: one value per local day."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.texts import date, text

__all__ = ["DAY_TYPES", "DayType", "daily", "daily_types"]

DayType = Literal["school", "weekend", "public_holiday", "school_holiday"]

DAY_TYPES: tuple[DayType, ...] = ("school", "weekend", "public_holiday", "school_holiday")
"""Words for the kinds of days."""


def _days(series: pd.Series, what: str) -> pd.DatetimeIndex:
    if not isinstance(series.index, pd.DatetimeIndex):
        raise ValueError(text("daily.no_days", what=what))
    index = series.index
    # A zone tells whose day it is; the date alone is what counts from here on.
    days = (index.tz_localize(None) if index.tz is not None else index).normalize()
    twice = days[days.duplicated()]
    if len(twice):
        raise ValueError(text("daily.twice", what=what, day=date(twice[0])))
    return days


def daily(series: pd.Series, what: str) -> pd.Series:
    """Return a series of numbers with one row per day, sorted, days without a zone.

    Parameters
    ----------
    series
        One value per local day; days with or without a time zone.
    what
        German name of the series for the message.

    Raises
    ------
    ValueError
        If the index is no time or a day occurs twice; German.
    """
    values = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float)
    values = np.where(np.isfinite(values), values, np.nan)
    return pd.Series(values, index=_days(series, what)).sort_index()


def daily_types(day_types: pd.Series, days: pd.DatetimeIndex) -> pd.Series:
    """Return the types of the asked days.

    Raises
    ------
    ValueError
        If a day has no type or an unknown one; German.
    """
    found = pd.Series(day_types.to_numpy(), index=_days(day_types, text("daily.types")))
    asked = found.reindex(days)
    if asked.isna().any():
        raise ValueError(text("daily.type_missing", day=date(days[asked.isna().to_numpy()][0])))
    unknown = sorted(set(asked) - set(DAY_TYPES))
    if unknown:
        raise ValueError(text("daily.type_unknown", kind=unknown[0], kinds=", ".join(DAY_TYPES)))
    return asked
