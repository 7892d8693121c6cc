"""Heizkurve: how a building's heat follows the weather (Wärme, grades 10–13)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from stadtlabor.lessons.facts import fact
from stadtlabor.lessons.heating_years import PROBE, Years, two_years, years
from stadtlabor.lessons.scene import Scene
from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.scatter import scatter
from stadtlabor.ui.texts import date, number, text

__all__ = ["scene", "truths"]


def scene(school: str = PROBE) -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    school
        :data:`PROBE` or the id of a school with two years of heat and temperature.

    Raises
    ------
    SceneError
        In German, if there are no two years or they say nothing about heating.
    """
    name, days, note = two_years(school)
    found = years(days)
    start, end = found.days.index[0], found.days.index[-1]
    return Scene(
        intro=text("heatingcurve.chosen", school=name, start=date(start), end=date(end)),
        raw=_raw(found.days),
        data=_data(found.days),
        truths=truths(found),
        pictures={
            "punkte": lambda: _points(found, name, note, fitted=False),
            "kurve": lambda: _points(found, name, note, fitted=True),
            "kelvin": lambda: _kelvin(found, name, note),
            "winter": lambda: _winters(found, name, note, corrected=False),
            "bereinigt": lambda: _winters(found, name, note, corrected=True),
        },
        simulated=note.simulated,
    )


def _data(days: pd.DataFrame) -> pd.DataFrame:
    words = {
        "school": text("heatingcurve.school"),
        "weekend": text("heatingcurve.weekend"),
        "public_holiday": text("heatingcurve.public_holiday"),
        "school_holiday": text("heatingcurve.school_holiday"),
    }
    return pd.DataFrame(
        {
            "Datum": days.index,
            "Temperatur_C": days["temperature_c"].to_numpy(),
            "Waerme_kWh": days["energy_kwh"].to_numpy(),
            "Tagesart": [words[kind] for kind in days["day_type"]],
            "Winter": days["year"].to_numpy(),
            "Erwartet_kWh": days["mean"].to_numpy(),
            "Unten_kWh": days["low"].to_numpy(),
            "Oben_kWh": days["high"].to_numpy(),
        }
    )


def _raw(days: pd.DataFrame, rows: int = 8) -> pd.DataFrame:
    """Return some days of the first winter with German heads."""
    some = _data(days)
    some = some[(some["Datum"].dt.month == 1) & (some["Winter"] == 1)].iloc[3 : 3 + rows]
    some = some.reset_index(drop=True)
    return pd.DataFrame(
        {
            "Tag": some["Datum"].dt.strftime("%d.%m.%Y"),
            "Tagesart": some["Tagesart"],
            "Außentemperatur in °C": [number(v, 1) for v in some["Temperatur_C"]],
            "Wärme in kWh": [number(v) for v in some["Waerme_kWh"]],
        }
    )


def _points(found: Years, school: str, note: Note, *, fitted: bool) -> Figure:
    """Draw the first winter's days, with or without the fitted curve."""
    days = found.school_days
    inside = int(days["energy_kwh"].between(days["low"], days["high"]).sum())
    grid = np.arange(np.floor(days["temperature_c"].min()), days["temperature_c"].max(), 0.25)
    # A slow rise: yesterday's temperature is then as good as today's.
    ramp = pd.Series(grid, index=pd.date_range("2001-01-01", periods=len(grid)))
    curve = found.model.predict(ramp, pd.Series("school", index=ramp.index)).assign(x=grid)
    words = {"school": school, "n": number(len(days))}
    return scatter(
        days["temperature_c"],
        days["energy_kwh"],
        text("heatingcurve.x"),
        text("heatingcurve.y"),
        title=text("heatingcurve.curve_title") if fitted else text("heatingcurve.points_title"),
        subtitle=text("heatingcurve.curve_subtitle", inside=number(inside), **words)
        if fitted
        else text("heatingcurve.points_subtitle", **words),
        note=note,
        meaning="heat",
        curve=curve if fitted else None,
        marks={text("heatingcurve.balance"): found.model.balance_point_c} if fitted else None,
    )


