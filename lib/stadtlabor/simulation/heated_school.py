"""Schools whose heat is known to the last digit: to measure how well a model finds the truth.

Unlike :mod:`stadtlabor.simulation.school`, which imitates meters, a heated school states its
balance point, slope, hot water and setback. All magnitudes are invented; the noise is not easy on
purpose: it is autocorrelated, switches the heating off on sunny mild days, and some days are
wild or missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import holidays
import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.linalg import solve_banded

from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.weather import temperature

__all__ = ["HeatedSchool", "daily_temperature", "heated_school", "typical_day_types"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class HeatedSchool:
    """A building and its use.

    Attributes
    ----------
    number
        Which school; decides every throw of its noise.
    balance_point_c
        Outdoor temperature below which the school is heated on school days, °C.
    slope_kwh_per_k
        kWh per kelvin and day.
    hot_water_kwh
        Mean use of a school day that has nothing to do with the weather, kWh.
    free_hot_water, setback_k, free_slope
        On days without school: part of the hot water that remains, by how many kelvin the
        balance point is lower, part of the slope that remains.
    club_days, club_kwh
        Weekdays (0 = Monday) on which clubs use the gym, and what this adds, kWh.
    inertia
        Weight 0–1 of yesterday's effective temperature in today's.
    noise
        Standard deviation of the noise as a part of the mean heating day's heat.
    noise_autocorrelation
        Of the noise from one day to the next.
    noise_growing
        Part 0–1 of the noise's variance that grows with the heat (ventilation, control); the rest
        does not (sun).
    summer_off
        Whether the boiler is switched off from June to August.
    wild, missing
        Share of days that are wild (meter or boiler faults) or missing.
    drift
        Standard deviation of what the heat changes from one heating year to the next without any
        reason that a model could know, as a part of the heat.
    """

    number: int
    balance_point_c: float
    slope_kwh_per_k: float
    hot_water_kwh: float
    free_hot_water: float
    setback_k: float
    free_slope: float
    club_days: tuple[int, ...]
    club_kwh: float
    inertia: float
    noise: float
    noise_autocorrelation: float
    noise_growing: float
    summer_off: bool
    wild: float
    missing: float
    drift: float = 0.0

    def expected_kwh(self, temperature_c: pd.Series, day_types: pd.Series) -> pd.Series:
        """Return what the building would use without noise, kWh per day.

        Parameters
        ----------
        temperature_c, day_types
            Per day without a gap; the inertia starts at the first day.
        """
        return pd.Series(
            self._fixed(day_types) + np.maximum(0, self._heating(temperature_c, day_types)),
            index=temperature_c.index,
        )

    def measured_kwh(
        self, temperature_c: pd.Series, day_types: pd.Series, saved: float = 0.0
    ) -> pd.Series:
        """Return what the meter tells, kWh per day, NaN where it was silent.

        Parameters
        ----------
        temperature_c, day_types
            Per day without a gap.
        saved
            Part of the heat that a measure saves, 0–1.
        """
        throw = dice(self.number, "heated-school-noise", len(temperature_c))
        days = len(temperature_c)
        heating = self._heating(temperature_c, day_types)
        level = heating[heating > 0].mean() if (heating > 0).any() else 0.0
        shock = throw.normal(0, 1, days)
        memory = self.noise_autocorrelation
        noise = _remembering(shock, memory, np.sqrt(1 - memory**2))
        relative = np.clip(heating / max(level, 1e-9), 0, 2)
        grows = np.sqrt(1 - self.noise_growing + self.noise_growing * relative**2)
        # Sun on a mild day turns the heating off, it does not make it negative.
        disturbed = heating * self._drifted(temperature_c) + self.noise * level * grows * noise
        off = self._off(temperature_c)
        heat = np.where(off, 0.0, np.maximum(0, disturbed))
        fixed = self._fixed(day_types) * np.exp(throw.normal(-0.0113, 0.15, days))
        value = (heat + fixed) * (1 - saved)
        wild = throw.random(days) < self.wild
        value = np.where(wild, value * throw.choice([0.0, 0.3, 2.0, 3.5], days), value)
        value = np.where(throw.random(days) < self.missing, np.nan, value)
        return pd.Series(np.round(value, 1), index=temperature_c.index, name="energy_kwh")

    def _drifted(self, temperature_c: pd.Series) -> Floats:
        """Return the factor of each day's heating year (October to September)."""
        days = pd.DatetimeIndex(temperature_c.index)
        year = days.year.to_numpy() + (days.month.to_numpy() >= 10)
        throw = dice(self.number, "heated-school-drift", 0)
        change = throw.normal(0, self.drift, int(year.max() - year.min()) + 1)
        return np.asarray(1 + change[year - year.min()])

    def _off(self, temperature_c: pd.Series) -> npt.NDArray[np.bool_]:
        month = pd.DatetimeIndex(temperature_c.index).month
        return np.asarray(self.summer_off & (month >= 6) & (month <= 8))

    def _fixed(self, day_types: pd.Series) -> Floats:
        free = (day_types != "school").to_numpy()
        weekday = pd.DatetimeIndex(day_types.index).day_of_week.to_numpy()
        club = np.isin(weekday, self.club_days) & (day_types != "school_holiday").to_numpy()
        club &= (day_types != "public_holiday").to_numpy()
        # The clubs' use is part of the mean school day: the other days lie lower.
        of_school = [n for n in self.club_days if n < 5]
        usual = np.where(free, 0.0, self.club_kwh * len(of_school) / 5)
        base = self.hot_water_kwh * np.where(free, self.free_hot_water, 1.0)
        return np.asarray(np.maximum(0, base - usual) + club * self.club_kwh, dtype=float)

    def _heating(self, temperature_c: pd.Series, day_types: pd.Series) -> Floats:
        """Return heat before it is cut off at zero, kWh per day."""
        today = temperature_c.to_numpy(dtype=float)
        felt = _remembering(today, self.inertia, 1 - self.inertia)
        free = (day_types != "school").to_numpy()
        limit = self.balance_point_c - np.where(free, self.setback_k, 0.0)
        slope = self.slope_kwh_per_k * np.where(free, self.free_slope, 1.0)
        heat = slope * (limit - felt)
        return np.asarray(np.where(self._off(temperature_c), -1e-9, heat), dtype=float)


