"""What kind of day it is for a school: lessons, weekend, public holiday or school holiday.

School holidays stand in ``schooldays.csv``, by state and with a source per row; of a state that is
not there none is known. Public holidays come from the library ``holidays``. Days off that a school
has for itself (pedagogical days, days after exams) stand in ``city.toml``.
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
def _school_holidays(state: str) -> frozenset[date]:
    """Return all days of ``schooldays.csv`` for a state (first and last day inclusive)."""
    free: set[date] = set()
    for first, last in _periods(state):
        free |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return frozenset(free)


@cache
def _periods(state: str) -> tuple[tuple[date, date], ...]:
    text = files("stadtlabor").joinpath("schooldays.csv").read_text("utf-8")
    return tuple(
        (date.fromisoformat(row["first"]), date.fromisoformat(row["last"]))
        for row in csv.DictReader(text.splitlines())
        if row["state"] == state
    )


@cache
def _public_holidays(year: int, state: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


def known_until(state: str | None = None) -> date:
    """Return the last day whose kind is known for sure in a state, by default the city's.

    Where nothing is known of the state's holidays, no day is. Else it is a month after the last
    listed holidays, which may end with Whitsun: summer holidays begin later than that.
    """
    listed = _periods(state or _own_state())
    return max(last for _, last in listed) + AFTER_HOLIDAYS if listed else date.min


@cache
def day_kind(day: date, state: str | None = None) -> DayKind:
    """Return the kind of a day; public holidays and weekends come before school holidays.

    Without a state the city's counts.

    Days after :func:`known_until` and before the first listed holiday count as school days where
    they are neither weekend nor public holiday.
    """
    state = state or _own_state()
    if day in _public_holidays(day.year, state):
        return "public_holiday"
    if day.weekday() >= 5:
        return "weekend"
    return "school_holiday" if day in _school_holidays(state) else "school"


def day_types(
    days: pd.DatetimeIndex, state: str | None = None, free: Collection[date] = ()
) -> pd.Series:
    """Return the kind of each day.

    Parameters
    ----------
    days
        Days, or instants in local time whose days are meant.
    state
        Federal state whose holidays count, for example ``BY``; without it the city's.
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


def _own_state() -> str:
    from stadtlabor.city import city

    return city().city.state
