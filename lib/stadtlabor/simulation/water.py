"""Two weeks of a school's water meter with a leak. All magnitudes are invented.

Frozen by its seed: the same for every class.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from stadtlabor.simulation.dice import dice

__all__ = ["FIRST_DAY", "leaking_school"]

SEED = 2026
FIRST_DAY = date(2026, 9, 21)
"""A Monday without holidays in the two weeks that follow."""

DAYS = 14
LITRES_PER_PUPIL = 4.0
HOURS = {7: 0.08, 8: 0.08, 9: 0.18, 10: 0.10, 11: 0.20, 12: 0.12, 13: 0.10, 15: 0.08, 16: 0.06}
"""Share of a school day's water by hour: breaks stand out, the cleaners come in the afternoon."""

NIGHT_FLUSH = 0.04
FLUSH_LITRES = 6
WEEKEND_SHARE = 0.04


def leaking_school(
    pupils: int = 240, leak_l_per_h: float = 45.0, leak_day: int = 9
) -> pd.DataFrame:
    """Return the water of every hour.

    Parameters
    ----------
    pupils
        Size of the school.
    leak_l_per_h
        Litres that run away per hour.
    leak_day
        Day (1–14) from whose first hour on the leak is open.

    Returns
    -------
    DataFrame
        Index: hours by the local clock. Columns ``day`` (1–14) and ``litres`` (whole).

    Raises
    ------
    ValueError
        If the day lies outside the two weeks or the leak is negative.
    """
    if not 1 <= leak_day <= DAYS:
        raise ValueError(f"leak_day must lie within 1 and {DAYS}, not {leak_day}")
    if not leak_l_per_h >= 0:
        raise ValueError("a leak cannot bring water")
    hours = pd.date_range(FIRST_DAY, periods=24 * DAYS, freq="h")
    throw = dice(SEED, "water/leaking-school", 0)
    of_day = np.array([HOURS.get(hour, 0.0) for hour in range(24)])
    used = pupils * LITRES_PER_PUPIL * of_day[hours.hour]
    used = np.where(hours.day_of_week >= 5, used * WEEKEND_SHARE, used)
    used = used * throw.normal(1, 0.15, len(hours))
    # Now and then a late flush: water at night alone is no leak.
    used += FLUSH_LITRES * (throw.random(len(hours)) < NIGHT_FLUSH)
    day = np.arange(len(hours)) // 24 + 1
    leak = np.where(day >= leak_day, leak_l_per_h + throw.normal(0, 1, len(hours)), 0.0)
    litres = np.round(np.maximum(used, 0) + np.maximum(leak, 0)).astype(int)
    return pd.DataFrame({"day": day, "litres": litres}, index=hours)
