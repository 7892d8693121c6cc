"""Baseload (Grundlast): the power a school draws when nobody needs anything.

The measure follows Energy Sparks, the deepest school-energy tool: the mean of the lowest four
hours of a day. It is robust against single faulty readings and needs no list of closing times.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stadtlabor.klimaschule.energy.texts import text

__all__ = ["Baseload", "baseload", "baseload_figures", "daily_baseload"]

LOWEST_HOURS = 4.0
"""Hours of the day that count as baseload (Energy Sparks: the 8 lowest half-hours)."""

MIN_COVERAGE = 0.9
"""A day with fewer of its readings says nothing about its lowest hours."""


@dataclass(frozen=True)
class Baseload:
    """Key figures of a period.

    Attributes
    ----------
    baseload_kw
        Median of the daily baseloads, kW: a single odd day does not move it.
    mean_kw, peak_kw
        Mean and highest power of the period, kW.
    energy_kwh
        Measured energy of the period, kWh.
    share
        Part of the energy that the baseload makes up, 0–1.
    days
        Complete days that were used.
    refused_days
        Days left out because readings are missing or stuck.
    start, end
        First and last day, local time.
    """

    baseload_kw: float
    mean_kw: float
    peak_kw: float
    energy_kwh: float
    share: float
    days: int
    refused_days: int
    start: pd.Timestamp
    end: pd.Timestamp

    @property
    def annual_kwh(self) -> float:
        """Energy of the baseload in a year of 8,760 h, kWh."""
        return self.baseload_kw * 8760


def daily_baseload(power_kw: pd.Series, interval_s: int) -> pd.DataFrame:
    """Return one row per local day.

    Parameters
    ----------
    power_kw
        Power in kW in local time.
    interval_s
        Length of the interval, seconds.

    Returns
    -------
    DataFrame
        Index: day. Columns ``baseload_kw`` (mean of the lowest four hours), ``readings``,
        ``expected`` (92 or 100 quarter-hours on days the clock changes) and ``usable``: at
        least 90 % of the readings, and not all of them the same (a stuck meter).
    """
    lowest = max(1, round(LOWEST_HOURS * 3600 / interval_s))
    days = pd.DatetimeIndex(power_kw.index).normalize()
    grouped = power_kw.groupby(days)
    result = pd.DataFrame(
        {
            "baseload_kw": grouped.apply(lambda day: day.nsmallest(lowest).mean()),
            "readings": grouped.size(),
            "distinct": grouped.nunique(),
        }
    )
    starts = pd.DatetimeIndex(result.index)
    length = (starts + pd.offsets.Day(1)).tz_convert("UTC") - starts.tz_convert("UTC")
    result["expected"] = (length.total_seconds() / interval_s).astype(int)
    result["usable"] = (result["readings"] >= MIN_COVERAGE * result["expected"]) & (
        result["distinct"] > 1
    )
    return result.drop(columns="distinct")


def baseload(power: pd.Series) -> pd.Series:
    """Return the baseload of each day.

    Parameters
    ----------
    power
        Mean power per interval, kW, indexed by its start with a time zone (local). The commonest
        distance of the readings is taken as the interval.

    Returns
    -------
    Series
        Mean of the lowest four hours of each local day, kW, indexed by the day's start. NaN where
        less than 90 % of the day was measured or all readings are the same (a stuck meter).

    Raises
    ------
    ValueError
        If there are fewer than two readings or they have no time zone; German.
    """
    known = power.dropna().sort_index()
    times = pd.DatetimeIndex(known.index)
    if len(times) < 2:
        raise ValueError(text("use.no_power"))
    if times.tz is None:
        raise ValueError(text("use.no_zone"))
    interval_s = round(float(times.to_series().diff().dt.total_seconds().mode().iloc[0]))
    days = daily_baseload(known, interval_s)
    return days["baseload_kw"].where(days["usable"])


def baseload_figures(power_kw: pd.Series, interval_s: int) -> Baseload:
    """Compute the key figures of a period.

    Parameters
    ----------
    power_kw
        Mean power per interval in kW, index in local time; what is missing is NaN or not there.
    interval_s
        Length of the interval, seconds.

    Raises
    ------
    ValueError
        If no day is complete enough; the message is German and meant for people.
    """
    series = power_kw.dropna()
    days = daily_baseload(series, interval_s) if len(series) else pd.DataFrame({"usable": []})
    usable = days[days["usable"].astype(bool)]
    if usable.empty:
        raise ValueError(
            "Kein Tag ist vollständig gemessen. Bitte einen längeren Zeitraum wählen "
            "oder die Messdatei prüfen."
        )
    used = series[pd.DatetimeIndex(series.index).normalize().isin(usable.index)]
    level = float(usable["baseload_kw"].median())
    energy = float(used.sum() * interval_s / 3600)
    return Baseload(
        baseload_kw=level,
        mean_kw=float(used.mean()),
        peak_kw=float(used.max()),
        energy_kwh=energy,
        share=min(1.0, level * len(used) * interval_s / 3600 / energy) if energy else 0.0,
        days=len(usable),
        refused_days=len(days) - len(usable),
        start=usable.index[0],
        end=usable.index[-1],
    )
