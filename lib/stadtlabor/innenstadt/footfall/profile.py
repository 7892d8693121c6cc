"""When is how much going on: the day-of-week × hour profile and the last hour."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from stadtlabor.city import city

__all__ = ["LastHour", "last_hour", "profile"]

FRESH = pd.Timedelta("10min")
"""A live counter that has been silent for longer does not speak for the last hour."""


@dataclass(frozen=True)
class LastHour:
    """Persons counted in the last full 60 minutes of a live count.

    Attributes
    ----------
    per_thing
        Persons per counter; index: thing.
    start, end
        Window, local time; ``end`` is the end of the newest interval.
    silent
        Counters whose newest value is older than :data:`FRESH`.
    """

    per_thing: pd.Series
    start: pd.Timestamp
    end: pd.Timestamp
    silent: list[str]

    @property
    def count(self) -> float:
        """Persons at all counters together."""
        return float(self.per_thing.sum())


def profile(good: pd.Series) -> pd.DataFrame:
    """Return the mean per weekday and hour.

    Parameters
    ----------
    good
        Persons per hour, index in local time, suspect values left out (``Flags.good``).

    Returns
    -------
    DataFrame
        Columns ``weekday`` (0 = Monday), ``hour``, ``mean`` (persons per hour), ``n`` (hours
        that the mean stands on).
    """
    index = pd.DatetimeIndex(good.index)
    table = pd.DataFrame(
        {"weekday": index.day_of_week, "hour": index.hour, "value": good.to_numpy()}
    )
    return (
        table.groupby(["weekday", "hour"])["value"]
        .agg(mean="mean", n="size")
        .reset_index()
        .astype({"weekday": int, "hour": int, "n": int})
    )


def last_hour(frame: pd.DataFrame, interval_s: int) -> LastHour | None:
    """Sum a live count over its newest 60 minutes.

    Parameters
    ----------
    frame
        Observations of the live datastreams of one area; ``value`` = persons per interval.
    interval_s
        Length of the interval, seconds.

    Returns
    -------
    LastHour or None
        ``None`` without any value.
    """
    if frame.empty:
        return None
    frame = frame.reset_index(drop=True)
    end = frame["time"].max() + pd.Timedelta(seconds=interval_s)
    start = end - pd.Timedelta("1h")
    thing = frame["datastream"].str.split("/").str[1]
    newest = frame.groupby(thing)["time"].max()
    window = frame[frame["time"] >= start]
    counts = window.groupby(thing[window.index])["value"].sum()
    zone = city().city.timezone
    return LastHour(
        per_thing=counts.reindex(newest.index, fill_value=0.0),
        start=start.tz_convert(zone),
        end=end.tz_convert(zone),
        silent=sorted(newest.index[newest < end - FRESH]),
    )
