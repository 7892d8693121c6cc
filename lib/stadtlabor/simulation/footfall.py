"""Simulated pedestrian counts: ten-second values whose sums are the hourly ones."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import City
from stadtlabor.schooldays import day_kind
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.rain import Sky

__all__ = ["STEPS", "STEP_S", "Street"]

STEP_S = 10
STEPS = 86_400 // STEP_S
MISSING = -1

# Invented: share of a day's people per local hour, on a shopping day and on a day of rest.
SHOPPING = (4, 2, 1, 1, 1, 3, 9, 22, 34, 48, 62, 74, 82, 76, 74, 80, 88, 84, 62, 40, 26, 19, 13, 8)
REST = (6, 4, 2, 2, 1, 2, 4, 8, 14, 24, 34, 42, 46, 52, 60, 62, 56, 46, 36, 28, 22, 16, 11, 7)
WEEKDAY = (0.90, 0.92, 1.04, 0.98, 1.12, 1.34, 0.55)
MARKET_DAYS = (2, 5)  # Wednesday and Saturday morning
BUSIEST_PER_HOUR = (900, 620, 480, 340)


class Street:
    """The passers-by of the city's counters.

    Parameters
    ----------
    city
        Its counters and time zone.
    seed
        Of the installation.
    sky
        Rain keeps people away.
    """

    def __init__(self, city: City, seed: int, sky: Sky) -> None:
        self._city, self._seed, self._sky = city, seed, sky
        self._zone = ZoneInfo(city.city.timezone)
        self.counts = lru_cache(maxsize=512)(self._counts)

    def _counts(self, counter: str, day: int) -> npt.NDArray[np.int32]:
        """Return a UTC day's 8640 counts of ten seconds; -1 where the counter was silent.

        Parameters
        ----------
        counter
            Id of the counter.
        day
            Number of the UTC day since 1970.
        """
        throw = dice(self._seed, f"footfall/{counter}", day)
        rates = np.repeat(self._hourly_rates(counter, day) * throw.uniform(0.9, 1.1), 360)
        # Neighbouring steps share a little wave: groups, traffic lights, trains.
        wave = np.repeat(throw.gamma(12, 1 / 12, STEPS // 30), 30)
        counts = throw.poisson(rates * wave / 360).astype("int32")
        self._break(counts, dice(self._seed, f"footfall-faults/{counter}", day))
        return counts

    def hours(self, counter: str, day: int) -> list[int | None]:
        """Return a UTC day's 24 sums; None where more than half an hour is missing."""
        steps = self.counts(counter, day).reshape(24, 360)
        return [
            None if (hour == MISSING).sum() > 180 else int(hour[hour != MISSING].sum())
            for hour in steps
        ]

    def _hourly_rates(self, counter: str, day: int) -> npt.NDArray[np.float64]:
        place = [c.id for c in self._city.counters].index(counter)
        busiest = BUSIEST_PER_HOUR[place % len(BUSIEST_PER_HOUR)]
        centre = self._city.city.centre
        rain = self._sky.at(centre.lat, centre.lon, day).reshape(24, 12).sum(axis=1)
        start = date(1970, 1, 1) + timedelta(days=day)
        hours = pd.date_range(start, periods=24, freq="h", tz="UTC").tz_convert(self._zone)
        rates = [self._rate(hour.to_pydatetime()) for hour in hours]
        share = np.asarray(rates, dtype="float64") / max(SHOPPING)
        return np.asarray(share * busiest * (0.55 + 0.45 * np.exp(-rain)))

    def _rate(self, local: datetime) -> float:
        rest = day_kind(local.date(), self._city.city.state) == "public_holiday"
        weekday = 6 if rest else local.weekday()
        shape = REST if weekday == 6 else SHOPPING
        market = 1.35 if weekday in MARKET_DAYS and 8 <= local.hour < 13 else 1.0
        advent = 1.25 if local.month == 12 and local.day < 24 else 1.0
        return shape[local.hour] * WEEKDAY[weekday] * market * advent

    @staticmethod
    def _break(counts: npt.NDArray[np.int32], throw: np.random.Generator) -> None:
        """Put in the faults of real counters: silence for hours, a value that sticks."""
        if throw.random() < 1 / 15:
            start = int(throw.integers(6 * 360, 18 * 360))
            counts[start : start + int(throw.integers(360, 3 * 360))] = MISSING
        if throw.random() < 1 / 30:
            start = int(throw.integers(8 * 360, 16 * 360))
            counts[start : start + 2 * 360] = counts[start]
