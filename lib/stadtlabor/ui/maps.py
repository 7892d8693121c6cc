"""Maps of one theme, with a list of the same content beside them.

However many places there are, the theme is one layer and the selection a second one with a single
feature: a widget per point stalls a browser from 2,000 points on (ipyleaflet issue 1091), and
restyling a whole layer on every click takes seconds (issue 1169). Tiles come from our own service.
"""

from __future__ import annotations

import html
import math
from collections.abc import Callable
from itertools import count
from typing import Any

import ipyleaflet
import ipywidgets
import pandas as pd

from stadtlabor.city import city
from stadtlabor.ui.palette import colour
from stadtlabor.ui.texts import text

__all__ = ["TILES", "ThemeMap"]

TILES = "/kacheln/{z}/{x}/{y}.png"
"""Our own tiles, wherever the app is served."""

RADIUS_PX, CHOSEN_PX = 12, 18
"""A symbol is at least 24 px wide, so that a thumb hits it."""

MOST_NAMES = 12
"""So many places bear their names on the map; more would cover each other."""

NAME_PX, LINE_PX, FITTED_PX = 150, 20, 220
"""A name's width and height, and how many pixels the places' extent takes up, about."""

ROWS = 8
_numbers = count(1)


class ThemeMap(ipywidgets.VBox):
    """One theme as map, as list and as table, in the same order and under the same filter.

    Parameters
    ----------
    heading
        German heading above the map.
    choose
        Called with the id of a place that was chosen on map or list.

    Attributes
    ----------
    chosen
        Id of the chosen place, empty where none is.
    """

    def __init__(self, heading: str, choose: Callable[[str], Any] | None = None) -> None:
        self.choose = choose
        self.chosen = ""
        self.places = pd.DataFrame()
        self._quiet = False
        self._names: list[ipyleaflet.Marker] = []
        number = next(_numbers)
        centre = city().city.centre
        self.map = ipyleaflet.Map(
            center=(centre.lat, centre.lon), zoom=15, min_zoom=12, max_zoom=18, layers=(),
            scroll_wheel_zoom=False, attribution_control=False, zoom_control=False,
            layout=ipywidgets.Layout(height="min(60vh, 380px)", width="100%"),
        )  # fmt: skip
        base = city().map
        credit = base.attribution if base else ""
        self.map.add(
            ipyleaflet.TileLayer(url=TILES, attribution=credit, min_zoom=12, max_zoom=18,
                                 name=text("map.background"))
        )  # fmt: skip
        # With a style of points they are circles; without one they are pins of another theme.
        self.theme = ipyleaflet.GeoJSON(
            data=_collection([]), name=heading, point_style={"radius": RADIUS_PX}
        )
        self.selection = ipyleaflet.GeoJSON(
            data=_collection([]), name=text("map.chosen"), point_style={"radius": CHOSEN_PX}
        )
        self.theme.on_click(self._clicked)
        for layer in (self.theme, self.selection):
            self.map.add(layer)
        self.map.add(
            ipyleaflet.ZoomControl(position="topleft", zoom_in_title=text("map.zoom_in"),
                                   zoom_out_title=text("map.zoom_out"))
        )  # fmt: skip
        self.map.add(ipyleaflet.ScaleControl(position="bottomleft", imperial=False))
        self.map.add(ipyleaflet.AttributionControl(position="bottomright", prefix=""))
        self.list = ipywidgets.Select(
            options=[], rows=ROWS, description=text("map.list"),
            style={"description_width": "initial"},
            layout=ipywidgets.Layout(width="auto"),
        )  # fmt: skip
        self.list.observe(self._picked, names="value")
        self.summary = ipywidgets.HTML()
        self.spoken = ipywidgets.HTML()
        self.table = ipywidgets.HTML()
        skip = (
            f"<h2>{html.escape(heading)}</h2>"
            f'<a class="stadtlabor-skip" href="#nach-karte-{number}">'
            f"{html.escape(text('map.skip'))}</a>"
        )
        super().__init__(
            [
                ipywidgets.HTML(skip),
                self.summary,
                self.map,
                ipywidgets.HTML(f'<span id="nach-karte-{number}" tabindex="-1"></span>'),
                self.list,
                self.spoken,
                self.table,
            ]
        )

    def show(self, places: pd.DataFrame, summary: str, columns: dict[str, str]) -> None:
        """Show places; the view stays where it is if their extent is the same.

        Parameters
        ----------
        places
            Index: id. Columns ``name`` and ``says`` (German: what is read aloud when the place is
            chosen), ``lat``, ``lon`` (degrees, WGS 84; missing = list only), ``meaning`` (a colour
            of the palette) and, optionally, ``radius`` (pixels), ``entry`` (what the list says
            instead of the name), ``mark`` (a sign before it, so that colour is never alone) and the
            columns of the table.
        summary
            German: what the map shows, for those who do not see it.
        columns
            Columns of the table: column of ``places`` → German heading.
        """
        before = self._extent()
        self.places = places
        self.theme.data = _collection([_feature(i, row) for i, row in _rows(places)])
        self._write_names()
        marks = places.get("mark", pd.Series("", index=places.index))
        entries = places.get("entry", places["name"])
        options = [
            (f"{mark} {entry}".strip(), str(i))
            for i, entry, mark in zip(places.index, entries, marks, strict=True)
        ]
        self._quiet = True
        try:
            self.list.options = options
            known = self.chosen in [i for _, i in options]
            self.list.value = self.chosen if known else None
        finally:
            self._quiet = False
        if not known:
            self.chosen = ""
        self._mark()
        self.summary.value = f"<p>{html.escape(summary)}</p>"
        self.table.value = _table(places, columns)
        extent = self._extent()
        if extent is not None and extent != before:
            self.map.fit_bounds(extent)

    def _write_names(self) -> None:
        """Write names beside few places; the widgets of earlier names are given back."""
        for marker in self._names:
            self.map.remove(marker)
            marker.icon.close()
            marker.close()
        located = _rows(self.places)
        few = located if len(located) <= MOST_NAMES else []
        self._names = [_named(row) for row in _apart([row for _, row in few])]
        for marker in self._names:
            self.map.add(marker)

    def select(self, place: str) -> None:
        """Choose a place: the map marks it, the list shows it, the sentence says it."""
        if place not in self.places.index:
            return
        self.chosen = place
        self._quiet = True
        try:
            self.list.value = place
        finally:
            self._quiet = False
        self._mark()
        if self.choose is not None:
            self.choose(place)

    def _extent(self) -> list[list[float]] | None:
        if self.places.empty:
            return None
        spread = self.places[["lat", "lon"]].dropna().astype("float64")
        if spread.empty:
            return None
        return [spread.min().tolist(), spread.max().tolist()]

    def _mark(self) -> None:
        if not self.chosen:
            self.selection.data = _collection([])
            self.spoken.value = ""
            return
        row: Any = self.places.loc[self.chosen]
        around = _radius(row) + CHOSEN_PX - RADIUS_PX
        ring = {"radius": around, "color": colour("highlight"), "weight": 5, "fill": False}
        feature = _feature(self.chosen, row, ring)
        self.selection.data = _collection([feature])
        says = html.escape(str(row["says"]))
        self.spoken.value = f'<p role="status" class="stadtlabor-spoken">{says}</p>'

    def _clicked(self, feature: dict[str, Any] | None = None, **_: Any) -> None:
        if feature:
            self.select(str(feature.get("properties", {}).get("id", "")))

    def _picked(self, change: dict[str, Any]) -> None:
        if not self._quiet and change["new"]:
            self.select(str(change["new"]))


