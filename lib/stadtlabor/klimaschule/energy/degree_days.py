"""Degree days: how cold a year was, in one number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.energy.daily import daily
from stadtlabor.klimaschule.energy.texts import text

__all__ = ["degree_day_number", "heating_degree_days"]

ROOM_C, LIMIT_C = 20.0, 15.0


def degree_day_number(
    daily_mean_c: pd.Series, room: float = ROOM_C, limit: float = LIMIT_C
) -> pd.Series:
    """Return the Gradtagszahl G per calendar year.

    Parameters
    ----------
    daily_mean_c
        Daily mean outdoor temperature, °C.
    room
        Room temperature, °C.
    limit
        Heating limit: warmer days do not count, °C.

    Returns
    -------
    Series
        Kd (kelvin days), indexed by year: Σ (room − T) over days with T < limit. With the defaults
        this is G20/15 of VDI 2067 and VDI 3807 (2013). A year with a missing day is NaN, because
        its sum would be too small; ``attrs["missing_days"]`` tells how many are missing.

    Raises
    ------
    ValueError
        If the index holds no days or one day twice; German.
    """
    return _sum_per_year(daily_mean_c, room, limit, "degree_day_number_kd")


def heating_degree_days(daily_mean_c: pd.Series, limit: float = LIMIT_C) -> pd.Series:
    """Return the Heizgradtage per calendar year, Kd: Σ (limit − T) over days with T < limit.

    See :func:`degree_day_number` for incomplete years and errors. With the default this is G15 of
    VDI 3807 sheet 1 (1994).
    """
    return _sum_per_year(daily_mean_c, limit, limit, "heating_degree_days_kd")


def _sum_per_year(daily_mean_c: pd.Series, room: float, limit: float, name: str) -> pd.Series:
    known = daily(daily_mean_c, text("daily.temperature")).dropna()
    year = pd.DatetimeIndex(known.index).year
    values = known.to_numpy()
    share = pd.Series(np.where(values < limit, room - values, 0.0), index=year)
    sums, counts = share.groupby(level=0).sum(), share.groupby(level=0).size()
    length = pd.Series([366 if pd.Timestamp(y, 1, 1).is_leap_year else 365 for y in sums.index],
                       index=sums.index, dtype=int)  # fmt: skip
    missing = length - counts
    result = sums.where(missing == 0).rename(name)
    result.index.name = "year"
    result.attrs["missing_days"] = dict(zip(missing.index.tolist(), missing.tolist(), strict=True))
    return result