def _kelvin(found: Years, school: str, note: Note) -> Figure:
    low, high = fact("kelvin_low"), fact("kelvin_high")
    own = found.kelvin
    return bars(
        [text("heatingcurve.rule_low"), text("heatingcurve.own"), text("heatingcurve.rule_high")],
        [low.value, own.percent, high.value],
        "%",
        title=text("heatingcurve.kelvin_title"),
        subtitle=text("heatingcurve.kelvin_subtitle", school=school),
        note=Note((*note.sources, low.source, high.source), note.licences, note.version,
                  note.simulated),
        meaning=("neutral", "heat", "neutral"),
        low=[low.value, own.low_percent, high.value],
        high=[low.value, own.high_percent, high.value],
        digits=1,
    )  # fmt: skip


def _winters(found: Years, school: str, note: Note, *, corrected: bool) -> Figure:
    """Draw the heat of both years, and the second one corrected for the weather."""
    one, two = found.kwh
    names = [text("heatingcurve.first"), text("heatingcurve.second")]
    values, low, high = [one, two], [one, two], [one, two]
    if corrected:
        names += [text("heatingcurve.by_ratio"), text("heatingcurve.by_model")]
        rows = found.corrections.set_index("method").loc[["G20/15", "Regression"]]
        values += [float(v) for v in rows["corrected_kwh"]]
        low += [float(v) for v in rows["low"]]
        high += [float(v) for v in rows["high"]]
    degree = {"first": number(found.degree_days[0]), "second": number(found.degree_days[1])}
    return bars(
        names,
        values,
        "kWh",
        title=text("heatingcurve.corrected_title")
        if corrected
        else text("heatingcurve.winters_title"),
        subtitle=text("heatingcurve.winters_subtitle", school=school, **degree),
        note=note,
        meaning=("neutral", "heat", "highlight", "highlight")[: len(names)],
        low=low if corrected else None,
        high=high if corrected else None,
    )


def truths(found: Years) -> Mapping[str, float]:
    """Return the right and the typically wrong values of the tasks."""
    model, days = found.model, found.school_days
    inside = days["energy_kwh"].between(days["low"], days["high"])
    one, two = found.kwh
    ratio = found.degree_days[0] / found.degree_days[1]
    corrected = found.corrected_kwh("G20/15")
    winter = found.days[found.days["year"] == 1]
    cold = float(winter["temperature_c"].min())
    at_zero = model.baseline_kwh + model.slope_kwh_per_k * model.balance_point_c
    return {
        "balance_c": model.balance_point_c,
        "room_c": 20.0,
        "coldest_c": cold,
        "mean_c": float(winter["temperature_c"].mean()),
        "slope_kwh_per_k": model.slope_kwh_per_k,
        "slope_per_hour": model.slope_kwh_per_k / 24,
        "negative_slope": -model.slope_kwh_per_k,
        "heat_at_zero": at_zero,
        "zero_by_balance": at_zero / model.balance_point_c,
        "inside_percent": 100 * float(inside.mean()),
        "outside_percent": 100 * (1 - float(inside.mean())),
        "inside_share": float(inside.mean()),
        "inside_days": float(inside.sum()),
        "kelvin_percent": found.kelvin.percent,
        "kelvin_share": found.kelvin.percent / 100,
        "kelvin_low": fact("kelvin_low").value,
        "kelvin_high": fact("kelvin_high").value,
        "kelvin_two": 2 * found.kelvin.percent,
        "fallen_percent": 100 * (1 - corrected / one),
        "raw_percent": 100 * (two / one - 1),
        "raw_fallen_percent": 100 * (1 - two / one),
        "wrong_way_percent": 100 * (two / ratio / one - 1),
        "corrected_by_second": 100 * (1 - corrected / two),
        "weather_percent": 100 * (1 / ratio - 1),
        "all_scaled_percent": 100 * (1 - two * ratio / one),
    }
