"""Faults to put into a metered school, one for each alert: what, when and how strong is drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.simulation.metered_school import Fault, MeteredSchool, heat_table

__all__ = ["FAULTS", "GROUPS", "inject"]

Floats = npt.NDArray[np.float64]
Throw = np.random.Generator
Span = tuple[int, int]


def _some(school: MeteredSchool, throw: Throw, least: int, most: int, months: str = "") -> Span:
    """Draw a time in the asked year, in months (first letters 1–9, a, b, c) if given."""
    length = int(throw.integers(least, most + 1))
    last = len(school.days) - least - 1
    wanted = np.arange(school.start + 3, last)
    if months:
        letters = np.array(list("123456789abc"))[school.days.month.to_numpy() - 1]
        wanted = wanted[np.isin(letters[wanted], list(months))]
    first = int(throw.choice(wanted))
    return first, min(first + length, len(school.days))


def _year(school: MeteredSchool) -> Span:
    return school.start, len(school.days)


def _watts(
    school: MeteredSchool,
    span: Span,
    watts: npt.NDArray[np.floating],
    days: Floats | None = None,
) -> None:
    """Add watts per square metre (per quarter) on the days of a span."""
    table = school.tables["electricity"]
    chosen = np.zeros(len(table))
    chosen[span[0] : span[1]] = 1
    if days is not None:
        chosen = chosen * days
    table += chosen[:, None] * watts * school.area_m2 / 4000


HOUR = np.arange(96) / 4


def _holiday(school: MeteredSchool, throw: Throw, least: int, cold: bool = False) -> Span:
    free = np.concatenate([[0], (school.kinds != "school").astype(int), [0]])
    edges = np.diff(free)
    weekday = school.days.day_of_week.to_numpy() < 5
    spans = [
        (int(a), int(b))
        for a, b in zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
        if a > school.start + 3 and b - a >= least and weekday[a:b].sum() >= 4
    ]
    if cold:
        mean = school.outside_c.mean(axis=1)
        limit = school.figures["limit_c"] - 6
        spans = [s for s in spans if (mean[s[0] : s[1]] < limit).sum() >= 6] or spans[1:2]
    return spans[int(throw.integers(0, len(spans)))]


def _baseload_high(school: MeteredSchool, throw: Throw) -> Span:
    watts = throw.uniform(1.15, 1.8) - school.figures["base_w"]
    _watts(school, (0, len(school.days)), np.full(96, watts))
    return _year(school)


def _baseload_up(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 28, 150)
    _watts(school, span, np.full(96, school.figures["base_w"] * throw.uniform(0.2, 0.7)))
    return span


def _night_weekday(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 63, 150, "9abc12345")
    weekday = int(throw.integers(0, 5))
    table = school.tables["electricity"]
    more = school.figures["base_w"] * throw.uniform(0.35, 0.9) * school.area_m2 / 4000
    days = np.arange(*span)
    mine = days[(school.days.day_of_week[days] == weekday) & school.is_school[days]]
    mine = mine[mine < len(table) - 1]
    table[mine, 88:] += more
    table[mine + 1, :24] += more
    return span


def _weekend_high(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 35, 100, "9abc123456")
    weekend = (school.kinds == "weekend").astype(float)
    watts = school.figures["lesson_w"] * throw.uniform(0.28, 0.8)
    _watts(school, span, watts * ((HOUR >= 7) & (HOUR < 18)), weekend)
    return span


def _holiday_high(school: MeteredSchool, throw: Throw) -> Span:
    span = _holiday(school, throw, 7)
    days = (school.days.day_of_week.to_numpy() < 5).astype(float)
    watts = school.figures["lesson_w"] * throw.uniform(0.35, 0.9)
    _watts(school, span, watts * ((HOUR >= 7) & (HOUR < 16)), days)
    return span


def _fridge_on(school: MeteredSchool, throw: Throw) -> Span:
    span = _holiday(school, throw, 10)
    _watts(school, span, np.full(96, school.figures["base_w"] * throw.uniform(0.18, 0.5)))
    return span


def _peak_up(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 40, 150, "9abc12345")
    watts = school.figures["lesson_w"] * throw.uniform(0.35, 0.9)
    at = throw.uniform(9, 12)
    _watts(school, span, watts * ((at <= HOUR) & (at + 1 > HOUR)), school.is_school.astype(float))
    return span


def _electricity(least: float, most: float) -> Callable[[MeteredSchool, Throw], Span]:
    def change(school: MeteredSchool, throw: Throw) -> Span:
        span = _some(school, throw, 42, 150, "9abc12345")
        table = school.tables["electricity"]
        part = np.zeros(len(table))
        part[span[0] : span[1]] = throw.uniform(least, most)
        part *= school.is_school
        base = np.nanmin(np.where(np.isfinite(table), table, np.inf), axis=1, keepdims=True)
        school.tables["electricity"] = table + np.maximum(table - base, 0) * part[:, None]
        return span

    return change


def _clock_shift(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 25, 120, "abc1234")
    table = school.tables["electricity"]
    flat = table[span[0] : span[1]].ravel()
    moved = np.roll(flat, 4 if throw.random() < 0.5 else -4)
    table[span[0] : span[1]] = moved.reshape(-1, table.shape[1])
    return span


def _solar_silent(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 6, 40, "3456789a")
    school.tables["solar"][span[0] : span[1]] = 0
    if "feed_in" in school.tables:
        school.tables["feed_in"][span[0] : span[1]] = 0
    return span


def _feed_in_silent(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 28, 90, "4567")
    school.tables["feed_in"][span[0] : span[1]] = 0
    return span


def _again(school: MeteredSchool, **changed: Floats) -> None:
    """Make the heat anew with changed figures, keeping the gaps of the meter."""
    old = school.tables["heat"]
    school.tables["heat"] = np.where(np.isfinite(old), heat_table(school, **changed), np.nan)


def _within(school: MeteredSchool, name: str, span: Span, value: float) -> Floats:
    figure = np.full(len(school.days), school.figures.get(name, 0.0))
    figure[span[0] : span[1]] = value
    return figure


def _heat_weekend(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 42, 150, "bc12")
    _again(school, weekend=_within(school, "weekend", span, throw.uniform(0.93, 1.05)))
    return span


def _heat_night(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 35, 150, "abc12")
    _again(school, night=_within(school, "night", span, 1.0))
    return span


def _heat_holiday(school: MeteredSchool, throw: Throw) -> Span:
    span = _holiday(school, throw, 7, cold=True)
    part = throw.uniform(0.93, 1.05)
    _again(
        school,
        holiday=_within(school, "holiday", span, part),
        weekend=_within(school, "weekend", span, part),
    )
    return span


def _heat_early(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 35, 150, "bc12")
    start = school.figures["heat_start_h"] - throw.uniform(1.6, 3)
    _again(school, start=_within(school, "heat_start_h", span, start))
    return span


def _heat_warm(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 25, 80, "567")
    _again(school, limit=_within(school, "limit_c", span, throw.uniform(21, 25)))
    return span


def _heat_limit_high(school: MeteredSchool, throw: Throw) -> Span:
    span = _year(school)
    _again(school, limit=_within(school, "limit_c", span, throw.uniform(18.5, 21)))
    return span


def _room_warmer(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 42, 120, "abc1")
    _again(school, warmer_k=_within(school, "warmer", span, throw.uniform(1.5, 3.2)))
    return span


def _heat_jump(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 35, 120, "bc12")
    school.tables["heat"][span[0] : span[1]] *= throw.uniform(1.5, 2.2)
    return span


def _hot_water_loss(school: MeteredSchool, throw: Throw) -> Span:
    at = np.flatnonzero((school.days.month == 8) & (school.kinds == "school_holiday"))
    at = at[at > school.start]
    span = int(at[0]), len(school.days)
    _again(school, free_water=_within(school, "free_water", span, throw.uniform(0.85, 1.05)))
    return span


def _frost_off(school: MeteredSchool, throw: Throw) -> Span:
    night = np.concatenate([school.outside_c[:-1, 12:], school.outside_c[1:, :12]], axis=1)
    frost = (night < -1.5).sum(axis=1)
    frost[: school.start] = 0
    choice = np.argsort(-frost)[: max(3, int((frost >= 12).sum()) // 2)]
    day = int(throw.choice(choice))
    flat = school.tables["heat"].ravel()
    first = 24 * day + 8
    flat[first : first + int(throw.integers(26, 60))] = 0
    school.tables["heat"] = flat.reshape(-1, 24)
    return day, min(day + 3, len(school.days))


def _water_leak(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 5, 45)
    school.tables["water"][span[0] : span[1]] += throw.uniform(0.016, 0.3)
    return span


def _water_weekend(school: MeteredSchool, throw: Throw) -> Span:
    first, _ = _some(school, throw, 10, 10)
    friday = first + (4 - int(school.days.day_of_week[first])) % 7
    table = school.tables["water"]
    more = throw.uniform(0.03, 0.25)
    table[friday, 16:] += more
    table[friday + 1 : friday + 3] += more
    table[friday + 3, :7] += more
    return friday, friday + 4


def _water_jump(school: MeteredSchool, throw: Throw) -> Span:
    span = _some(school, throw, 42, 150, "9abc12345")
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
        span = _some(school, throw, 3, 30)
        school.tables[medium][span[0] : span[1]] = np.nan
        return span

    return fault


def _stuck(medium: str) -> Callable[[MeteredSchool, Throw], Span]:
    def fault(school: MeteredSchool, throw: Throw) -> Span:
        table = school.tables[medium]
        per = table.shape[1] // 24
        day, _ = _some(school, throw, 4, 4, "abc1234" if medium == "heat" else "")
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
        day, _ = _some(school, throw, 1, 1)
        table = school.tables[medium]
        large = 16_777.215 if throw.random() < 0.5 else float(np.nanmax(table)) * 40
        table[day, int(throw.integers(0, table.shape[1]))] = large
        return day, day + 1

    return fault


Put = Callable[[MeteredSchool, Throw], Span]

FAULTS: dict[str, tuple[str, Put]] = {
    "baseload_high": ("electricity", _baseload_high),
    "baseload_up": ("electricity", _baseload_up),
    "night_weekday": ("electricity", _night_weekday),
    "weekend_high": ("electricity", _weekend_high),
    "holiday_high": ("electricity", _holiday_high),
    "fridge_on": ("electricity", _fridge_on),
    "peak_up": ("electricity", _peak_up),
    "electricity_up": ("electricity", _electricity(0.22, 0.6)),
    "electricity_down": ("electricity", _electricity(-0.5, -0.22)),
    "clock_shift": ("electricity", _clock_shift),
    "solar_silent": ("solar", _solar_silent),
    "feed_in_silent": ("feed_in", _feed_in_silent),
    "heat_weekend": ("heat", _heat_weekend),
    "heat_night": ("heat", _heat_night),
    "heat_holiday": ("heat", _heat_holiday),
    "heat_early": ("heat", _heat_early),
    "heat_warm": ("heat", _heat_warm),
    "heat_limit_high": ("heat", _heat_limit_high),
    "room_warmer": ("heat", _room_warmer),
    "heat_jump": ("heat", _heat_jump),
    "hot_water_loss": ("heat", _hot_water_loss),
    "frost_off": ("heat", _frost_off),
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
GROUPS = ("electricity", "solar", "heat", "water", "waste")
"""At most one fault of each, so that none hides another."""


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
