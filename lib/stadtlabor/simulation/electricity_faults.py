"""Faults of the electricity meter and of what it measures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from stadtlabor.simulation.fault_times import (
    HOUR,
    Span,
    Throw,
    add_watts,
    holiday,
    some,
    whole_year,
)
from stadtlabor.simulation.metered_school import MeteredSchool

__all__ = [
    "baseload_high",
    "baseload_up",
    "clock_shift",
    "electricity",
    "fridge_on",
    "holiday_high",
    "night_weekday",
    "peak_up",
    "weekend_high",
]


def baseload_high(school: MeteredSchool, throw: Throw) -> Span:
    """A steady power that was always too high for the size."""
    watts = throw.uniform(1.15, 1.8) - school.figures["base_w"]
    add_watts(school, (0, len(school.days)), np.full(96, watts))
    return whole_year(school)


def baseload_up(school: MeteredSchool, throw: Throw) -> Span:
    """A new device that runs day and night."""
    span = some(school, throw, 28, 150)
    add_watts(school, span, np.full(96, school.figures["base_w"] * throw.uniform(0.2, 0.7)))
    return span


def night_weekday(school: MeteredSchool, throw: Throw) -> Span:
    """Light that stays on in the nights after one weekday."""
    span = some(school, throw, 63, 150, "9abc12345")
    weekday = int(throw.integers(0, 5))
    table = school.tables["electricity"]
    more = school.figures["base_w"] * throw.uniform(0.35, 0.9) * school.area_m2 / 4000
    days = np.arange(*span)
    mine = days[(school.days.day_of_week[days] == weekday) & school.is_school[days]]
    mine = mine[mine < len(table) - 1]
    table[mine, 88:] += more
    table[mine + 1, :24] += more
    return span


def weekend_high(school: MeteredSchool, throw: Throw) -> Span:
    """Ventilation without a weekend programme."""
    span = some(school, throw, 35, 100, "9abc123456")
    weekend = (school.kinds == "weekend").astype(float)
    watts = school.figures["lesson_w"] * throw.uniform(0.28, 0.8)
    add_watts(school, span, watts * ((HOUR >= 7) & (HOUR < 18)), weekend)
    return span


def holiday_high(school: MeteredSchool, throw: Throw) -> Span:
    """Ventilation without a holiday programme."""
    span = holiday(school, throw, 7)
    days = (school.days.day_of_week.to_numpy() < 5).astype(float)
    watts = school.figures["lesson_w"] * throw.uniform(0.35, 0.9)
    add_watts(school, span, watts * ((HOUR >= 7) & (HOUR < 16)), days)
    return span


def fridge_on(school: MeteredSchool, throw: Throw) -> Span:
    """Fridges that stay on in long holidays."""
    span = holiday(school, throw, 10)
    add_watts(school, span, np.full(96, school.figures["base_w"] * throw.uniform(0.18, 0.5)))
    return span


def peak_up(school: MeteredSchool, throw: Throw) -> Span:
    """A kitchen that starts everything at once."""
    span = some(school, throw, 40, 150, "9abc12345")
    watts = school.figures["lesson_w"] * throw.uniform(0.35, 0.9)
    at = throw.uniform(9, 12)
    add_watts(
        school, span, watts * ((at <= HOUR) & (at + 1 > HOUR)), school.is_school.astype(float)
    )
    return span


def electricity(least: float, most: float) -> Callable[[MeteredSchool, Throw], Span]:
    """Return a fault that changes what lessons use by such a part."""

    def change(school: MeteredSchool, throw: Throw) -> Span:
        span = some(school, throw, 42, 150, "9abc12345")
        table = school.tables["electricity"]
        part = np.zeros(len(table))
        part[span[0] : span[1]] = throw.uniform(least, most)
        part *= school.is_school
        base = np.nanmin(np.where(np.isfinite(table), table, np.inf), axis=1, keepdims=True)
        school.tables["electricity"] = table + np.maximum(table - base, 0) * part[:, None]
        return span

    return change


def clock_shift(school: MeteredSchool, throw: Throw) -> Span:
    """A clock that is an hour wrong."""
    span = some(school, throw, 25, 120, "abc1234")
    table = school.tables["electricity"]
    flat = table[span[0] : span[1]].ravel()
    moved = np.roll(flat, 4 if throw.random() < 0.5 else -4)
    table[span[0] : span[1]] = moved.reshape(-1, table.shape[1])
    return span