def _remembering(values: Floats, memory: float, fresh: float) -> Floats:
    """Return y with y₀ = x₀ and y = memory · y of the day before + fresh · x."""
    bands = np.ones((2, len(values)))
    bands[1] = -memory
    new = np.concatenate([values[:1], fresh * values[1:]])
    return np.asarray(solve_banded((1, 0), bands, new), dtype=float)


def heated_school(number: int, seed: int = 1) -> HeatedSchool:
    """Draw a school: small to large, thrifty or leaky, with or without setback and clubs."""
    throw = dice(seed, "heated-school", number)
    slope = float(np.exp(throw.uniform(np.log(15), np.log(250))))
    hot_water = slope * float(throw.uniform(0.3, 2.5))
    clubs = throw.choice([1, 2, 3, 4, 5], int(throw.integers(0, 3)), replace=False)
    sets_back = throw.random() < 0.75
    return HeatedSchool(
        number=number + 1_000_003 * seed,
        balance_point_c=float(throw.uniform(10, 17)),
        slope_kwh_per_k=slope,
        hot_water_kwh=hot_water,
        free_hot_water=float(throw.uniform(0.1, 0.8)),
        setback_k=float(throw.uniform(0.5, 4)) if sets_back else 0.0,
        free_slope=float(throw.uniform(0.75, 1)) if sets_back else 1.0,
        club_days=tuple(sorted(int(n) for n in clubs)),
        club_kwh=hot_water * float(throw.uniform(0.1, 0.3)),
        inertia=float(throw.uniform(0, 0.5)),
        noise=float(throw.uniform(0.08, 0.20)),
        noise_autocorrelation=float(throw.uniform(0.2, 0.6)),
        noise_growing=float(throw.uniform(0, 1)),
        summer_off=bool(throw.random() < 0.3),
        wild=float(throw.uniform(0, 0.02)),
        missing=float(throw.uniform(0, 0.06)),
    )


def daily_temperature(seed: int, first: date, last: date) -> pd.Series:
    """Return the simulated city's daily mean temperature in °C (days, without zone)."""
    days = pd.date_range(first, last, freq="D")
    hours = pd.to_timedelta([3, 9, 15, 21], unit="h")
    means = np.mean([temperature(seed, (days + hour).tz_localize("UTC")) for hour in hours], axis=0)
    return pd.Series(np.round(means, 1), index=days, name="temperature_c")


def typical_day_types(days: pd.DatetimeIndex) -> pd.Series:
    """Return day types of any year, with school holidays near to Bavaria's.

    Not the real calendar: weeks around the public holidays that Bavaria's school holidays
    usually follow, so that decades of old weather can be used.
    """
    years = range(int(days.year.min()), int(days.year.max()) + 1)
    public = holidays.country_holidays("DE", subdiv="BY", years=list(years), language="de")
    free: set[date] = set()
    for year in years:
        easter = next(
            d for d, name in sorted(public.items()) if d.year == year and name == "Ostermontag"
        )
        spans = [
            (date(year, 1, 1), date(year, 1, 5)),
            (easter - timedelta(days=49), easter - timedelta(days=45)),  # Fasching
            (easter - timedelta(days=7), easter + timedelta(days=5)),
            (easter + timedelta(days=50), easter + timedelta(days=61)),  # Pfingsten
            (date(year, 8, 1), date(year, 9, 12)),
            (date(year, 10, 29), date(year, 11, 3)),
            (date(year, 12, 23), date(year, 12, 31)),
        ]
        for first, last in spans:
            free |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    kinds = [
        "public_holiday" if day.date() in public
        else "weekend" if day.weekday() >= 5
        else "school_holiday" if day.date() in free
        else "school"
        for day in days
    ]  # fmt: skip
    return pd.Series(kinds, index=days, name="day_type")
