"""What cannot be said yet, and from when on it can."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts.telling import catalogue
from stadtlabor.klimaschule.alerts.view import View, view
from stadtlabor.klimaschule.alerts.words import number
from stadtlabor.klimaschule.school import School, open_school

__all__ = ["unknown"]


def unknown(
    school: School | str, start: date | pd.Timestamp | str, end: date | pd.Timestamp | str
) -> list[str]:
    """Return German sentences about what cannot be said yet of a school.

    Parameters
    ----------
    school, start, end
        As in :func:`~stadtlabor.klimaschule.alerts.find.alerts`.

    Returns
    -------
    list of str
        Empty if every rule can speak.

    Raises
    ------
    SchoolError
        In German, if the period is none.
    """
    seen = view(open_school(school) if isinstance(school, str) else school, start, end)
    if not seen.profiles:
        return [str(catalogue()["frame"]["no_meters"])]
    told = []
    for name, missing in _missing(seen).items():
        if missing > 0:
            told.append(str(catalogue()["unknown"][name]).format(missing=number(missing)))
    return told


def _missing(seen: View) -> dict[str, int]:
    """Return how many days, weekends or meters are missing for each thing to say."""
    missing: dict[str, int] = {}
    for medium in ("electricity", "water", "solar"):
        missing[f"no_{medium}"] = 0 if medium in seen.profiles else 1
    missing["no_heat"] = 0 if seen.heat is not None else 1
    part = slice(seen.first, None)
    electricity = seen.profiles.get("electricity")
    if electricity is not None:
        there = np.isfinite(electricity.daily)
        school = int((there & seen.is_school).sum())
        week = (np.arange(len(seen.days)) - seen.weekday) // 7
        weekends = len(np.unique(week[there & (seen.kinds == "weekend")]))
        missing["baseload"] = 10 - int(there[part].sum())
        missing["weekend"] = 3 - weekends
        missing["change"] = 38 - school
        missing["night_weekday"] = 4 - weekends
        holidays = [b - a for a, b in seen.holidays if there[a:b].mean() > 0.5]
        missing["holiday"] = 0 if holidays else 1
        missing["fridge"] = 2 - sum(length >= 10 for length in holidays)
        missing["clock"] = 16 - school
    if seen.heat is not None:
        there = np.isfinite(seen.heat.daily)
        measured = np.isfinite(seen.temperature_c)
        missing["no_temperature"] = 0 if measured[part].any() else 1
        cold = there & measured & (seen.temperature_c < 10)
        missing["heat_weekend"] = 6 - int((cold & seen.term_weekend).sum())
        missing["heat_night"] = 8 - int((cold & seen.is_school).sum())
        missing["heat_model"] = 0 if seen.model is not None else 1
        missing["heat_limit"] = 0 if seen.model_now is not None else 1
    water = seen.profiles.get("water")
    if water is not None:
        there = np.isfinite(water.daily)
        missing["water_leak"] = 3 - int(there[part].sum())
        missing["water_jump"] = 30 - int((there & seen.is_school).sum())
    waste = seen.profiles.get("waste")
    if waste is not None:
        missing["waste"] = 9 - int(np.isfinite(waste.daily).sum())
    return missing
