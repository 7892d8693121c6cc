"""Grundlast: what runs at school when nobody is there (Strom, grades 7–9)."""

from __future__ import annotations

import pandas as pd

from stadtlabor.klimaschule import Baseload, baseload_figures
from stadtlabor.klimaschule.school import Meter
from stadtlabor.lessons.scene import Scene, SceneError
from stadtlabor.lessons.schools import find_school, meter_note, meter_of
from stadtlabor.ui.baseload import curve_figure, months_figure, share_figure
from stadtlabor.ui.texts import number, text

__all__ = ["scene", "truths"]

SCHOOL_HOURS = 200 * 8
"""Hours of a school year that pupils tend to count: 200 days of 8 hours (a typical mistake)."""


def scene(school: str = "beispiel-gymnasium", days: int = 365) -> Scene:
    """Return the material of the lesson.

    Parameters
    ----------
    school
        Id of a school with an electricity meter.
    days
        So many days up to the newest reading.

    Raises
    ------
    SceneError
        In German, if the school has no electricity meter or no complete day.
    """
    chosen = find_school(school, days)
    meter = meter_of(chosen, "electricity")
    try:
        figures = baseload_figures(meter.power_kw, meter.interval_s)
    except ValueError as error:
        raise SceneError(str(error)) from error
    note, power = meter_note(meter), meter.power_kw.dropna()
    return Scene(
        intro=text(
            "baseload.chosen",
            school=chosen.name,
            days=number(figures.days),
            refused=number(figures.refused_days),
        ),
        raw=_raw(meter),
        data=pd.DataFrame(
            {
                "Zeit": pd.DatetimeIndex(meter.values.index).tz_localize(None),
                "Leistung_kW": meter.power_kw.to_numpy(),
            }
        ).dropna(),
        truths=truths(figures, meter.interval_s),
        pictures={
            "kurve": lambda: curve_figure(power, chosen.name, note),
            "anteil": lambda: share_figure(figures, chosen.name, note),
            "monate": lambda: months_figure(power, meter.interval_s, chosen.name, note),
        },
        simulated=chosen.simulated,
    )


def _raw(meter: Meter, rows: int = 8) -> pd.DataFrame:
    """Return the newest readings with German heads."""
    newest = meter.values.dropna().tail(rows)
    return pd.DataFrame(
        {
            "Beginn": pd.DatetimeIndex(newest.index).strftime("%d.%m.%Y %H:%M"),
            "Energie in kWh": [number(value, 2) for value in newest],
        }
    )


def truths(figures: Baseload, interval_s: int) -> dict[str, float]:
    """Return the right and the typically wrong values of the tasks."""
    level = figures.baseload_kw
    return {
        "baseload_kw": level,
        "mean_kw": figures.mean_kw,
        "peak_kw": figures.peak_kw,
        "baseload_kwh_per_quarter": level * interval_s / 3600,
        "baseload_kwh_per_day": level * 24,
        "baseload_kwh_per_year": figures.annual_kwh,
        "energy_kwh_per_day": figures.energy_kwh / figures.days,
        "baseload_percent": figures.share * 100,
        "rest_percent": (1 - figures.share) * 100,
        "baseload_share": figures.share,
        "total_by_baseload": 1 / figures.share if figures.share else 0.0,
        "one_kw_kwh_per_year": 8760.0,
        "one_kw_kwh_per_day": 24.0,
        "one_kw_school_hours": float(SCHOOL_HOURS),
        "days_per_year": 365.0,
    }
