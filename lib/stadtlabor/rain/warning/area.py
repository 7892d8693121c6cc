"""Outlines of catchments."""

from __future__ import annotations

import pyproj

from stadtlabor.catchments import Catchment

__all__ = ["corners", "middle"]

SIDES = 24
"""Corners that stand for a circle: its area is 1.1 % too small."""

EARTH = pyproj.Geod(ellps="WGS84")


def corners(catchment: Catchment) -> list[tuple[float, float]]:
    """Return the corners of a catchment as (latitude, longitude), degrees; not closed."""
    if catchment.polygon is not None:
        return list(catchment.polygon)
    lat, lon, radius = catchment.lat, catchment.lon, catchment.radius_km
    if lat is None or lon is None or radius is None:
        raise ValueError(f"{catchment.id}: weder polygon noch Kreis")
    bearings = [360 * n / SIDES for n in range(SIDES)]
    lons, lats, _ = EARTH.fwd([lon] * SIDES, [lat] * SIDES, bearings, [radius * 1000] * SIDES)
    return [(round(a, 5), round(b, 5)) for a, b in zip(lats, lons, strict=True)]


def middle(catchment: Catchment) -> tuple[float, float]:
    """Return a point in the middle, (latitude, longitude), degrees."""
    outline = corners(catchment)
    return (
        sum(lat for lat, _ in outline) / len(outline),
        sum(lon for _, lon in outline) / len(outline),
    )
