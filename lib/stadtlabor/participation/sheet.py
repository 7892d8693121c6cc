"""A sheet to print: question, map and legend; people stick coloured dots on it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape

import segno

from stadtlabor.participation.paper import (
    CELL_MM,
    HEIGHT_MM,
    MARKER_MM,
    RIM_MM,
    WIDTH_MM,
    Paper,
    marker_cells,
    paper,
)
from stadtlabor.participation.room import Room
from stadtlabor.participation.texts import texts
from stadtlabor.sources.tiles import Tile, bounds, tiles_of

__all__ = ["sheet_html", "sheet_svg"]

STEP_M = 100
"""Lines of the grid."""

ZOOM = 17
"""Its tiles are about as fine as a printer at this scale."""

Tiles = Callable[[Tile], bytes | None]


def sheet_svg(room: Room, tiles: Tiles | None = None, credit: str = "") -> str:
    """Draw the map of a sheet as SVG, in millimetres.

    Everything is black and grey: whatever has a colour was put there by somebody.

    Parameters
    ----------
    room
        Room whose places are shown.
    tiles
        Returns the PNG of a map tile, or None.
    credit
        Who made the background.
    """
    plan = paper(room)
    background = _background(plan, tiles)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm" viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}">',
        '<defs><filter id="grau"><feColorMatrix type="saturate" values="0"/></filter></defs>',
        f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="#fff"/>',
        *background,
        *_grid(plan),
    ]
    for spot in room.spots:
        x, y = plan.place(spot.lat, spot.lon)
        shape = (
            f'<rect x="{x - 1.4:.2f}" y="{y - 1.4:.2f}" width="2.8" height="2.8" fill="#fff" '
            'stroke="#000" stroke-width=".6"/>'
            if spot.vacant
            else f'<circle cx="{x:.2f}" cy="{y:.2f}" r="1.2" fill="#000"/>'
        )
        parts.append(shape)
        parts.append(
            f'<text x="{x + 2.2:.2f}" y="{y + 1.2:.2f}" font-size="3.2" '
            f'font-family="Fira Sans, sans-serif">{escape(spot.name)}</text>'
        )
    for number, (x, y) in zip(plan.markers, plan.corners, strict=True):
        parts += _marker(number, x, y)
    parts.append(
        f'<rect width="{WIDTH_MM}" height="{HEIGHT_MM}" fill="none" stroke="#000" '
        'stroke-width=".4"/>'
    )
    if credit and background:
        parts.append(
            f'<text x="{MARKER_MM + 2 * RIM_MM + 1}" y="{HEIGHT_MM - 1.5}" font-size="2.4" '
            f'fill="#444">{escape(credit)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _background(plan: Paper, tiles: Tiles | None) -> list[str]:
    if tiles is None:
        return []
    import pyproj

    to_degrees = pyproj.Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
    parts = [f'<svg width="{WIDTH_MM}" height="{HEIGHT_MM}"><g opacity=".55" filter="url(#grau)">']
    for tile in tiles_of(plan.window, ZOOM):
        picture = tiles(tile)
        if picture is None:
            continue
        west, south, east, north = bounds(tile)
        (lon0, lat0), (lon1, lat1) = (
            to_degrees.transform(west, north),
            to_degrees.transform(east, south),
        )
        x0, y0 = plan.place(lat0, lon0)
        x1, y1 = plan.place(lat1, lon1)
        data = base64.b64encode(picture).decode()
        parts.append(
            f'<image x="{x0:.2f}" y="{y0:.2f}" width="{x1 - x0:.2f}" height="{y1 - y0:.2f}" '
            f'preserveAspectRatio="none" xlink:href="data:image/png;base64,{data}"/>'
        )
    return [*parts, "</g></svg>"] if len(parts) > 1 else []


def _grid(plan: Paper) -> list[str]:
    step = STEP_M / plan.metres_per_mm
    parts = []
    for n in range(1, int(WIDTH_MM / step) + 1):
        at = f"{n * step:.2f}"
        style = 'stroke="#bbb" stroke-width=".2"'
        parts.append(f'<line x1="{at}" x2="{at}" y1="0" y2="{HEIGHT_MM}" {style}/>')
        parts.append(f'<line y1="{at}" y2="{at}" x1="0" x2="{WIDTH_MM}" {style}/>')
    return parts


def _marker(number: int, x: float, y: float) -> list[str]:
    parts = [
        f'<rect x="{x - RIM_MM}" y="{y - RIM_MM}" width="{MARKER_MM + 2 * RIM_MM}" '
        f'height="{MARKER_MM + 2 * RIM_MM}" fill="#fff"/>',
        f'<rect x="{x}" y="{y}" width="{MARKER_MM}" height="{MARKER_MM}" fill="#000"/>',
    ]
    parts += [
        f'<rect x="{x + column * CELL_MM:.3f}" y="{y + row * CELL_MM:.3f}" '
        f'width="{CELL_MM + 0.02:.3f}" height="{CELL_MM + 0.02:.3f}" fill="#fff"/>'
        for column, row in marker_cells(number)
    ]
    return parts


def sheet_html(room: Room, address: str, tiles: Tiles | None = None, credit: str = "") -> str:
    """Return a sheet as a page of A4 for the printer.

    Parameters
    ----------
    room
        The room.
    address
        Where a phone joins it.
    tiles, credit
        As for :func:`sheet_svg`.
    """
    words = texts()["sheet"]
    code = segno.make(address, error="m").svg_inline(border=1, svgclass=None, omitsize=True)
    dots = "".join(
        f"<li><strong>{escape(words['colours'][name])}</strong> {escape(words['meanings'][name])}"
        "</li>"
        for name in words["colours"]
    )
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">'
        f"<title>{escape(room.question)}</title><style>"
        "@page{size:A4;margin:14mm 16mm}body{font:11pt/1.35 'Fira Sans',sans-serif;margin:0}"
        "h1{font-size:19pt;line-height:1.15;margin:0 0 2mm}p,ul{margin:0 0 2mm}"
        "ul{list-style:none;padding:0;display:flex;gap:8mm}"
        ".fuss{display:flex;gap:6mm;align-items:center;margin-top:3mm}.fuss svg{width:24mm}"
        "</style></head><body>"
        f"<h1>{escape(room.question)}</h1><p>{escape(words['lead'])}</p><ul>{dots}</ul>"
        f"{sheet_svg(room, tiles, credit)}"
        f'<div class="fuss">{code}<div><p>{escape(words["join"].format(code=room.code))}</p>'
        f"<p>{escape(words['grid'].format(m=STEP_M))} {escape(words['privacy'])}</p>"
        "</div></div></body></html>"
    )
