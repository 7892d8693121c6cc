"""Simulated schools: electricity, heat, waste and the way to school. All magnitudes are invented.

Electricity is near 12 kWh, heat near 90 kWh per square metre and year, so that a comparison with
published benchmarks makes sense. One school forgets to turn its heating down at weekends: pupils
can find out which.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import School
from stadtlabor.schooldays import day_kind
from stadtlabor.simulation.dice import day_number, dice
from stadtlabor.simulation.weather import temperature

__all__ = ["electricity", "heat", "local_steps", "travel", "waste"]

BASE_W_M2 = 0.55
LESSON_W_M2 = 4.6
HEAT_WH_M2_KH = 1.35  # per square metre and kelvin below the heating limit
HEATING_LIMIT_C = 15.0
LARGEST_REGISTER = 16_777.215  # 24 bits in watt-hours: what a reset register reports
WASTE_KG_PER_PUPIL = {"residual": 0.11, "paper": 0.08, "organic": 0.05, "packaging": 0.04}
MODES = {
    "Grundschule": {"foot": 0.44, "bicycle": 0.12, "scooter": 0.12, "transit": 0.08, "car": 0.24},
    "Mittelschule": {"foot": 0.28, "bicycle": 0.24, "scooter": 0.04, "transit": 0.32, "car": 0.12},
    "Gymnasium": {"foot": 0.16, "bicycle": 0.30, "scooter": 0.02, "transit": 0.44, "car": 0.08},
}


def local_steps(day: date, timezone: str, step_s: int) -> pd.DatetimeIndex:
    """Return the starts of all intervals of a local day (92, 96 or 100 quarter-hours)."""
    start = pd.Timestamp(day).tz_localize(timezone)
    end = pd.Timestamp(day + timedelta(days=1)).tz_localize(timezone)
    return pd.date_range(start, end, freq=pd.Timedelta(seconds=step_s), inclusive="left")


def electricity(
    seed: int, school: School, day: date, timezone: str
) -> tuple[pd.DatetimeIndex, npt.NDArray[np.float64]]:
    """Return a local day's quarter-hours and kWh; NaN where the meter was silent.

    Faults: silence for some hours, a value that sticks, a register that was reset.
    """
    steps = local_steps(day, timezone, 900)
    throw = dice(seed, f"electricity/{school.id}", day_number(day))
    hour = np.asarray(steps.hour + steps.minute / 60)
    watts = np.full(len(steps), BASE_W_M2)
    if day_kind(day) == "school":
        long_day = day.weekday() in (0, 2)
        until = 16.5 if long_day else 13.5
        lesson = 1 / (1 + np.exp(-(hour - 7.3) * 4)) / (1 + np.exp((hour - until) * 2.5))
        dark = 1 + 0.25 * np.cos(2 * np.pi * (day.timetuple().tm_yday - 355) / 365)
        watts += LESSON_W_M2 * lesson * dark
        watts += np.where((hour > 17) & (hour < 21.5), 0.6, 0.0)  # clubs in the gym
    energy_kwh = watts * school.floor_area_m2 / 4000 * throw.normal(1, 0.05, len(steps))
    values = np.asarray(np.round(np.maximum(energy_kwh, 0), 3), dtype="float64")
    faults = dice(seed, f"electricity-faults/{school.id}", day_number(day))
    if faults.random() < 1 / 40:
        start = int(faults.integers(0, 70))
        values[start : start + int(faults.integers(2, 24))] = np.nan
    if faults.random() < 1 / 90:
        start = int(faults.integers(0, 60))
        values[start : start + 16] = values[start]
    if faults.random() < 1 / 200:
        values[int(faults.integers(0, 92))] = LARGEST_REGISTER
    return steps, values


def heat(
    seed: int, school: School, day: date, timezone: str
) -> tuple[pd.DatetimeIndex, npt.NDArray[np.float64]]:
    """Return a local day's hours and kWh of heat; it follows the outdoor temperature."""
    steps = local_steps(day, timezone, 3600)
    throw = dice(seed, f"heat/{school.id}", day_number(day))
    outside = temperature(seed, steps.tz_convert("UTC"))
    # A building answers to the weather of about a day, not of an hour.
    cold = np.maximum(0, HEATING_LIMIT_C - (0.4 * outside + 0.6 * outside.mean()))
    lowered = (steps.hour < 5) | (steps.hour >= 18)
    if day_kind(day) != "school" and school.kind != "Mittelschule":
        lowered = np.ones(len(steps), dtype=bool)
    values = cold * HEAT_WH_M2_KH * school.floor_area_m2 / 1000
    values = values * np.where(lowered, 0.55, 1.0) * throw.normal(1, 0.06, len(steps))
    values = np.round(np.maximum(values, 0), 1)
    faults = dice(seed, f"heat-faults/{school.id}", day_number(day))
    if faults.random() < 1 / 60:
        start = int(faults.integers(0, 18))
        values[start : start + int(faults.integers(1, 6))] = np.nan
    return steps, values


def waste(seed: int, school: School, monday: date) -> dict[str, float]:
    """Return a week's waste in kg per fraction; school-free weeks bring little."""
    throw = dice(seed, f"waste/{school.id}", day_number(monday))
    lessons = sum(day_kind(monday + timedelta(days=n)) == "school" for n in range(5))
    return {
        what: round(school.pupils * kg * (0.05 + 0.19 * lessons) * float(throw.normal(1, 0.12)), 1)
        for what, kg in WASTE_KG_PER_PUPIL.items()
    }


def travel(seed: int, school: School, day: date) -> dict[str, int]:
    """Return how many pupils came which way; a few per cent do not answer."""
    throw = dice(seed, f"travel/{school.id}", day_number(day))
    noon = pd.DatetimeIndex([pd.Timestamp(day, tz="UTC") + pd.Timedelta(hours=7)])
    mild = float(np.clip((temperature(seed, noon)[0] + 5) / 20, 0.3, 1.2))
    shares = dict(MODES.get(school.kind, MODES["Gymnasium"]))
    shares["car"] += shares["bicycle"] * (1 - min(mild, 1.0)) * 0.6
    shares["bicycle"] *= mild
    weights = np.array(list(shares.values()))
    asked = int(school.pupils * throw.uniform(0.86, 0.97))
    drawn = throw.multinomial(asked, weights / weights.sum())
    return {mode: int(n) for mode, n in zip(shares, drawn, strict=True)}
