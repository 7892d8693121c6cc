"""A simulated school that needs no store, no net and no meter: lessons work with it anywhere."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.klimaschule.school import Meter, Prices, School
from stadtlabor.observations import Quality
from stadtlabor.settings import settings
from stadtlabor.simulation.school import electricity, heat
from stadtlabor.simulation.weather import temperature

__all__ = ["FROZEN", "example_school"]

FROZEN = date(2026, 11, 1)
"""First day that is not in the frozen data: the same for every class, whenever it looks."""

LARGEST = 10_000.0
"""kWh per interval that no school reaches: what a reset register reports lies above."""

SOURCE = "Simulierte Stadt, kein echter Zähler"


@lru_cache(maxsize=4)
def example_school(school: str, days: int = 365, end: date = FROZEN) -> School:
    """Return an invented school of ``city.toml`` with simulated meters.

    Parameters
    ----------
    school
        Id of the school.
    days
        So many days before ``end``.
    end
        First day that is not included.

    Raises
    ------
    KeyError
        If the city file has no such invented school.
    """
    place = next((s for s in city().schools if s.id == school and s.invented), None)
    if place is None:
        raise KeyError(school)
    zone, seed = city().city.timezone, settings().simulation.seed
    wanted = [end - timedelta(days=n) for n in range(days, 0, -1)]
    meters = []
    for medium, make, step in (("electricity", electricity, 900), ("heat", heat, 3600)):
        parts = [pd.Series(v, index=i) for i, v in (make(seed, place, day, zone) for day in wanted)]
        values = pd.concat(parts)
        suspect = values > LARGEST
        quality = np.where(suspect, int(Quality.SUSPECT), 0) | int(Quality.SIMULATED)
        meters.append(
            Meter(
                medium,
                values.mask(suspect),
                step,
                quality=pd.Series(quality, index=values.index),
                name=place.name,
                source=SOURCE,
                licence="CC0-1.0",
            )
        )
    hours = pd.DatetimeIndex(meters[1].values.index)
    air = pd.Series(temperature(seed, hours.tz_convert("UTC")), index=hours, name="temperature_c")
    prices = city().prices
    return School(
        id=place.id,
        name=place.name,
        kind=place.kind,
        pupils=place.pupils,
        floor_area_m2=place.floor_area_m2,
        meters=tuple(meters),
        temperature_c=air,
        prices=Prices(**prices.model_dump()) if prices else None,
        free_days=tuple(place.free_days),
        state=city().city.state,
    )
