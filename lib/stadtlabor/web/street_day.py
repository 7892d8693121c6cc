"""How many people passed the city's counters today, hour by hour, beside what is usual."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stadtlabor.city import city

__all__ = ["Hour", "StreetDay", "Today"]

WEEKS = 8
"""So many days of the same weekday say what is usual."""

LEAST_WEEKS = 3
SMALLEST = 5
"""Smaller counts are not published: a single person must not be recognised."""

KEPT_S = 60.0


@dataclass(frozen=True)
class Hour:
    """One local hour.

    Attributes
    ----------
    hour
        0 to 23.
    count
        Persons at all counters; None where one of them did not count soundly, or too few came.
    usual
        Median of the same hour on the last days of that weekday; None where too few are known.
    """

    hour: int
    count: int | None
    usual: int | None


@dataclass(frozen=True)
class Today:
    """The hours of today, how many counters were added up, and whether any is simulated."""

    hours: tuple[Hour, ...]
    counters: int
    simulated: bool

    @property
    def last(self) -> Hour | None:
        """The newest hour that was counted."""
        counted = [hour for hour in self.hours if hour.count is not None]
        return counted[-1] if counted else None


class StreetDay:
    """The day so far, made anew every minute when somebody asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: tuple[float, Today] | None = None

    def get(self) -> Today:
        """Return the day so far."""
        with self._lock:
            if self._made is None or time.monotonic() - self._made[0] > KEPT_S:
                self._made = (time.monotonic(), today(datetime.now(UTC)))
            return self._made[1]


def today(now: datetime) -> Today:
    """Return the day so far of the city's own hourly counters.

    Parameters
    ----------
    now
        Time of the question, with a time zone.
    """
    # The store takes a while to import; the pages are there in the meantime.
    import pandas as pd

    from stadtlabor import data
    from stadtlabor.innenstadt import flag

    series = data.datastreams("footfall")
    own = [counter.id for counter in city().counters]
    hourly = series[series["thing"].isin(own) & (series["interval_s"] == 3600)]
    nothing = tuple(Hour(hour, None, None) for hour in range(24))
    if hourly.empty:
        return Today(nothing, 0, False)
    begin = now - timedelta(days=7 * WEEKS + 1)
    frame = data.read("footfall", list(hourly["id"]), start=begin, end=now)
    if frame.empty:
        return Today(nothing, 0, False)
    counts = pd.DataFrame(
        {"counter": frame["datastream"], "start": frame["time"], "pedestrians": frame["value"]}
    )
    flagged = flag(counts)
    sound = flagged[~flagged["flag"]]
    whole = sound.groupby("start")["pedestrians"].agg(["sum", "count"])
    # A sum without one of the counters would look like a quiet hour.
    counters = hourly["id"].nunique()
    sums = whole.loc[whole["count"] == counters, "sum"]
    local = pd.DatetimeIndex(sums.index).tz_convert(city().city.timezone)
    day = pd.Timestamp(now).tz_convert(city().city.timezone).normalize()
    is_today = local.normalize() == day
    same = (local.day_of_week == day.day_of_week) & ~is_today
    known = sums[same].groupby(local[same].hour).agg(["median", "count"])
    usual = known.loc[known["count"] >= LEAST_WEEKS, "median"]
    # The hour that the clock shows twice in autumn counts as one.
    counted = sums[is_today].groupby(local[is_today].hour).mean()
    hours = tuple(Hour(h, _whole(counted.get(h)), _whole(usual.get(h))) for h in range(24))
    return Today(hours, counters, bool(hourly["simulated"].any()))


def _whole(value: float | None) -> int | None:
    return None if value is None or value < SMALLEST else round(float(value))
