"""Weather by local day and hour, from whatever columns are given."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.grid import Floats, Grid

__all__ = ["QUANTITIES", "weather_grid"]

QUANTITIES = ("temperature_c", "precipitation_mm", "rain", "snow", "clear")


@cache
def _words() -> dict[str, re.Pattern[str]]:
    text = files("stadtlabor.innenstadt.footfall").joinpath("weather_words.toml").read_text("utf-8")
    return {
        name: re.compile("|".join(words), re.IGNORECASE)
        for name, words in tomllib.loads(text).items()
    }


def weather_grid(
    weather: pd.DataFrame | None, days: pd.DatetimeIndex, timezone: str
) -> dict[str, Floats]:
    """Spread weather over days and hours.

    Parameters
    ----------
    weather
        ``start`` (UTC) and any of ``temperature_c`` (°C), ``precipitation_mm`` (mm in the hour) and
        ``weather`` (words such as ``rain`` or ``bedeckt``); several rows of one hour (one per
        counter) are averaged. None or empty: nothing is known.
    days
        Local days without zone.
    timezone
        Zone of the days.

    Returns
    -------
    dict
        Name of the quantity (:data:`QUANTITIES`) → block of shape (day, 24), NaN where not given;
        ``rain``, ``snow`` and ``clear`` are 0 to 1. Quantities without any value are left out.

    Raises
    ------
    ValueError
        In German, if ``start`` is missing or without zone.
    """
    if weather is None or weather.empty:
        return {}
    if "start" not in weather or not isinstance(weather["start"].dtype, pd.DatetimeTZDtype):
        raise ValueError("Das Wetter braucht eine Spalte start mit Zeiten und Zeitzone.")
    table = pd.DataFrame({"counter": "", "start": weather["start"]})
    for name in ("temperature_c", "precipitation_mm"):
        if name in weather:
            table[name] = pd.to_numeric(weather[name], errors="coerce")
    if "weather" in weather:
        said = weather["weather"]
        codes, kinds = pd.factorize(said)
        for name, pattern in _words().items():
            marks = np.array([float(bool(pattern.search(str(kind)))) for kind in kinds] + [np.nan])
            table[name] = marks[codes]
    found = {}
    for name in QUANTITIES:
        if name in table and table[name].notna().any():
            found[name] = Grid.of(table, timezone, name, [""], days).values[0]
    return found
