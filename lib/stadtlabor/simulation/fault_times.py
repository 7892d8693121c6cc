"""When faults happen in a metered school, and how power is added."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stadtlabor.simulation.metered_school import MeteredSchool

__all__ = ["HOUR", "Floats", "Span", "Throw", "add_watts", "holiday", "some", "whole_year"]

Floats = npt.NDArray[np.float64]
Throw = np.random.Generator
Span = tuple[int, int]


def some(school: MeteredSchool, throw: Throw, least: int, most: int, months: str = "") -> Span:
    """Draw a time in the asked year, in months (first letters 1–9, a, b, c) if given."""
    length = int(throw.integers(least, most + 1))
    last = len(school.days) - least - 1
    wanted = np.arange(school.start + 3, last)
    if months:
        letters = np.array(list("123456789abc"))[school.days.month.to_numpy() - 1]
        wanted = wanted[np.isin(letters[wanted], list(months))]
    first = int(throw.choice(wanted))
    return first, min(first + length, len(school.days))


def whole_year(school: MeteredSchool) -> Span:
    """Return the asked year."""
    return school.start, len(school.days)


def add_watts(
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


def holiday(school: MeteredSchool, throw: Throw, least: int, cold: bool = False) -> Span:
    """Draw a holiday of at least so many days in the asked year, a cold one if wanted."""
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
