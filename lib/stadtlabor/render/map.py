"""A map that one cannot move: places as a drawing, from the state of the map's widgets."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stadtlabor.ui.texts import text

__all__ = ["map_svg"]

HEIGHT_PX = 340
NARROW_PX = 328
"""Width of the map on a phone: what is seen there is seen everywhere."""
MARGIN_PX = 30
DEEPEST = 18


def map_svg(state: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> str:
    """Return circles, outlines and names of a map as SVG, as wide as its place, 340 px high.

    Parameters
    ----------
    state
        Models by id, as Jupyter stores them in a notebook.
    found
        State of the map itself.

    Returns
    -------
    str
        Empty where the map has no place.
    """
    layers = list(_models(state, found.get("layers", [])))
    features = [
        feature
        for kind, now in layers
        if kind == "LeafletGeoJSONModel"
        for feature in now.get("data", {}).get("features", [])
    ]
    drawable = [(feature, _rings(feature["geometry"])) for feature in features]
    spots = [spot for _, rings in drawable for ring in rings for spot in ring]
    if not spots:
        return ""
    zoom = next((z for z in range(DEEPEST, 0, -1) if _fits(spots, z)), 0)
    points = [_pixel(spot, zoom) for spot in spots]
    xs, ys = zip(*points, strict=True)
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2

    def here(location: list[float]) -> tuple[float, float]:
        x, y = _pixel(location, zoom)
        return round(x - middle[0], 1), round(y - middle[1] + HEIGHT_PX / 2, 1)

    drawn = []
    for feature, rings in drawable:
        style = feature["properties"].get("style", {})
        at = [[here(spot) for spot in ring] for ring in rings]
        point = feature["geometry"]["type"] == "Point"
        drawn.append(_circle(style, at[0][0]) if point else _area(style, at))
    for kind, now in layers:
        if kind == "LeafletMarkerModel":
            drawn += [_name(icon, here(now["location"])) for icon in _icons(state, now)]
    return (
        f'<svg class="stadtlabor-map" role="img" aria-label="{html.escape(text("page.map"))}" '
        f'width="100%" height="{HEIGHT_PX}"><svg x="50%" overflow="visible">{"".join(drawn)}</svg>'
        "</svg>"
    )


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    """Return the corners of a geometry as lists of latitude and longitude; a point is one corner.

    What is neither point nor area is left out.
    """
    kind, corners = geometry["type"], geometry["coordinates"]
    rings: list[Any] = []
    if kind == "Point":
        rings = [[corners]]
    elif kind == "Polygon":
        rings = corners
    elif kind == "MultiPolygon":
        rings = [ring for part in corners for ring in part]
    return [[[lat, lon] for lon, lat, *_ in ring] for ring in rings]


def _models(
    state: Mapping[str, Mapping[str, Any]], names: list[str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name in names:
        model = state.get(str(name).removeprefix("IPY_MODEL_"), {})
        yield str(model.get("model_name", "")), model.get("state", {})


def _icons(
    state: Mapping[str, Mapping[str, Any]], marker: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    for kind, now in _models(state, [marker.get("icon") or ""]):
        if kind == "LeafletDivIconModel":
            yield now


def _pixel(location: list[float], zoom: int) -> tuple[float, float]:
    """Return the place in the Web Mercator projection (EPSG:3857), pixels of 256 px tiles."""
    lat, lon = math.radians(location[0]), location[1]
    size = 256 * 2**zoom
    return (lon + 180) / 360 * size, (1 - math.asinh(math.tan(lat)) / math.pi) / 2 * size


def _fits(locations: list[list[float]], zoom: int) -> bool:
    xs, ys = zip(*(_pixel(each, zoom) for each in locations), strict=True)
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    room = NARROW_PX - 2 * MARGIN_PX, HEIGHT_PX - 2 * MARGIN_PX
    return bool(wide <= room[0] and high <= room[1])


def _circle(now: Mapping[str, Any], at: tuple[float, float]) -> str:
    return (
        f'<circle cx="{at[0]}" cy="{at[1]}" r="{now["radius"]}" stroke="{now["color"]}" '
        f'stroke-width="{now["weight"]}" fill="{now.get("fillColor", "none")}" '
        f'fill-opacity="{now.get("fillOpacity", 1)}"/>'
    )


def _area(now: Mapping[str, Any], rings: list[list[tuple[float, float]]]) -> str:
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in ring) + "Z" for ring in rings)
    dashes = f' stroke-dasharray="{now["dashArray"]}"' if now.get("dashArray") else ""
    return (
        f'<path d="{path}" stroke="{now.get("color", "none")}" fill-rule="evenodd" '
        f'stroke-width="{now.get("weight", 1)}" fill="{now.get("fillColor", "none")}" '
        f'fill-opacity="{now.get("fillOpacity", 1)}"{dashes}/>'
    )


def _name(icon: Mapping[str, Any], at: tuple[float, float]) -> str:
    """Write a label where its icon would stand."""
    left, top = icon.get("icon_anchor") or (0, 0)
    words = html.unescape(re.sub(r"<[^>]*>", "", str(icon.get("html", ""))))
    return f'<text x="{at[0] - left}" y="{at[1] - top + 14}">{html.escape(words)}</text>'
