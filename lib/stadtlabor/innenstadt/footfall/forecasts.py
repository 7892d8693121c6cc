"""Forecast pedestrian counts a day ahead, and prove it on days gone by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.band import banded, spread
from stadtlabor.innenstadt.footfall.blend import blended
from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of
from stadtlabor.innenstadt.footfall.experts import Experts, experts
from stadtlabor.innenstadt.footfall.grid import Floats, check_counts, hourly
from stadtlabor.innenstadt.footfall.learner import learned
from stadtlabor.innenstadt.footfall.medians import last_week
from stadtlabor.innenstadt.footfall.prepare import Prepared, Target, prepare
from stadtlabor.innenstadt.footfall.settings import settings

__all__ = ["Rolled", "backtest", "forecast", "roll"]

Day = str | date | pd.Timestamp
Where = str | tuple[str, str] | Calendar | None


@dataclass(frozen=True)
class Rolled:
    """Every part of a rolling forecast, each of shape (counter, day, 24).

    Attributes
    ----------
    prepared, rules
        Counts and forecasts by rule.
    learner, middle, low, high
        The learner alone, the mixture of all, and its 90 % band.
    """

    prepared: Prepared
    rules: Experts
    learner: Floats
    middle: Floats
    low: Floats
    high: Floats

    @property
    def last_week(self) -> Floats:
        """The same hour a week before, as published."""
        return last_week(self.prepared.grid.values)


def forecast(
    history: pd.DataFrame,
    *,
    start: Day,
    hours: int = 24,
    weather: pd.DataFrame | None = None,
    calendar: Where = None,
    target: Target = "published",
) -> pd.DataFrame:
    """Forecast hourly counts from what was known at local midnight of the first day.

    Parameters
    ----------
    history
        Counts as :func:`stadtlabor.sources.footfall.read` gives them, flagged or not; rows after
        that midnight are not looked at.
    start
        First hour, or day; without zone: local time.
    hours
        Number of hours.
    weather
        Past and expected weather: ``start`` (UTC) with any of ``temperature_c``,
        ``precipitation_mm``, ``weather`` (words). Gaps are allowed.
    calendar
        Country and state, ``"DE/BY"``, ``"GB/ENG"``, ``"CH"``, ``("AU", "VIC")``; default: that of
        the frame's time zone, else of ``city.toml``.
    target
        ``published`` (default): what will be published, faults that recur every day included;
        ``true``: how many people will be there.

    Returns
    -------
    DataFrame
        ``counter``, ``start`` (UTC), ``p05``, ``p50``, ``p95``: persons per hour, 90 % band.

    Raises
    ------
    ValueError
        In German, if nothing was counted before.
    """
    holds = calendar_of(history, calendar)
    first_hour = _local(start, holds.timezone)
    begin = first_hour.normalize()
    instants = pd.date_range(
        first_hour.tz_localize(holds.timezone, ambiguous=True, nonexistent="shift_forward"),
        periods=hours,
        freq="h",
    ).tz_convert("UTC")
    last = instants[-1].tz_convert(holds.timezone).tz_localize(None).normalize()
    rows = check_counts(history)
    prepared = prepare(rows, begin, last, weather, holds, target, known_until=begin)
    rolled = _rolled(prepared, begin, monthly=False)
    names = prepared.grid.counters
    table = pd.MultiIndex.from_product([names, instants], names=["counter", "start"]).to_frame(
        index=False
    )
    return _with_band(table, rolled)


def backtest(
    frame: pd.DataFrame,
    *,
    start: Day,
    end: Day,
    weather: pd.DataFrame | None = None,
    calendar: Where = None,
    target: Target = "published",
) -> pd.DataFrame:
    """Forecast every day between two days as it could have been at its midnight.

    Each day is forecast from counts before its local midnight; the learner is fitted anew on the
    first of each month with the months before.

    Parameters
    ----------
    frame, weather, calendar, target
        As for :func:`forecast`.
    start, end
        First and last day (local, both included).

    Returns
    -------
    DataFrame
        One row per hour published in that time: ``counter``, ``start`` (UTC), ``pedestrians`` (as
        published), ``p05``, ``p50``, ``p95``. NaN where nothing was known before.

    Raises
    ------
    ValueError
        In German, if there is nothing to forecast.
    """
    rolled, table = roll(
        frame, start=start, end=end, weather=weather, calendar=calendar, target=target
    )
    return _with_band(table, rolled)


def roll(
    frame: pd.DataFrame,
    *,
    start: Day,
    end: Day,
    weather: pd.DataFrame | None = None,
    calendar: Where = None,
    target: Target = "published",
) -> tuple[Rolled, pd.DataFrame]:
    """Do the work of :func:`backtest`; return all parts, and the hours that were published."""
    holds = calendar_of(frame, calendar)
    first, last = (_local(day, holds.timezone).normalize() for day in (start, end))
    rows = hourly(check_counts(frame))
    local = rows["start"].dt.tz_convert(holds.timezone).dt.tz_localize(None)
    wanted = (local >= first) & (local < last + pd.Timedelta(days=1)) & rows["pedestrians"].notna()
    if not wanted.any():
        raise ValueError(
            f"Zwischen {first:%d.%m.%Y} und {last:%d.%m.%Y} gibt es keine Zählung. Bitte einen "
            "anderen Zeitraum wählen."
        )
    before = rows[local < last + pd.Timedelta(days=1)]
    before.attrs = frame.attrs
    prepared = prepare(before, first, last, weather, holds, target)
    table = rows.loc[wanted, ["counter", "start", "pedestrians"]].reset_index(drop=True)
    return _rolled(prepared, first), table


def _rolled(prepared: Prepared, first: pd.Timestamp, monthly: bool = True) -> Rolled:
    rules = experts(prepared)
    days = prepared.grid.days
    rule = settings()
    warm = max(
        first - pd.Timedelta(days=rule["blend"]["warm_up_days"]),
        days[0] + pd.Timedelta(days=rule["learner"]["least_days"]),
    )
    cuts = {min(warm, first), first}
    if monthly:
        cuts |= set(pd.date_range(warm, days[-1], freq="MS"))
    learner = learned(prepared, rules, sorted(c for c in cuts if c <= days[-1]))
    learner[:, days < warm] = np.nan
    age = np.arange(len(days), dtype="float64")
    table = prepared.table
    special = (table["holiday"] | table["half_day"] | (table["christmas"].abs() <= 6)).to_numpy()
    parts = [rules.median, rules.adjusted, learner]
    middle = blended(prepared.training, parts, age, special)
    # The band tells about what will be seen, so it learns from what was published.
    seen = prepared.training
    low, high = banded(seen, middle, spread(seen, middle, prepared.kind), special)
    return Rolled(prepared, rules, learner, middle, low, high)


def _with_band(table: pd.DataFrame, rolled: Rolled) -> pd.DataFrame:
    grid = rolled.prepared.grid
    for name, block in (("p05", rolled.low), ("p50", rolled.middle), ("p95", rolled.high)):
        table[name] = grid.take(block, table["counter"], table["start"])
    return table


def _local(day: Day, timezone: str) -> pd.Timestamp:
    instant = pd.Timestamp(day)
    return instant if instant.tz is None else instant.tz_convert(timezone).tz_localize(None)
