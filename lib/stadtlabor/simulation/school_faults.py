"""Faults to put into a metered school, one for each alert: what, when and how strong is drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from stadtlabor.simulation import electricity_faults, heat_faults
from stadtlabor.simulation.fault_times import Span, Throw, some
from stadtlabor.simulation.metered_school import Fault, MeteredSchool

__all__ = ["FAULTS", "inject"]


def _solar_silent(school: MeteredSchool, throw: Throw) -> Span:
    span = some(school, throw, 6, 40, "3456789a")
    school.tables["solar"][span[0] : span[1]] = 0
    if "feed_in" in school.tables:
        school.tables["feed_in"][span[0] : span[1]] = 0
    return span


def _feed_in_silent(school: MeteredSchool, throw: Throw) -> Span:
    span = some(school, throw, 28, 90, "4567")
    school.tables["feed_in"][span[0] : span[1]] = 0
    return span


def _water_leak(school: MeteredSchool, throw: Throw) -> Span:
    span = some(school, throw, 5, 45)
    school.tables["water"][span[0] : span[1]] += throw.uniform(0.016, 0.3)
    return span


def _water_weekend(school: MeteredSchool, throw: Throw) -> Span:
    first, _ = some(school, throw, 10, 10)
    friday = first + (4 - int(school.days.day_of_week[first])) % 7
    table = school.tables["water"]
    more = throw.uniform(0.03, 0.25)
    table[friday, 16:] += more
    table[friday + 1 : friday + 3] += more
    table[friday + 3, :7] += more
    return friday, friday + 4


def _water_jump(school: MeteredSchool, throw: Throw) -> Span:
    span = some(school, throw, 42, 150, "9abc12345")
    school.tables["water"][span[0] : span[1]] *= throw.uniform(1.4, 2.2)
    return span


def _waste_spike(school: MeteredSchool, throw: Throw) -> Span:
    table = school.tables["waste"]
    at = np.flatnonzero(np.isfinite(table))
    full = np.array([school.is_school[n : n + 5].sum() >= 4 for n in at])
    day = int(throw.choice(at[full & (at > school.start)]))
    table[day] *= throw.uniform(1.8, 3.5)
    return day, day + 7


def _silent(medium: str) -> Callable[[MeteredSchool, Throw], Span]:
    def fault(school: MeteredSchool, throw: Throw) -> Span:
        span = some(school, throw, 3, 30)
        school.tables[medium][span[0] : span[1]] = np.nan
        return span

    return fault


def _stuck(medium: str) -> Callable[[MeteredSchool, Throw], Span]:
    def fault(school: MeteredSchool, throw: Throw) -> Span:
        table = school.tables[medium]
        per = table.shape[1] // 24
        day, _ = some(school, throw, 4, 4, "abc1234" if medium == "heat" else "")
        flat = table.ravel()
        first = day * 24 * per + int(throw.integers(0, 24)) * per
        last = first + int(throw.integers(14, 60)) * per
        level = float(np.nanmedian(flat[max(0, first - 24 * per) : first]))
        flat[first:last] = level if np.isfinite(level) and level > 0 else 1.0
        school.tables[medium] = flat.reshape(table.shape)
        return day, day + 4

    return fault


def _jump(medium: str) -> Callable[[MeteredSchool, Throw], Span]:
    def fault(school: MeteredSchool, throw: Throw) -> Span:
        day, _ = some(school, throw, 1, 1)
        table = school.tables[medium]
        large = 16_777.215 if throw.random() < 0.5 else float(np.nanmax(table)) * 40
        table[day, int(throw.integers(0, table.shape[1]))] = large
        return day, day + 1

    return fault


Put = Callable[[MeteredSchool, Throw], Span]

FAULTS: dict[str, tuple[str, Put]] = {
    "baseload_high": ("electricity", electricity_faults.baseload_high),
    "baseload_up": ("electricity", electricity_faults.baseload_up),
    "night_weekday": ("electricity", electricity_faults.night_weekday),
    "weekend_high": ("electricity", electricity_faults.weekend_high),
    "holiday_high": ("electricity", electricity_faults.holiday_high),
    "fridge_on": ("electricity", electricity_faults.fridge_on),
    "peak_up": ("electricity", electricity_faults.peak_up),
    "electricity_up": ("electricity", electricity_faults.electricity(0.22, 0.6)),
    "electricity_down": ("electricity", electricity_faults.electricity(-0.5, -0.22)),
    "clock_shift": ("electricity", electricity_faults.clock_shift),
    "solar_silent": ("solar", _solar_silent),
    "feed_in_silent": ("feed_in", _feed_in_silent),
    "heat_weekend": ("heat", heat_faults.heat_weekend),
    "heat_night": ("heat", heat_faults.heat_night),
    "heat_holiday": ("heat", heat_faults.heat_holiday),
    "heat_early": ("heat", heat_faults.heat_early),
    "heat_warm": ("heat", heat_faults.heat_warm),
    "heat_limit_high": ("heat", heat_faults.heat_limit_high),
    "room_warmer": ("heat", heat_faults.room_warmer),
    "heat_jump": ("heat", heat_faults.heat_jump),
    "hot_water_loss": ("heat", heat_faults.hot_water_loss),
    "frost_off": ("heat", heat_faults.frost_off),
    "water_leak": ("water", _water_leak),
    "water_weekend": ("water", _water_weekend),
    "water_jump": ("water", _water_jump),
    "waste_spike": ("waste", _waste_spike),
    "meter_silent": ("any", _silent("electricity")),
    "meter_stuck": ("any", _stuck("electricity")),
    "register_jump": ("any", _jump("electricity")),
}
"""Name of the alert → medium and how the fault is put in."""

METER = {"meter_silent": _silent, "meter_stuck": _stuck, "register_jump": _jump}


def inject(school: MeteredSchool, keys: list[str]) -> MeteredSchool:
    """Put faults in, at most one per meter; keys whose meter is missing or taken are left out."""
    taken: set[str] = set()
    for key in keys:
        medium, put = FAULTS[key]
        throw = school.throw(f"fault/{key}")
        if key in METER:
            medium = str(throw.choice(["electricity", "heat", "water"]))
            put = METER[key](medium)
        group = "solar" if medium == "feed_in" else medium
        if medium not in school.tables or group in taken:
            continue
        taken.add(group)
        first, last = put(school, throw)
        end = school.days[-1] + pd.Timedelta(days=1)
        until = end if last >= len(school.days) else school.days[last]
        school.faults.append(Fault(key, school.days[first], until, medium))
    return school
