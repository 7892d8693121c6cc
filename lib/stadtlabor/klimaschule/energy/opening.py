"""When a school is open, and when clubs use it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.energy.texts import text

__all__ = ["MOST_SLOTS", "Opening", "Slot"]

MOST_SLOTS = 4
"""Slots per weekday and kind."""

WEEKDAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
MIDNIGHT = 24 * 60


@dataclass(frozen=True)
class Slot:
    """A stretch of a day in local clock time.

    Attributes
    ----------
    start, end
        Clock times such as ``"07:30"``; ``"24:00"`` is the end of the day.

    Raises
    ------
    ValueError
        If one is no clock time; German.
    """

    start: str
    end: str

    def __post_init__(self) -> None:
        self.minutes()

    def minutes(self) -> tuple[int, int]:
        """Return start and end in minutes since midnight."""
        return _minute(self.start), _minute(self.end)


def _minute(clock: str) -> int:
    if clock == "24:00":
        return MIDNIGHT
    try:
        read = time.fromisoformat(clock)
    except ValueError:
        raise ValueError(text("opening.clock", value=clock)) from None
    return read.hour * 60 + read.minute


@dataclass(frozen=True)
class Opening:
    """Opening times and use by clubs (Vereinsnutzung), per weekday.

    Attributes
    ----------
    school
        Weekday (0 = Monday … 6) → up to four slots of lessons, all-day care, cleaning.
    community
        Weekday → up to four slots in which clubs use the gym or others the building.
    community_in_holidays
        Whether the clubs come in the school holidays too; never on public holidays.

    Raises
    ------
    ValueError
        If a slot ends before it starts, slots of a day overlap, or there are too many; German.
    """

    school: Mapping[int, Sequence[Slot]]
    community: Mapping[int, Sequence[Slot]] = field(default_factory=dict)
    community_in_holidays: bool = False

    def __post_init__(self) -> None:
        for week in (self.school, self.community):
            for weekday, slots in week.items():
                _check(weekday, slots)

    def open_at(self, times: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
        """Tell for local times whether they lie in school hours (of a school day)."""
        return _within(self.school, times)

    def community_at(self, times: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
        """Tell for local times whether they lie in club hours."""
        return _within(self.community, times)


def _check(weekday: int, slots: Sequence[Slot]) -> None:
    if weekday not in range(7):
        raise ValueError(text("opening.weekday", value=weekday))
    name = WEEKDAYS[weekday]
    if len(slots) > MOST_SLOTS:
        raise ValueError(text("opening.slots", weekday=name, count=len(slots), most=MOST_SLOTS))
    before = 0
    for slot in sorted(slots, key=Slot.minutes):
        start, end = slot.minutes()
        if end <= start:
            raise ValueError(text("opening.order", weekday=name, start=slot.start, end=slot.end))
        if start < before:
            raise ValueError(text("opening.overlap", weekday=name, start=slot.start))
        before = end


def _within(week: Mapping[int, Sequence[Slot]], times: pd.DatetimeIndex) -> npt.NDArray[np.bool_]:
    minute = np.asarray(times.hour * 60 + times.minute)
    weekday = np.asarray(times.day_of_week)
    inside = np.zeros(len(times), dtype=bool)
    for day, slots in week.items():
        for slot in slots:
            start, end = slot.minutes()
            inside |= (weekday == day) & (minute >= start) & (minute < end)
    return inside
