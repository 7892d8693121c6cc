"""Two heating years of an invented school that saved heat in the second, colder one.

Frozen: the same for every class. The truth is known, so pupils can compare what they find with it.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from stadtlabor.simulation.heated_school import (
    HeatedSchool,
    daily_temperature,
    typical_day_types,
)

__all__ = ["FIRST_DAY", "SAVED", "SCHOOL", "SECOND_YEAR", "two_winters"]

SEED = 2026
FIRST_DAY, SECOND_YEAR, LAST_DAY = date(2015, 7, 1), date(2016, 7, 1), date(2017, 6, 30)

SAVED = 0.05
"""Part of the heat that the second year needs less, for whatever weather."""

SCHOOL = HeatedSchool(
    number=20260,
    balance_point_c=14.5,
    slope_kwh_per_k=95.0,
    hot_water_kwh=130.0,
    free_hot_water=0.3,
    setback_k=2.0,
    free_slope=0.9,
    club_days=(),
    club_kwh=0.0,
    inertia=0.1,
    noise=0.10,
    noise_autocorrelation=0.3,
    noise_growing=0.5,
    summer_off=False,
    wild=0.0,
    missing=0.0,
)


def two_winters() -> pd.DataFrame:
    """Return the days of both years.

    Returns
    -------
    DataFrame
        Index: days without zone, July to June twice. Columns ``temperature_c`` (daily mean, °C),
        ``day_type`` and ``energy_kwh``.
    """
    air = daily_temperature(SEED, FIRST_DAY, LAST_DAY)
    kinds = typical_day_types(pd.DatetimeIndex(air.index))
    before = SCHOOL.measured_kwh(air, kinds)
    after = SCHOOL.measured_kwh(air, kinds, SAVED)
    energy = before.where(air.index < pd.Timestamp(SECOND_YEAR), after)
    return pd.DataFrame({"temperature_c": air, "day_type": kinds, "energy_kwh": energy})
