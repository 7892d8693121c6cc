"""The calendar of a unit: the coming months with the days that are taken."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from stadtlabor.innenstadt.vacancy import Booking
from stadtlabor.ui.texts import MONTHS

__all__ = ["Day", "Month", "months"]

SHOWN = 3
"""Months."""


@dataclass(frozen=True)
class Day:
    """A day: its number, "" in a neighbouring month, and what it is taken for, "" if it is free."""

    number: str
    use: str = ""
    past: bool = False


@dataclass(frozen=True)
class Month:
    """A month: its name and its weeks from Monday to Sunday."""

    name: str
    weeks: tuple[tuple[Day, ...], ...]


def months(today: date, taken: Sequence[Booking], count: int = SHOWN) -> list[Month]:
    """Return the coming months; more where a booking lies later.

    Parameters
    ----------
    today
        Local day.
    taken
        Bookings of the unit.
    count
        At least so many months.
    """
    last = max((b.end for b in taken), default=today)
    count = max(count, (last.year - today.year) * 12 + last.month - today.month + 1)
    found = []
    for n in range(count):
        year, month = divmod(today.year * 12 + today.month - 1 + n, 12)
        weeks = calendar.Calendar().monthdatescalendar(year, month + 1)
        rows = tuple(tuple(_day(d, month + 1, today, taken) for d in week) for week in weeks)
        found.append(Month(f"{MONTHS[month]} {year}", rows))
    return found


def _day(day: date, month: int, today: date, taken: Sequence[Booking]) -> Day:
    if day.month != month:
        return Day("")
    use = next((b.use for b in taken if b.start <= day <= b.end), "")
    return Day(str(day.day), use, day < today)