def _rows(places: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    located = places.dropna(subset=["lat", "lon"])
    return [(str(i), row) for i, row in located.iterrows()]


def _collection(features: list[dict[str, Any] | None]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": [f for f in features if f is not None]}


def _feature(
    identity: str, row: pd.Series, style: dict[str, Any] | None = None
) -> dict[str, Any] | None:
    if pd.isna(row["lat"]) or pd.isna(row["lon"]):
        return None
    shade = colour(str(row["meaning"]))
    plain = {
        "radius": _radius(row), "color": "#ffffff", "weight": 2, "fillColor": shade,
        "fillOpacity": 0.9,
    }  # fmt: skip
    point = {"type": "Point", "coordinates": [float(row["lon"]), float(row["lat"])]}
    properties = {"id": identity, "style": style or plain}
    return {"type": "Feature", "geometry": point, "properties": properties}


def _radius(row: Any) -> int:
    return int(row.get("radius", RADIUS_PX))


def _apart(rows: list[Any]) -> list[Any]:
    """Return the places whose names do not cover those of earlier ones in the list."""
    latitudes = [float(row["lat"]) for row in rows]
    longitudes = [float(row["lon"]) for row in rows]
    if not rows:
        return []
    narrow = math.cos(math.radians(latitudes[0]))
    tall = max(latitudes) - min(latitudes)
    wide = (max(longitudes) - min(longitudes)) * narrow
    scale = FITTED_PX / max(tall, wide, 1e-5)  # px per degree
    kept: list[tuple[float, float, Any]] = []
    for row, lat, lon in zip(rows, latitudes, longitudes, strict=True):
        x, y = lon * narrow * scale, lat * scale
        if all(abs(x - a) >= NAME_PX or abs(y - b) >= LINE_PX for a, b, _ in kept):
            kept.append((x, y, row))
    return [row for *_, row in kept]


def _named(row: Any) -> ipyleaflet.Marker:
    label = ipyleaflet.DivIcon(
        html=f"<span class='stadtlabor-name'>{html.escape(str(row['name']))}</span>",
        icon_size=[0, 0],
        icon_anchor=[-_radius(row) - 6, 10],
    )
    return ipyleaflet.Marker(
        location=(float(row["lat"]), float(row["lon"])), icon=label, keyboard=False,
        draggable=False,
    )  # fmt: skip


def _table(places: pd.DataFrame, columns: dict[str, str]) -> str:
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns.values())
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_cell(row[c]))}</td>" for c in columns) + "</tr>"
        for row in places.to_dict("records")
    )
    label = html.escape(text("map.table", count=len(places)))
    return (
        f"<details><summary>{label}</summary><div style='overflow-x:auto'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


def _cell(value: Any) -> str:
    return "–" if value is None or value != value or value == "" else str(value)
