"""What kind of day it is for a school: lessons, weekend, public holiday or school holiday.

The holidays of Bavaria stand in ``schooldays.csv`` with a source per row; public holidays come
from the library ``holidays``. Days off that a school has for itself (pedagogical days, days after
exams) stand in ``city.toml``.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import holidays
import pandas as pd

__all__ = ["DAY_KINDS", "DayKind", "day_kind", "day_types", "known_until"]

DayKind = Literal["school", "weekend", "public_holiday", "school_holiday"]
DAY_KINDS: tuple[DayKind, ...] = get_args(DayKind)
AFTER_HOLIDAYS = timedelta(days=31)


@cache
def _school_holidays() -> frozenset[date]:
    """Return all days of ``schooldays.csv`` (first and last day inclusive)."""
    free: set[date] = set()
    for first, last in _periods():
        free |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return frozenset(free)


@cache
def _periods() -> tuple[tuple[date, date], ...]:
    text = files("stadtlabor").joinpath("schooldays.csv").read_text("utf-8")
    return tuple(
        (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
        for row in csv.DictReader(text.splitlines())
    )


@cache
def _public_holidays(year: int, state: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


def known_until() -> date:
    """Return the last day whose kind is known for sure.

    A month after the last listed holidays, which may end with Whitsun: summer holidays in Bavaria
    begin later than that.
    """
    return max(last for _, last in _periods()) + AFTER_HOLIDAYS


@cache
def day_kind(day: date, state: str = "BY") -> DayKind:
    """Return the kind of a day; public holidays and weekends come before school holidays.

    Days after :func:`known_until` and before the first listed holiday count as school days where
    they are neither weekend nor public holiday.
    """
    if day in _public_holidays(day.year, state):
        return "public_holiday"
    if day.weekday() >= 5:
        return "weekend"
    return "school_holiday" if day in _school_holidays() else "school"


def day_types(days: pd.DatetimeIndex, state: str = "BY", free: Collection[date] = ()) -> pd.Series:
    """Return the kind of each day.

    Parameters
    ----------
    days
        Days, or instants in local time whose days are meant.
    state
        Federal state whose public holidays count, for example ``BY``.
    free
        Days off of this school beyond the holidays of the state.

    Returns
    -------
    Series
        Categorical with the categories :data:`DAY_KINDS`, indexed by ``days``.

    Examples
    --------
    >>> day_types(pd.to_datetime(["2026-11-17", "2026-11-18", "2026-11-21"])).tolist()
    ['school', 'school_holiday', 'weekend']
    """
    dates = [instant.date() for instant in days]
    kinds = {day: day_kind(day, state) for day in set(dates)}
    for day in free:
        if kinds.get(day) == "school":
            kinds[day] = "school_holiday"
    values = pd.Categorical([kinds[day] for day in dates], categories=list(DAY_KINDS))
    return pd.Series(values, index=days, name="day_type")
