"""School-years whose meters are known to the last fault: to measure what alerts find.

Two years on every meter: one that serves as the school's own past, one that is asked about. All
magnitudes are invented. The clean school is not easy on purpose: club evenings, exam days, events
on Saturdays, cleaning in holidays, a new timetable each September, weather with memory, snow on the
roof, short gaps, values that stick for hours.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from stadtlabor.schooldays import day_types
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.metered_base import (
    QUARTERS,
    Fault,
    Floats,
    MeteredSchool,
    gaps,
    remembering,
    yearly,
)
from stadtlabor.simulation.metered_media import add_solar, add_waste, add_water
from stadtlabor.simulation.weather import temperature

__all__ = ["Fault", "MeteredSchool", "heat_table", "metered_school"]


def metered_school(number: int, seed: int = 1) -> MeteredSchool:
    """Draw a clean school: small to large, primary to grammar school, with or without a roof."""
    throw = dice(seed, "metered-school", number)
    year = int(throw.integers(2018, 2026))
    first, last = date(year - 1, 9, 1), date(year + 1, 8, 31)
    days = pd.date_range(first, last, freq="D")
    own_free = [first + timedelta(days=int(n)) for n in throw.integers(20, 700, 4)]
    kinds = day_types(days, "BY", own_free).to_numpy(dtype=object)
    hours = days.repeat(24) + pd.to_timedelta(np.tile(np.arange(24), len(days)), unit="h")
    weather = int(throw.integers(0, 12)) + 1000 * seed
    outside = temperature(weather, hours.tz_localize("UTC")).reshape(len(days), 24)
    outside = outside + throw.normal(0, 1)
    area = float(np.exp(throw.uniform(np.log(1500), np.log(15000))))
    school = MeteredSchool(
        number, seed, days, (date(year, 9, 1) - first).days, kinds, outside, area,
        int(area / throw.uniform(8, 16)), {}, {},
    )  # fmt: skip
    _electricity(school)
    _heat(school)
    add_water(school)
    if throw.random() < 0.5:
        add_solar(school)
    add_waste(school)
    return school


def open_hours(start: float, end: Floats, hour: Floats) -> Floats:
    """Return 0–1 per day and interval: the soft curve of a school day."""
    rise = 1 / (1 + np.exp(-(hour - start) * 4))
    return np.asarray(rise[None, :] / (1 + np.exp((hour[None, :] - end[:, None]) * 2.5)))


def _electricity(school: MeteredSchool) -> None:
    throw = school.throw("electricity")
    days, count = school.days, len(school.days)
    weekday, doy = days.day_of_week.to_numpy(), days.day_of_year.to_numpy()
    hour = np.arange(QUARTERS) / 4
    base, lesson = throw.uniform(0.3, 0.65), throw.uniform(2.0, 6.0)
    long_days = np.isin(weekday, throw.choice(5, int(throw.integers(0, 5)), replace=False))
    end = np.where(long_days, throw.uniform(15.5, 17), throw.uniform(13, 14))
    curve = open_hours(throw.uniform(7, 7.7), end, hour)
    wave = np.cos(2 * np.pi * (doy - 355) / 365)
    dark = 1 + throw.uniform(0.05, 0.3) * wave
    level = dark * yearly(school, throw, 0.05) * (1 + 0.06 * remembering(throw, count, 0.4))
    odd = throw.random(count) < 0.05  # exams, excursions, project days
    level = np.where(odd, level * throw.uniform(0.5, 1.5, count), level)
    watts = lesson * curve * (level * school.is_school)[:, None]
    steady = base * (1 + throw.uniform(0, 0.06) * wave)
    free = ~school.is_school & (school.kinds != "weekend")
    rest = pd.Series(free | (school.kinds == "weekend")).astype(int)
    block = (rest.diff() != 0).cumsum().to_numpy()
    long = np.bincount(block)[block] > 5
    lower = throw.uniform(0.8, 1.0) + throw.normal(0, 0.015, block.max() + 1)
    steady = np.where((rest == 1).to_numpy() & long, steady * np.clip(lower[block], 0.7, 1), steady)
    watts += steady[:, None]
    clubs = np.isin(weekday, throw.choice(5, int(throw.integers(0, 4)), replace=False))
    evening = (hour >= 17) & (hour < 21.5)
    club_watts = throw.uniform(0.3, 0.9)
    there = clubs & school.is_school & (throw.random(count) < 0.9)
    watts += club_watts * there[:, None] * evening
    event = school.is_school & (throw.random(count) < 0.015)
    watts += 0.4 * lesson * event[:, None] * ((hour >= 17) & (hour < 23))
    saturday = (weekday == 5) & (school.kinds == "weekend")
    if throw.random() < 0.3:
        watts += club_watts * saturday[:, None] * ((hour >= 9) & (hour < 13))
    fest = (school.kinds == "weekend") & (throw.random(count) < 0.06)
    watts += throw.uniform(0.3, 0.6) * lesson * fest[:, None] * ((hour >= 9) & (hour < 16))
    cleaning = (school.kinds == "school_holiday") & (throw.random(count) < throw.uniform(0.1, 0.35))
    part = throw.uniform(0.1, 0.4, count) * cleaning
    care = throw.uniform(0.03, 0.12) if throw.random() < 0.2 else 0.0
    part = part + care * (school.kinds == "school_holiday")
    watts += lesson * part[:, None] * ((hour >= 7.5) & (hour < 14))
    table = watts * school.area_m2 / 4000
    table = table * throw.normal(1, throw.uniform(0.03, 0.08), table.shape)
    school.tables["electricity"] = np.asarray(np.round(np.maximum(table, 0), 3), dtype=float)
    school.figures |= {"base_w": base, "lesson_w": lesson}
    gaps(school, "electricity", throw)


def heat_table(
    school: MeteredSchool, *, limit: Floats | None = None, night: Floats | None = None,
    weekend: Floats | None = None, holiday: Floats | None = None, start: Floats | None = None,
    free_water: Floats | None = None, warmer_k: Floats | None = None,
) -> Floats:  # fmt: skip
    """Return hourly heat in kWh from the school's figures, each of which may differ per day.

    Parameters
    ----------
    limit
        Balance point, °C.
    night, weekend, holiday
        Part of the heat that remains when lowered, 0–1.
    start
        Hour in which the morning begins.
    free_water
        Part of the hot water that remains without school.
    warmer_k
        Kelvin by which the rooms are warmer.
    """
    figures = school.figures
    count = len(school.days)

    def each(given: Floats | None, name: str) -> Floats:
        return np.full(count, figures[name]) if given is None else given

    throw = school.throw("heat-noise")
    hour = np.arange(24)
    mean = school.outside_c.mean(axis=1)
    felt = 0.7 * mean + 0.3 * np.concatenate([mean[:1], mean[:-1]])
    felt = 0.3 * school.outside_c + 0.7 * felt[:, None]
    edge = each(limit, "limit_c") + (0 if warmer_k is None else warmer_k)
    cold = np.maximum(0, edge[:, None] - felt)
    begin, end = each(start, "heat_start_h"), figures["heat_end_h"]
    inside = np.clip(hour[None, :] + 1 - begin[:, None], 0, 1) * (hour < end)
    boost = 1 + figures["boost"] * ((hour[None, :] >= begin[:, None]) & (hour < begin[:, None] + 2))
    low = each(night, "night")[:, None]
    shape = low + (1 - low) * inside
    shape = np.where(low < 0.95, shape * np.where(inside > 0, boost, 1), 1.0)
    shape = np.where((school.kinds == "weekend")[:, None], each(weekend, "weekend")[:, None], shape)
    # Some gyms are in use on Saturdays.
    saturday = (school.days.day_of_week.to_numpy() == 5) & (school.kinds == "weekend")
    shape = np.where(saturday[:, None], np.maximum(shape, figures["saturday"]), shape)
    free = np.isin(school.kinds, ("school_holiday", "public_holiday"))
    shape = np.where(free[:, None], each(holiday, "holiday")[:, None], shape)
    noise = 1 + figures["noise"] * remembering(throw, count, figures["memory"])
    hourly = throw.normal(1, 0.1, (count, 24))
    heat = cold * shape * figures["slope"] / 24 * np.maximum(noise, 0.2)[:, None] * hourly
    heat *= yearly(school, throw, 0.025)[:, None]
    month = school.days.month.to_numpy()
    off = (figures["summer_off"] > 0) & (month >= 6) & (month <= 8)
    if limit is None:
        heat[off] = 0
    water = np.where(school.is_school[:, None], (hour >= 6) & (hour < 17), 0) / 11
    spread = throw.normal(1, 0.15, count)
    use = figures["hot_water"] * spread
    idle = each(free_water, "free_water")
    water = np.where(school.is_school[:, None], water, idle[:, None] / 24)
    heat += use[:, None] * water * throw.gamma(8, 1 / 8, (count, 24))
    # A counter turns over at full steps: what is left counts in the next hour.
    step = figures["step_kwh"]
    counted = np.floor(np.cumsum(np.maximum(heat, 0).ravel()) / step + 1e-9)
    return np.asarray(np.round(np.diff(counted, prepend=0.0) * step, 2).reshape(heat.shape))


def _heat(school: MeteredSchool) -> None:
    throw = school.throw("heat")
    slope = school.area_m2 * throw.uniform(0.012, 0.03)
    school.figures |= {
        "limit_c": throw.uniform(11.5, 15.5), "slope": slope,
        "hot_water": slope * throw.uniform(0.3, 1.5), "free_water": throw.uniform(0.1, 0.5),
        "night": throw.uniform(0.4, 0.76), "weekend": throw.uniform(0.4, 0.76),
        "holiday": throw.uniform(0.35, 0.74), "heat_start_h": throw.uniform(4, 6),
        "heat_end_h": float(throw.integers(16, 20)), "boost": throw.uniform(0.05, 0.4),
        "noise": throw.uniform(0.08, 0.2), "memory": throw.uniform(0.2, 0.6),
        "summer_off": float(throw.random() < 0.3),
        "step_kwh": float(throw.choice([0.01, 0.1, 1.0])),
        "saturday": float(throw.uniform(0.75, 0.95)) if throw.random() < 0.15 else 0.0,
    }  # fmt: skip
    school.tables["heat"] = heat_table(school)
    gaps(school, "heat", school.throw("heat-gaps"))
