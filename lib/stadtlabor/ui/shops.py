"""Vacant shops as an app shows them: one row per shop, in German."""

from __future__ import annotations

import html
from typing import Any

import pandas as pd

from stadtlabor.ui.bars import bars
from stadtlabor.ui.figure import Figure
from stadtlabor.ui.note import Note
from stadtlabor.ui.texts import number, text

__all__ = ["COLUMNS", "by_street", "links", "shops"]

COLUMNS = ("name", "area", "rent", "vacant", "checked", "step_free_german", "popup_german")
"""Columns of the table that people see."""

MONTH_DAYS = 365.25 / 12
MEANINGS = {"fresh": "pedestrians", "old": "neutral", "placed": "mobility"}
MARKS = {"fresh": "●", "old": "○", "placed": "◆"}


def shops(collection: dict[str, Any]) -> pd.DataFrame:
    """Return the shops of the public GeoJSON; simulated ones only where there is no real one.

    Parameters
    ----------
    collection
        Answer of ``/leerstand/daten.geojson``.

    Returns
    -------
    DataFrame
        Index: id. Columns as :meth:`stadtlabor.ui.maps.ThemeMap.show` wants them,
        :data:`COLUMNS`, and ``street``, ``area_m2`` (NaN: unknown), ``step_free``,
        ``popup_possible``, ``invented``, ``free`` (bool; not while it is used for a while).
    """
    rows = [_row(feature) for feature in collection["features"]]
    table = pd.DataFrame(rows, columns=list(_row(NOTHING))).set_index("id")
    if not table["invented"].all():
        table = table[~table["invented"]]
    return table.sort_values(["street", "place"])


NOTHING: dict[str, Any] = {"id": "", "geometry": None, "properties": {"street": ""}}


def _row(feature: dict[str, Any]) -> dict[str, Any]:
    told = feature["properties"]
    lon, lat = (feature["geometry"] or {"coordinates": (None, None)})["coordinates"]
    level = "placed" if told.get("state") == "placed" else "old" if told.get("marked") else "fresh"
    area, rent = told.get("area_m2"), told.get("rent_eur_m2")
    name = f"{told['street']} {told.get('house_number') or ''}".strip()
    vacant = _since(told.get("vacant_days"))
    size = text("vacancy.m2", n=number(area)) if area else text("vacancy.no_area")
    state = text("vacancy.placed") if level == "placed" else vacant
    if told.get("invented"):
        name = f"{name} ({text('chart.simulated')})"
    said = [name, size, state, told.get("checked_german") or ""]
    digits = "".join(c for c in str(told.get("house_number") or "") if c.isdigit())
    return {
        "id": feature["id"], "name": name, "says": ", ".join(part for part in said if part),
        "lat": lat, "lon": lon, "meaning": MEANINGS[level], "mark": MARKS[level],
        "free": level != "placed",
        "street": told["street"], "place": int(digits or 0),
        "area_m2": float(area) if area else float("nan"),
        "step_free": bool(told.get("step_free")),
        "popup_possible": bool(told.get("popup_possible")),
        "invented": bool(told.get("invented")), "area": size,
        "rent": text("vacancy.eur", n=number(rent, 2)) if rent else "", "vacant": state,
        "checked": told.get("checked_german") or "",
        "step_free_german": _yes(told.get("step_free")),
        "popup_german": _yes(told.get("popup_possible")),
    }  # fmt: skip


def _since(days: int | None) -> str:
    """Say how long a shop has stood empty, in the unit that people would use."""
    if not days:
        return text("vacancy.since_unknown")
    months = round(days / MONTH_DAYS)
    if months < 2:
        return text("vacancy.since_days", n=number(days))
    if months < 24:
        return text("vacancy.since_months", n=number(months))
    return text("vacancy.since_years", n=number(months // 12))


def _yes(value: bool | None) -> str:
    return "" if value is None else text("vacancy.yes" if value else "vacancy.no")


def by_street(table: pd.DataFrame) -> Figure:
    """Draw how many free shops each street has, the street with most first."""
    counts = table.groupby("street").size().sort_values(ascending=False)
    return bars(
        counts.index.tolist(), counts.tolist(), text("vacancy.unit"),
        title=text("vacancy.bars_title", street=counts.index[0], n=number(int(counts.iloc[0]))),
        subtitle=text("vacancy.bars_subtitle"), head=text("vacancy.street"),
        note=Note((text("vacancy.source"),), ("dl-de/by-2-0",),
                  simulated=bool(table["invented"].all())),
        meaning="pedestrians",
    )  # fmt: skip


def links(identity: str, name: str) -> str:
    """Return what can be done with a chosen shop, as a list of links."""
    base = f"/leerstand/{html.escape(identity, quote=True)}"
    told = html.escape(name)
    items = "".join(
        f'<li><a href="{base}{end}">{html.escape(text(f"vacancy.{key}"))}: {told}</a></li>'
        for key, end in (("expose", ""), ("expose_pdf", "/expose.pdf"), ("hint", "/hinweis"))
    )
    return f"<ul>{items}</ul>"
