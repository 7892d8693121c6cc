"""The rain on a map: radar or chance of heavy rain, with the catchments that are warned."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from typing import Any

import cv2
import ipyleaflet
import ipywidgets
import numpy as np
import pandas as pd
import pyproj
import xarray as xr

from stadtlabor.rain.grid import regrid
from stadtlabor.ui.maps import ThemeMap
from stadtlabor.ui.palette import colour
from stadtlabor.ui.rain import CLASSES, SHADES
from stadtlabor.ui.texts import number, percent, text

__all__ = ["CHANCES", "RainMap"]

CHANCES = (0.1, 0.25, 0.5, 0.75)
"""Lower bounds of the classes of probability."""

CHANCE_SHADES = ("#FDD9A0", "#F4A24B", "#C3520E", "#7A1F0A")
MERCATOR = "EPSG:3857"
CELL_M = 750.0
"""Side of a picture's cell in Mercator metres: 500 m on the ground at 48° N, half a radar cell."""

WHOLE_ZOOM = 10
MOST_LABELS = 24


class RainMap(ThemeMap):
    """Map, list and table of the catchments, over the rain.

    Parameters
    ----------
    choose
        Called with the id of a catchment that was chosen.
    """

    children: Any

    def __init__(self, choose: Any = None) -> None:
        super().__init__(text("rain_app.map"), choose)
        # Our tiles end at zoom 12; the rain around the city needs a wider view without them.
        self.map.min_zoom, self.map.zoom = 8, WHOLE_ZOOM
        self.picture: ipyleaflet.ImageOverlay | None = None
        self.tiles = ipyleaflet.GeoJSON(data=_collection([]), name=text("rain_app.chance"))
        self.outlines = ipyleaflet.GeoJSON(data=_collection([]), name=text("rain_app.areas"))
        self._labels: list[ipyleaflet.Marker] = []
        self.legend = ipywidgets.HTML()
        for layer in (self.tiles, self.outlines):
            self.map.add(layer)
        # The key stands right below the map, before the list.
        parts: list[ipywidgets.Widget] = list(self.children)
        parts.insert(parts.index(self.map) + 1, self.legend)
        self.children = parts

    def show_areas(self, areas: Sequence[dict[str, Any]], summary: str) -> None:
        """Show the catchments as the warning tells them.

        Parameters
        ----------
        areas
            As in ``/regen/daten.json``.
        summary
            German: what the map shows.
        """
        rows = {a["id"]: _row(a) for a in areas}
        places = pd.DataFrame.from_dict(rows, orient="index")
        columns = {name: text(f"rain_app.column_{name}") for name in ("name", "state", "chance")}
        if places.empty:
            columns_of = ["name", "says", "lat", "lon", "meaning", "state", "chance"]
            places = pd.DataFrame(columns=columns_of)
        self.show(places, summary, columns)
        self.outlines.data = _collection([_outline(a) for a in areas])

    def show_rain(self, frame: xr.DataArray, faded: bool = False) -> None:
        """Lay a radar frame under the catchments.

        Parameters
        ----------
        frame
            Rain rate (``y``, ``x``), mm/h.
        faded
            True where the frame is out of date: it is then drawn grey.
        """
        self._clear()
        url, bounds = _painted(frame, faded)
        # A new overlay instead of a new url: the widget does not move an overlay that is there.
        self.picture = ipyleaflet.ImageOverlay(url=url, bounds=bounds, opacity=0.7)
        self.map.add(self.picture)
        names = [f"{text('rain_app.from')} {number(c, 1 if c % 1 else 0)} mm/h" for c in CLASSES]
        self.legend.value = _key(text("rain_app.key_rain"), names, SHADES)

    def show_chance(self, chance: xr.DataArray) -> None:
        """Lay the probability of heavy rain, tile by tile, under the catchments.

        Parameters
        ----------
        chance
            0–1, dims (``tile_y``, ``tile_x``) (:func:`stadtlabor.rain.tile_probability`).
        """
        self._clear()
        squares = _squares(chance)
        self.tiles.data = _collection([square for square, _, _ in squares])
        for _, share, (lat, lon) in sorted(squares, key=lambda s: -s[1])[:MOST_LABELS]:
            label = ipyleaflet.DivIcon(
                html=f"<span class='stadtlabor-name'>{percent(share)}</span>",
                icon_size=[0, 0], icon_anchor=[-3, -3],
            )  # fmt: skip
            marker = ipyleaflet.Marker(
                location=(lat, lon), icon=label, keyboard=False, draggable=False
            )
            self._labels.append(marker)
            self.map.add(marker)
        names = [f"{text('rain_app.from')} {percent(c)}" for c in CHANCES]
        title = text(
            "rain_app.key_chance", mm=number(chance.attrs["threshold_mm"]),
            km=number(chance.attrs["tile_km"]),
        )  # fmt: skip
        self.legend.value = _key(title, names, CHANCE_SHADES)

    def show_nothing(self) -> None:
        """Take the rain away: nothing is known about it."""
        self._clear()
        self.legend.value = f"<p>{html.escape(text('rain_app.no_rain'))}</p>"

    def _extent(self) -> list[list[float]] | None:
        return None  # the view is that of the rain, wider than the catchments

    def _clear(self) -> None:
        if self.picture is not None:
            self.map.remove(self.picture)
            self.picture.close()
            self.picture = None
        for marker in self._labels:
            self.map.remove(marker)
            marker.icon.close()
            marker.close()
        self._labels = []
        self.tiles.data = _collection([])


