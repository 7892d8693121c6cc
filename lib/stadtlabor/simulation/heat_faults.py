"""Faults of the heating."""

from __future__ import annotations

import numpy as np

from stadtlabor.simulation.fault_times import Floats, Span, Throw, holiday, some, whole_year
from stadtlabor.simulation.metered_school import MeteredSchool, heat_table

__all__ = [
    "frost_off",
    "heat_early",
    "heat_holiday",
    "heat_jump",
    "heat_limit_high",
    "heat_night",
    "heat_warm",
    "heat_weekend",
    "hot_water_loss",
    "room_warmer",
]


def _again(school: MeteredSchool, **changed: Floats) -> None:
    """Make the heat anew with changed figures, keeping the gaps of the meter."""
    old = school.tables["heat"]
    school.tables["heat"] = np.where(np.isfinite(old), heat_table(school, **changed), np.nan)


def _within(school: MeteredSchool, name: str, span: Span, value: float) -> Floats:
    figure = np.full(len(school.days), school.figures.get(name, 0.0))
    figure[span[0] : span[1]] = value
    return figure


def heat_weekend(school: MeteredSchool, throw: Throw) -> Span:
    """No setback at weekends."""
    span = some(school, throw, 42, 150, "bc12")
    _again(school, weekend=_within(school, "weekend", span, throw.uniform(0.93, 1.05)))
    return span


def heat_night(school: MeteredSchool, throw: Throw) -> Span:
    """No setback at night."""
    span = some(school, throw, 35, 150, "abc12")
    _again(school, night=_within(school, "night", span, 1.0))
    return span


def heat_holiday(school: MeteredSchool, throw: Throw) -> Span:
    """No setback in one of the cold holidays."""
    span = holiday(school, throw, 7, cold=True)
    part = throw.uniform(0.93, 1.05)
    _again(
        school,
        holiday=_within(school, "holiday", span, part),
        weekend=_within(school, "weekend", span, part),
    )
    return span


def heat_early(school: MeteredSchool, throw: Throw) -> Span:
    """Heating up that starts hours too early."""
    span = some(school, throw, 35, 150, "bc12")
    start = school.figures["heat_start_h"] - throw.uniform(1.6, 3)
    _again(school, start=_within(school, "heat_start_h", span, start))
    return span


def heat_warm(school: MeteredSchool, throw: Throw) -> Span:
    """A boiler that goes on in warm weather."""
    span = some(school, throw, 25, 80, "567")
    _again(school, limit=_within(school, "limit_c", span, throw.uniform(21, 25)))
    return span


def heat_limit_high(school: MeteredSchool, throw: Throw) -> Span:
    """A heating limit that is set too high."""
    span = whole_year(school)
    _again(school, limit=_within(school, "limit_c", span, throw.uniform(18.5, 21)))
    return span


def room_warmer(school: MeteredSchool, throw: Throw) -> Span:
    """Rooms that are some kelvin warmer."""
    span = some(school, throw, 42, 120, "abc1")
    _again(school, warmer_k=_within(school, "warmer", span, throw.uniform(1.5, 3.2)))
    return span


def heat_jump(school: MeteredSchool, throw: Throw) -> Span:
    """Heat that jumps."""
    span = some(school, throw, 35, 120, "bc12")
    school.tables["heat"][span[0] : span[1]] *= throw.uniform(1.5, 2.2)
    return span


def hot_water_loss(school: MeteredSchool, throw: Throw) -> Span:
    """Hot water that goes on in the summer holidays."""
    at = np.flatnonzero((school.days.month == 8) & (school.kinds == "school_holiday"))
    at = at[at > school.start]
    span = int(at[0]), len(school.days)
    _again(school, free_water=_within(school, "free_water", span, throw.uniform(0.85, 1.05)))
    return span


def frost_off(school: MeteredSchool, throw: Throw) -> Span:
    """No heat in frost."""
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
