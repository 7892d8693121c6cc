"""What kind of day it is in Bavaria: school day, weekend, public holiday or school holiday."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Literal

import holidays

__all__ = ["DayKind", "day_kind", "number"]

DayKind = Literal["school", "weekend", "public_holiday", "school_holiday"]


@cache
def _school_holidays() -> frozenset[date]:
    """Return all days of ``school_holidays.csv`` (first and last day inclusive)."""
    text = files("stadtlabor.simulation").joinpath("school_holidays.csv").read_text("utf-8")
    free: set[date] = set()
    for row in csv.DictReader(text.splitlines()):
        first, last = date.fromisoformat(row["first"]), date.fromisoformat(row["last"])
        free |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return frozenset(free)


@cache
def _public_holidays(year: int, state: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv=state, years=year))


@cache
def day_kind(day: date, state: str = "BY") -> DayKind:
    """Return the kind of a day; weekends and public holidays come before school holidays.

    Years that ``school_holidays.csv`` does not hold have no school holidays.
    """
    if day in _public_holidays(day.year, state):
        return "public_holiday"
    if day.weekday() >= 5:
        return "weekend"
    return "school_holiday" if day in _school_holidays() else "school"


def number(day: date) -> int:
    """Return the number of a day since 1970, for :func:`stadtlabor.simulation.dice.dice`."""
    return (day - date(1970, 1, 1)).days
