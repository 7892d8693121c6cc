"""Geometries in questions: well-known text (OGC 06-103r4), and which points lie within.

Everything published here is a point in degrees, WGS 84, so a plane ring test is all that is needed.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from stadtlabor.sensorthings.refusal import refuse

__all__ = ["Geometry", "from_geojson", "from_text", "within"]

Position = tuple[float, float]
_TEXT = re.compile(r"\s*(?:SRID=4326;)?\s*(POINT|POLYGON)\s*Z?\s*\((.*)\)\s*", re.I | re.S)
MOST_POINTS = 2000


@dataclass(frozen=True)
class Geometry:
    """A point (one ring of one position) or a polygon (outer ring, then holes); lon, lat."""

    kind: str
    rings: tuple[tuple[Position, ...], ...]


def from_text(text: str, option: str) -> Geometry:
    """Read well-known text, a POINT or a POLYGON.

    Raises
    ------
    Refusal
        If it is neither.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        raise refuse("filter.geometry", option=option, text=text)
    try:
        if match[1].upper() == "POINT":
            return Geometry("Point", ((_position(match[2]),),))
        parts = re.fullmatch(r"\s*\(([^()]*)\)\s*((?:,\s*\([^()]*\)\s*)*)", match[2])
        if parts is None:
            raise ValueError
        listed = [parts[1], *re.findall(r"\(([^()]*)\)", parts[2])]
        rings = tuple(tuple(_position(p) for p in ring.split(",")) for ring in listed)
    except ValueError:
        raise refuse("filter.geometry", option=option, text=text) from None
    if sum(map(len, rings)) > MOST_POINTS:
        raise refuse("filter.long", option=option, most=MOST_POINTS)
    if any(len(ring) < 4 or ring[0] != ring[-1] for ring in rings):
        raise refuse("filter.ring", option=option)
    return Geometry("Polygon", rings)


def from_geojson(value: object) -> Geometry | None:
    """Return the geometry of a GeoJSON object; None where it is no point and no polygon."""
    if not isinstance(value, dict):
        return None
    kind = value.get("type")
    coordinates: Any = value.get("coordinates")
    try:
        if kind == "Point":
            return Geometry("Point", (((coordinates[0], coordinates[1]),),))
        if kind == "Polygon":
            rings = tuple(tuple((p[0], p[1]) for p in ring) for ring in coordinates)
            return Geometry("Polygon", rings)
    except (TypeError, IndexError):
        return None
    return None


def within(inner: Geometry, outer: Geometry) -> bool:
    """Tell whether every corner of ``inner`` lies in ``outer``; its border counts as inside."""
    points = inner.rings[0]
    if outer.kind == "Point":
        return all(p == outer.rings[0][0] for p in points)
    return all(_inside(p, outer) for p in points)


def _inside(point: Position, polygon: Geometry) -> bool:
    outer, *holes = polygon.rings
    if any(_on_border(point, ring) for ring in polygon.rings):
        return True
    return _in_ring(point, outer) and not any(_in_ring(point, hole) for hole in holes)


def _in_ring(point: Position, ring: tuple[Position, ...]) -> bool:
    """Count the sides that a ray to the east crosses."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd


def _on_border(point: Position, ring: tuple[Position, ...]) -> bool:
    x, y = point
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        between = min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2)
        if between and abs(cross) < 1e-12:
            return True
    return False


def _position(text: str) -> Position:
    numbers = [float(part) for part in text.split()]
    if len(numbers) not in (2, 3) or not all(map(math.isfinite, numbers)):
        raise ValueError(text)
    return numbers[0], numbers[1]
