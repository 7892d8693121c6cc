"""Simulated raised beds: rain wets the soil, days dry it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.city import Sensor
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.rain import Sky
from stadtlabor.simulation.weather import temperature

__all__ = ["soil"]

DRIEST, WETTEST = 12.0, 42.0  # volume per cent, loam in a raised bed; invented
MEMORY_DAYS = 14
DRYING_DAYS = 4.0
PER_MM = 0.9


def soil(seed: int, sky: Sky, bed: Sensor, moment: pd.Timestamp) -> tuple[float, float]:
    """Return soil moisture (volume per cent) and temperature (°C) of a bed.

    Parameters
    ----------
    seed
        Of the installation.
    sky
        Rain over the city.
    bed
        The device.
    moment
        Instant, UTC.
    """
    day = int(moment.timestamp() // 86_400)
    days = range(day - MEMORY_DAYS, day + 1)
    rain = np.concatenate([sky.at(bed.lat, bed.lon, n) for n in days])
    ends = (day - MEMORY_DAYS) * 86_400 + 300.0 * np.arange(1, len(rain) + 1)
    age_days = (moment.timestamp() - ends) / 86_400
    fallen = age_days >= 0
    water = PER_MM * float((rain[fallen] * np.exp(-age_days[fallen] / DRYING_DAYS)).sum())
    noise = dice(seed, f"soil/{bed.id}", int(moment.timestamp() // 900)).normal(0, 0.15)
    moisture = DRIEST + (WETTEST - DRIEST) * (1 - np.exp(-water / 18)) + noise
    hours = pd.date_range(moment - pd.Timedelta(hours=47), moment, freq="h")
    return round(float(moisture), 1), round(float(temperature(seed, hours).mean()), 1)
