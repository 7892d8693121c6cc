"""Peaks: when a school draws the most power, and how high that is."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stadtlabor.klimaschule.energy.texts import text

__all__ = ["Peaks", "peaks"]


@dataclass(frozen=True)
class Peaks:
    """The highest powers of a period.

    Attributes
    ----------
    peak_kw, at
        Highest mean power of an interval, kW, and its start (local time).
    top
        The highest days: ``time`` (start of the interval) and ``power_kw``, one row per day,
        highest first.
    daily_kw
        Highest power of each day, kW, indexed by the start of its interval.
    usual_kw
        Median of the daily peaks from Monday to Friday, kW; NaN without such days.
    by_hour
        Share (0–1) of the Monday-to-Friday peaks that fall into each hour 0–23.
    utilisation_h
        Benutzungsstunden: hours per year in which the peak would give the year's energy,
        h = mean power / peak · 8,760. Suppliers charge for a low figure.
    """

    peak_kw: float
    at: pd.Timestamp
    top: pd.DataFrame
    daily_kw: pd.Series
    usual_kw: float
    by_hour: pd.Series
    utilisation_h: float


def peaks(power: pd.Series, count: int = 10) -> Peaks:
    """Find the peaks of a period.

    Parameters
    ----------
    power
        Mean power per interval, kW, indexed by its start with a time zone (local).
    count
        Days in ``top``.

    Raises
    ------
    ValueError
        If nothing was measured or the index has no zone; German.
    """
    known = power.dropna()
    if known.empty:
        raise ValueError(text("use.no_power"))
    times = pd.DatetimeIndex(known.index)
    if times.tz is None:
        raise ValueError(text("use.no_zone"))
    highest = pd.DatetimeIndex(known.groupby(times.normalize()).idxmax())
    daily = known.loc[highest].rename("power_kw")
    order = daily.sort_values(ascending=False, kind="stable")
    at = pd.DatetimeIndex(order.index)
    weekday = daily[pd.DatetimeIndex(daily.index).day_of_week < 5]
    hours = pd.Series(pd.DatetimeIndex(weekday.index).hour).value_counts(normalize=True)
    by_hour = hours.reindex(range(24), fill_value=0.0).rename("share").rename_axis("hour")
    peak = float(order.iloc[0])
    return Peaks(
        peak_kw=peak,
        at=at[0],
        top=pd.DataFrame({"time": at[:count], "power_kw": order.to_numpy()[:count]}),
        daily_kw=daily,
        usual_kw=float(weekday.median()) if len(weekday) else float("nan"),
        by_hour=by_hour,
        utilisation_h=float(known.mean()) / peak * 8760 if peak > 0 else float("nan"),
    )
