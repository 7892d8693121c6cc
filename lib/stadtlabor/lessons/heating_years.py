"""Two heating years of a school: the weather, the heat and what a model says about both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule import (
    HeatingModel,
    OneKelvin,
    degree_day_number,
    heating_model,
    one_kelvin,
    weather_corrections,
)
from stadtlabor.lessons.scene import SceneError
from stadtlabor.lessons.schools import find_school, meter_note, meter_of
from stadtlabor.simulation.two_winters import two_winters
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import text

__all__ = ["PROBE", "Years", "two_years", "years"]

PROBE = "probe-schule"
"""An invented school whose second year saves heat; no meter and no store is needed."""

PLAIN_YEAR, LEAP_YEAR = 2001, 2000


@dataclass(frozen=True)
class Years:
    """Two heating years of a school and what the first one's model says about both.

    Attributes
    ----------
    days
        One row per day: ``temperature_c``, ``day_type``, ``energy_kwh``, ``year`` (1 or 2) and
        the model's ``mean``, ``low`` and ``high`` in kWh.
    model
        Fitted to the first year.
    kelvin
        What one kelvin less saves in the weather of the first year.
    corrections
        Second year's heat, corrected to the weather of the first.
    degree_days
        G20/15 of the two years, Kd.
    """

    days: pd.DataFrame
    model: HeatingModel
    kelvin: OneKelvin
    corrections: pd.DataFrame
    degree_days: tuple[float, float]

    @property
    def kwh(self) -> tuple[float, float]:
        """Heat of the two years."""
        sums = self.days.groupby("year")["energy_kwh"].sum()
        return float(sums[1]), float(sums[2])

    def corrected_kwh(self, method: str) -> float:
        """Heat of the second year in the weather of the first."""
        rows = self.corrections.set_index("method")["corrected_kwh"]
        return float(rows[method])

    @property
    def school_days(self) -> pd.DataFrame:
        """School days of the first year."""
        return self.days[(self.days["day_type"] == "school") & (self.days["year"] == 1)]


def years(days: pd.DataFrame) -> Years:
    """Look at two heating years.

    Parameters
    ----------
    days
        Columns ``temperature_c``, ``day_type``, ``energy_kwh`` and ``year``; days without zone.
        A day without heat measured is filled with what the model expects.

    Raises
    ------
    SceneError
        In German, if the model cannot be fitted or a year has a gap in its temperatures.
    """
    first = days[days["year"] == 1]
    try:
        model = heating_model(first["energy_kwh"], first["temperature_c"], first["day_type"])
        kelvin = one_kelvin(model, first["temperature_c"], first["day_type"])
    except ValueError as error:
        raise SceneError(str(error)) from error
    seen = days.join(model.predict(days["temperature_c"], days["day_type"]))
    seen["energy_kwh"] = seen["energy_kwh"].fillna(seen["mean"])
    one, two = (seen[seen["year"] == year] for year in (1, 2))
    numbers = (_degree_days(one["temperature_c"]), _degree_days(two["temperature_c"]))
    try:
        corrections = weather_corrections(
            float(two["energy_kwh"].sum()),
            degree_days=numbers[1],
            reference_degree_days=numbers[0],
            model=model,
            temperature_c=two["temperature_c"],
            day_types=two["day_type"],
            reference_temperature_c=one["temperature_c"],
            reference_day_types=one["day_type"],
        )
    except ValueError as error:
        raise SceneError(str(error)) from error
    return Years(seen, model, kelvin, corrections, numbers)


def _degree_days(air: pd.Series) -> float:
    """Return G20/15 of a year that need not begin in January."""
    calendar = LEAP_YEAR if len(air) == 366 else PLAIN_YEAR
    moved = air.set_axis(air.index + (pd.Timestamp(calendar, 1, 1) - air.index[0]))
    value = degree_day_number(moved).iloc[0]
    if not np.isfinite(value):
        raise SceneError(text("heatingcurve.weather_gap"))
    return float(value)


def two_years(school: str) -> tuple[str, pd.DataFrame, Note]:
    """Return name, days of two years (for :func:`years`) and small print of a school.

    Parameters
    ----------
    school
        :data:`PROBE` or the id of a school.

    Raises
    ------
    SceneError
        In German, if there are no two years of heat and temperature.
    """
    if school == PROBE:
        days = two_winters()
        note = Note((text("heatingcurve.source"),), ("CC0-1.0",), simulated=True)
        second = len(days) - 365
        return text("heatingcurve.probe"), days.assign(year=_numbers(len(days), second)), note
    found = find_school(school, 730)
    meter = meter_of(found, "heat")
    if found.temperature_c is None:
        raise SceneError(text("heatingcurve.no_weather", school=found.name))
    values = meter.values.resample("D").agg(lambda day: day.sum(min_count=len(day)))
    air = found.temperature_c.resample("D").mean()
    days = pd.DataFrame({"temperature_c": air, "energy_kwh": values}).tail(730)
    if len(days) < 730:
        raise SceneError(text("heatingcurve.too_short", school=found.name, days=len(days)))
    days["day_type"] = found.day_types(pd.DatetimeIndex(days.index)).astype(str).to_numpy()
    days.index = pd.DatetimeIndex(days.index).tz_localize(None)
    return found.name, days.assign(year=_numbers(730, 365)), meter_note(meter)


def _numbers(length: int, second: int) -> list[int]:
    return [1 if place < second else 2 for place in range(length)]
