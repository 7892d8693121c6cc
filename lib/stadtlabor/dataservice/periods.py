"""Whole periods of the city's clock: the only spans that a limited answer is made of.

Whoever could ask for 10:15 to 11:00 and for 10:00 to 11:00 would know what happened in the quarter
hour between; so spans are widened to whole periods, and a period is handed out once it is over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd

__all__ = ["LAG", "begin", "closed", "snapped", "widened"]

LAG = timedelta(hours=1)
"""So long after its end a period counts as over: what comes late would show by a second look."""

_STEPS = {"day": pd.DateOffset(days=1), "week": pd.DateOffset(weeks=1),
          "month": pd.DateOffset(months=1)}  # fmt: skip


def begin(times: pd.Series, grain: str, zone: str) -> pd.Series:
    """Return the start (UTC) of the local period that each instant lies in."""
    if grain == "hour":
        # In UTC: the hour that the clock repeats in autumn is two hours.
        hours: pd.Series = times.dt.floor("h")
        return hours
    local = times.dt.tz_convert(zone).dt.tz_localize(None).dt.normalize()
    if grain == "week":
        local = local - pd.to_timedelta(local.dt.dayofweek, unit="D")
    elif grain == "month":
        local = local - pd.to_timedelta(local.dt.day - 1, unit="D")
    zoned = local.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    starts: pd.Series = zoned.dt.tz_convert("UTC").dt.as_unit("us")
    return starts


def snapped(instant: pd.Timestamp, grain: str, zone: str) -> pd.Timestamp:
    """Return the start (UTC) of the local period that an instant lies in."""
    found: pd.Timestamp = begin(pd.Series([instant]), grain, zone).iloc[0]
    return found


def widened(instant: pd.Timestamp, grain: str, zone: str) -> pd.Timestamp:
    """Return the instant if a period begins there, else the start of the next one."""
    start = snapped(instant, grain, zone)
    if start == instant:
        return start
    if grain == "hour":
        return start + pd.Timedelta(hours=1)
    naive = start.tz_convert(zone).tz_localize(None) + _STEPS[grain]
    zoned = naive.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return zoned.tz_convert("UTC").as_unit("us")


def closed(now: datetime, grain: str, zone: str) -> pd.Timestamp:
    """Return the end of the last period that is over for good."""
    return snapped(pd.Timestamp(now - LAG).as_unit("us"), grain, zone)