def _row(area: dict[str, Any]) -> dict[str, Any]:
    outline = np.array(area["outline"], dtype=float)
    lat, lon = outline.mean(axis=0)
    likely = {int(k): float(v) for k, v in area["chances"].items()}
    told = "; ".join(
        text("rain_app.level_chance", level=level, share=percent(share))
        for level, share in sorted(likely.items())
    )
    level, state = int(area["level"]), area["state"]
    mark = "?" if state == "unknown" else str(level)
    meaning = "neutral" if state == "unknown" else "highlight" if level else "rain"
    short = text(f"rain_app.state_{state}", level=level)
    return {
        "name": area["name"], "entry": f"{area['name']}: {short}", "mark": mark,
        "says": " ".join(p for p in (area["name"] + ":", area["sentence"], told) if p),
        "lat": float(lat), "lon": float(lon), "meaning": meaning,
        "state": short, "chance": told or "–",
    }  # fmt: skip


def _outline(area: dict[str, Any]) -> dict[str, Any]:
    ring = [[lon, lat] for lat, lon in [*area["outline"], area["outline"][0]]]
    unknown, warned = area["state"] == "unknown", bool(area["level"])
    style = {
        "color": colour("highlight" if warned else "ink"), "weight": 4 if warned else 2,
        "dashArray": "6 6" if unknown else "", "fillColor": colour("highlight"),
        "fillOpacity": 0.25 if warned else 0.0,
    }  # fmt: skip
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "geometry": geometry, "properties": {"style": style}}


def _painted(frame: xr.DataArray, faded: bool) -> tuple[str, tuple[tuple[float, float], ...]]:
    """Return a PNG data URL in Mercator, north up, and its corners (south-west, north-east)."""
    there = pyproj.Transformer.from_crs(frame.attrs["crs_wkt"], MERCATOR, always_xy=True)
    edge_x, edge_y = frame["x"].to_numpy(), frame["y"].to_numpy()
    corners = [there.transform(x, y) for x in edge_x[[0, -1]] for y in edge_y[[0, -1]]]
    west, east = (f(x for x, _ in corners) for f in (min, max))
    south, north = (f(y for _, y in corners) for f in (min, max))
    y, x = np.arange(south, north, CELL_M), np.arange(west, east, CELL_M)
    like = xr.DataArray(
        np.zeros((len(y), len(x)), dtype="bool"), dims=("y", "x"), coords={"y": y, "x": x},
        attrs={"crs_wkt": pyproj.CRS(MERCATOR).to_wkt()},
    )  # fmt: skip
    values = regrid(frame, like).to_numpy()
    classes = np.searchsorted(CLASSES, np.nan_to_num(values), side="right") - 1
    image = np.zeros((*values.shape, 4), dtype="uint8")
    for place, shade in enumerate(SHADES):
        blue, green, red = (int(shade[i : i + 2], 16) for i in (5, 3, 1))
        if faded:
            blue = green = red = round(0.114 * blue + 0.587 * green + 0.299 * red)
        image[classes == place] = (blue, green, red, 255)
    _, png = cv2.imencode(".png", image[::-1])
    url = "data:image/png;base64," + base64.b64encode(png.tobytes()).decode()
    back = pyproj.Transformer.from_crs(MERCATOR, "EPSG:4326", always_xy=True)
    half = CELL_M / 2
    (w, s), (e, n) = (
        back.transform(x[end] + sign * half, y[end] + sign * half)
        for end, sign in ((0, -1), (-1, 1))
    )
    return url, ((s, w), (n, e))


def _squares(chance: xr.DataArray) -> list[tuple[dict[str, Any], float, tuple[float, float]]]:
    """Return tiles from the lowest class on: feature, probability, north-western corner."""
    back = pyproj.Transformer.from_crs(chance.attrs["crs_wkt"], "EPSG:4326", always_xy=True)
    half = float(chance.attrs["tile_km"]) * 500
    found = []
    values = chance.to_numpy()
    for row, column in np.argwhere(np.nan_to_num(values) >= CHANCES[0]):
        x, y = float(chance["tile_x"][column]), float(chance["tile_y"][row])
        corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
        ring = [list(back.transform(x + dx, y + dy)) for dx, dy in corners]
        share = float(values[row, column])
        shade = CHANCE_SHADES[int(np.searchsorted(CHANCES, share, side="right")) - 1]
        style = {"color": "#ffffff", "weight": 1, "fillColor": shade, "fillOpacity": 0.55}
        feature = {
            "type": "Feature",
            "geometry": {"type": "Polygon", "coordinates": [ring]},
            "properties": {"style": style},
        }
        lon, lat = back.transform(x - half, y + half)  # in the corner, clear of other names
        found.append((feature, share, (float(lat), float(lon))))
    return found


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _key(title: str, names: Sequence[str], shades: Sequence[str]) -> str:
    items = "".join(
        f"<span style='display:inline-block;margin-right:1rem;white-space:nowrap'><span "
        f"aria-hidden='true' style='display:inline-block;width:1rem;height:1rem;"
        f"border:1px solid #5F6670;background:{shade};vertical-align:-2px'></span> "
        f"{html.escape(name)}</span>"
        for name, shade in zip(names, shades, strict=True)
    )
    return f"<p>{html.escape(title)}<br>{items}</p>"
