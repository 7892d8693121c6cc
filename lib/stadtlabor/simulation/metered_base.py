"""What every part of a metered school shares: its tables, its chance, its small gaps."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.signal import lfilter

from stadtlabor.simulation.dice import dice

__all__ = [
    "QUARTERS",
    "ZONE",
    "Fault",
    "Flags",
    "Floats",
    "MeteredSchool",
    "gaps",
    "remembering",
    "yearly",
]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ZONE = "Europe/Berlin"
QUARTERS = 96


@dataclass(frozen=True)
class Fault:
    """A fault that was put in: name of the alert, first day, day after the last, medium."""

    key: str
    start: pd.Timestamp
    end: pd.Timestamp
    medium: str


@dataclass
class MeteredSchool:
    """A school's two years as tables of days and intervals, open to faults.

    Attributes
    ----------
    number, seed
        Which school.
    days
        Local days without zone, from a year before ``start`` on.
    start
        Position of the first asked day.
    kinds
        Kind of each day.
    outside_c
        Hourly air temperature, (days, 24).
    area_m2, pupils
        Size.
    figures
        What was drawn for the school, by name.
    tables
        Medium → (days, intervals of a day) or, for waste, (days,); amounts per interval.
    faults
        What was put in.
    """

    number: int
    seed: int
    days: pd.DatetimeIndex
    start: int
    kinds: npt.NDArray[np.object_]
    outside_c: Floats
    area_m2: float
    pupils: int
    figures: dict[str, float]
    tables: dict[str, Floats]
    faults: list[Fault] = field(default_factory=list)

    def throw(self, what: str) -> np.random.Generator:
        """Return this school's chance for something."""
        return dice(self.seed, f"metered-school/{self.number}/{what}", 0)

    @property
    def is_school(self) -> Flags:
        """School days."""
        return np.asarray(self.kinds == "school")

    def series(self, medium: str) -> pd.Series:
        """Return a meter as a series in local time; the clock changes as in life."""
        table = self.tables[medium]
        if table.ndim == 1:
            there = np.isfinite(table)
            return pd.Series(table[there], self.days[there].tz_localize(ZONE))
        width = table.shape[1]
        first = self.days[0].tz_localize(ZONE)
        last = (self.days[-1] + pd.Timedelta(days=1)).tz_localize(ZONE)
        times = pd.date_range(first, last, freq=f"{86400 // width}s", inclusive="left")
        wall = times.tz_localize(None)
        day = (wall.normalize() - self.days[0]).days.to_numpy()
        second = (wall - wall.normalize()).total_seconds().to_numpy()
        place = (second // (86400 // width)).astype(int)
        return pd.Series(table[day, place], times).dropna()

    def weather(self) -> pd.Series:
        """Return the hourly air temperature, °C."""
        self.tables["weather"] = self.outside_c
        found = self.series("weather")
        del self.tables["weather"]
        return found


def remembering(throw: np.random.Generator, size: int, memory: float) -> Floats:
    """Return noise with mean 0 and standard deviation 1 that remembers the day before."""
    fresh = throw.normal(0, 1, size)
    fresh[1:] *= np.sqrt(1 - memory**2)
    return np.asarray(lfilter([1.0], [1.0, -memory], fresh))


def yearly(school: MeteredSchool, throw: np.random.Generator, spread: float) -> Floats:
    """Return a factor per day that changes each September."""
    change = np.clip(throw.normal(1, spread, 3), 1 - 2 * spread, 1 + 2 * spread)
    days = school.days
    number = days.year.to_numpy() + (days.month.to_numpy() >= 9) - days.year[0] - 1
    return np.asarray(change[np.clip(number, 0, 2)])


def gaps(school: MeteredSchool, medium: str, throw: np.random.Generator) -> None:
    """Add the small faults that every meter has: hours of silence, values that stick."""
    table = school.tables[medium]
    count, width = table.shape
    per = width // 24
    for day in np.flatnonzero(throw.random(count) < 1 / 40):
        at = int(throw.integers(0, 18 * per))
        table[day, at : at + int(throw.integers(1, 6 * per))] = np.nan
    for day in np.flatnonzero(throw.random(count) < 1 / 90):
        at = int(throw.integers(0, 18 * per))
        table[day, at : at + 4 * per] = table[day, at]
    flat = table.ravel()
    for _ in range(3):
        at = int(throw.integers(0, len(flat) - 48 * per))
        flat[at : at + int(throw.integers(12, 36)) * per] = np.nan
    school.tables[medium] = flat.reshape(table.shape)
