"""Energy of a school: electricity, heat, and what the weather has to do with it."""

from stadtlabor.klimaschule.energy.baseload import (
    Baseload,
    baseload,
    baseload_figures,
    daily_baseload,
)
from stadtlabor.klimaschule.energy.corrections import weather_corrections
from stadtlabor.klimaschule.energy.daily import DAY_TYPES, DayType
from stadtlabor.klimaschule.energy.degree_days import degree_day_number, heating_degree_days
from stadtlabor.klimaschule.energy.heating_model import HeatingModel, heating_model
from stadtlabor.klimaschule.energy.idle import IdleUse, holiday_use, weekend_use
from stadtlabor.klimaschule.energy.lever import OneKelvin, one_kelvin
from stadtlabor.klimaschule.energy.line import line_r2
from stadtlabor.klimaschule.energy.opening import Opening, Slot
from stadtlabor.klimaschule.energy.peaks import Peaks, peaks
from stadtlabor.klimaschule.energy.saving import Saving, savings
from stadtlabor.klimaschule.energy.solar import SolarUse, solar_use
from stadtlabor.klimaschule.energy.use import USES, split_use

__all__ = [
    "DAY_TYPES",
    "USES",
    "Baseload",
    "DayType",
    "HeatingModel",
    "IdleUse",
    "OneKelvin",
    "Opening",
    "Peaks",
    "Saving",
    "Slot",
    "SolarUse",
    "baseload",
    "baseload_figures",
    "daily_baseload",
    "degree_day_number",
    "heating_degree_days",
    "heating_model",
    "holiday_use",
    "line_r2",
    "one_kelvin",
    "peaks",
    "savings",
    "solar_use",
    "split_use",
    "weather_corrections",
    "weekend_use",
]
