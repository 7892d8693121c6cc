"""Water, solar roof and waste of a metered school; see :mod:`metered_school`."""

from __future__ import annotations

import numpy as np

from stadtlabor.simulation.metered_base import QUARTERS, MeteredSchool, gaps, remembering, yearly

__all__ = ["add_solar", "add_waste", "add_water"]


def add_water(school: MeteredSchool) -> None:
    """Add a water meter: lessons, clubs, cleaning, flushes at any hour."""
    throw = school.throw("water")
    count, hour = len(school.days), np.arange(24)
    weekday = school.days.day_of_week.to_numpy()
    per_day = school.pupils * throw.uniform(0.006, 0.016)
    level = per_day * yearly(school, throw, 0.06) * (1 + 0.12 * remembering(throw, count, 0.3))
    odd = throw.random(count) < 0.03
    level = np.where(odd, level * throw.uniform(0.5, 1.6, count), level)
    curve = np.where((hour >= 7) & (hour < 14), 1.0, 0) + 0.3 * ((hour >= 14) & (hour < 17))
    curve = curve / curve.sum()
    use = level[:, None] * school.is_school[:, None] * curve * throw.gamma(12, 1 / 12, (count, 24))
    clubs = np.isin(weekday, throw.choice(5, 2, replace=False)) & school.is_school
    use += 0.15 * per_day * clubs[:, None] * ((hour >= 18) & (hour < 22)) / 4
    busy = (~school.is_school) & (throw.random(count) < 0.25)
    use += 0.2 * per_day * busy[:, None] * ((hour >= 8) & (hour < 13)) / 5
    flush = throw.random((count, 24)) < throw.uniform(0.01, 0.2)  # urinals, boilers, cleaning
    use += flush * throw.uniform(0.01, 0.05, (count, 24))
    if throw.random() < 0.1:  # a drip that was always there
        use += throw.uniform(0.003, 0.008)
    if throw.random() < 0.3:  # Legionella: a timed flush of pipes
        use[:, 3] += np.where(weekday == 0, throw.uniform(0.1, 0.5), 0)
    step = 0.01 if throw.random() < 0.5 else 0.001
    counted = np.diff(np.floor(np.cumsum(use.ravel()) / step), prepend=0.0) * step
    school.tables["water"] = np.asarray(np.round(counted.reshape(use.shape), 3), dtype=float)
    school.figures["water_day"] = per_day
    gaps(school, "water", school.throw("water-gaps"))


def add_solar(school: MeteredSchool) -> None:
    """Add a roof, mostly with a meter of what is fed in."""
    throw = school.throw("solar")
    days, count = school.days, len(school.days)
    doy = days.day_of_year.to_numpy()
    peak = school.area_m2 * throw.uniform(0.004, 0.02)
    hour = np.arange(QUARTERS) / 4 + 0.125
    tilt = np.deg2rad(23.45) * np.sin(2 * np.pi * (284 + doy) / 365)
    place = np.deg2rad(47.7)
    # Noon lies near 12:20 winter time, 13:20 summer time; the difference is left to chance here.
    angle = np.deg2rad(15) * (hour - 12.8)
    height = np.sin(place) * np.sin(tilt)[:, None] + (
        np.cos(place) * np.cos(tilt)[:, None] * np.cos(angle)
    )
    cloud = np.clip(0.55 + 0.35 * remembering(throw, count, 0.4), 0.06, 1.0)
    table = peak * np.maximum(height, 0) ** 1.2 * cloud[:, None] / 4
    table = table * np.clip(throw.normal(1, 0.2, table.shape), 0.2, 1.6)
    winter = np.flatnonzero(np.isin(days.month, (12, 1, 2)))
    for at in throw.choice(winter, 3, replace=False):
        table[at : at + int(throw.integers(1, 8))] = 0
    school.tables["solar"] = np.asarray(np.round(table, 3), dtype=float)
    if throw.random() < 0.7:
        rest = table - np.nan_to_num(school.tables["electricity"])
        school.tables["feed_in"] = np.round(np.maximum(rest, 0), 3)


def add_waste(school: MeteredSchool) -> None:
    """Add weekly weighings."""
    throw = school.throw("waste")
    table = np.full(len(school.days), np.nan)
    for at in np.flatnonzero(school.days.day_of_week.to_numpy() == 0):
        lessons = int(school.is_school[at : at + 5].sum())
        table[at] = school.pupils * 0.28 * (0.05 + 0.19 * lessons) * max(throw.normal(1, 0.16), 0.3)
    table[throw.random(len(table)) < 0.04] = np.nan
    school.tables["waste"] = np.round(table, 1)
