"""Read the cells of a list: numbers, yes and no, positions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.vacancy.header import columns
from stadtlabor.innenstadt.vacancy.stated import Stated
from stadtlabor.sources.meter.numbers import numbers
from stadtlabor.sources.question import Question
from stadtlabor.sources.table import Table

__all__ = ["Tell", "flag", "is_nothing", "metres", "point"]

Tell = Callable[[int, str, int, dict[str, str]], None]
"""Tells a doubt: row, text (``imports.de.toml``), place of the column, gaps."""

AROUND = re.compile(
    r"^(?:ca\.?|circa|rd\.?|rund|etwa|~|€)\s*"
    r"|\s*(?:€/m²|€/qm|eur/m²|m²|m2|qm|(?:sq\.?|square) ?(?:ft|feet)\.?|lfm|m|€|eur|euro)\.?$",
    re.IGNORECASE,
)
DEGREES = re.compile(r"[-+]?\d{1,3}[.,]\d{3,}")
SIGNS = {"Semikolon": ";", "Komma": ","}


def is_nothing(text: str) -> bool:
    """Tell whether a cell says nothing ("k. A.")."""
    return text.strip().lower() in columns()["words"]["nothing"]


@cache
def flag(text: str) -> bool | None:
    """Read yes or no; None where it says neither.

    A number behind the yes ("ja, 2") counts as yes.
    """
    plain = " ".join(text.lower().split())
    for word, value in (("yes", True), ("no", False)):
        if plain in columns()["words"][word]:
            return value
    first = re.split(r"[\s,;(]", plain)[0]
    return {"ja": True, "yes": True, "nein": False, "no": False, "nicht": False}.get(first)


def metres(
    table: Table, place: int, stated: Stated, bounds: tuple[float, float], tell: Tell
) -> npt.NDArray[np.float64]:
    """Read a column of sizes or rents.

    Parameters
    ----------
    table, place
        The column.
    stated
        Answers.
    bounds
        What is possible; outside the cell counts as empty and is told.
    tell
        Takes what was not read.

    Returns
    -------
    array
        float64, NaN where empty or unreadable.

    Raises
    ------
    Question
        If 1.234 may be one thousand or one point two.
    """
    raw = table.column(place)
    plain = raw.map(_bare)
    sign = SIGNS.get(table.detected.get("Trennzeichen", ""), "")
    exact = table.is_number(place)
    try:
        read = numbers(plain, table.name, stated.decimal, exact, sign)
    except Question:
        # 1.234 m² of a shop is no reading; where only one is possible nobody has to be asked.
        both = [numbers(plain, table.name, decimal, exact, sign) for decimal in (",", ".")]
        possible = [one for one in both if _within(one.values, bounds)]
        if len(possible) != 1:
            raise
        read = possible[0]
    values = read.values.copy()
    for n in np.flatnonzero(read.why != "").tolist():
        tell(n, "bad_number", place, {"raw": str(raw.iloc[n]), "why": str(read.why[n])})
    outside = ~np.isnan(values) & ((values < bounds[0]) | (values > bounds[1]))
    # A zero means "not recorded" in lists that were made by machines.
    for n in np.flatnonzero(outside).tolist():
        if values[n] != 0:
            tell(n, "bad_range", place, {"raw": str(raw.iloc[n])})
        values[n] = np.nan
    return values


def _within(values: npt.NDArray[np.float64], bounds: tuple[float, float]) -> bool:
    told = values[~np.isnan(values) & (values != 0)]
    return bool(((told >= bounds[0]) & (told <= bounds[1])).all())


def _bare(cell: str) -> str:
    if is_nothing(cell):
        return ""
    return AROUND.sub("", AROUND.sub("", cell.strip())).strip()


def point(text: str) -> tuple[float, float] | None:
    """Read a position from one cell: ``47,7252; 10,3158`` or ``POINT (10.3158 47.7252)``.

    Returns
    -------
    tuple or None
        Latitude and longitude, degrees.
    """
    found = [float(v.replace(",", ".")) for v in DEGREES.findall(text)]
    if len(found) != 2:
        return None
    lat, lon = reversed(found) if "point" in text.lower() else found
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def from_utm(east: pd.Series, north: pd.Series) -> tuple[npt.NDArray[np.float64], ...]:
    """Return latitude and longitude of ETRS89 / UTM 32N, with or without the zone in front."""
    from pyproj import Transformer

    # Some offices write the zone before the value: 32598000.
    plain = np.where(east > 30_000_000, east - 32_000_000, east)
    lon, lat = Transformer.from_crs(25832, 4326, always_xy=True).transform(plain, north)
    bad = ~np.isfinite(lat) | ~np.isfinite(lon)
    return np.where(bad, np.nan, lat), np.where(bad, np.nan, lon)
