"""Places on the map: distances, the nearest of many, positions around a centre."""

from __future__ import annotations

from collections.abc import Iterable
from math import asin, cos, radians, sin, sqrt
from typing import Protocol, TypeVar

__all__ = ["box", "distance_km", "moved", "nearest", "within"]

EARTH_KM = 6371.0
DEGREE_KM = 111.2


class Located(Protocol):
    """Anything with a position, WGS 84, degrees."""

    @property
    def lat(self) -> float: ...

    @property
    def lon(self) -> float: ...


T = TypeVar("T", bound=Located)


def distance_km(lat: float, lon: float, to: Located) -> float:
    """Return the distance on a sphere, km."""
    down, right = radians(to.lat - lat) / 2, radians(to.lon - lon) / 2
    part = sin(down) ** 2 + cos(radians(lat)) * cos(radians(to.lat)) * sin(right) ** 2
    return 2 * EARTH_KM * asin(sqrt(part))


def nearest(lat: float, lon: float, things: Iterable[T]) -> T:
    """Return the nearest of several things; at least one is needed."""
    return min(things, key=lambda thing: distance_km(lat, lon, thing))


def within(lat: float, lon: float, things: Iterable[T], km: float) -> list[T]:
    """Return what lies within a distance, the nearest first."""
    near = [thing for thing in things if distance_km(lat, lon, thing) <= km]
    return sorted(near, key=lambda thing: distance_km(lat, lon, thing))


def moved(lat: float, lon: float, north_km: float, east_km: float) -> tuple[float, float]:
    """Return the position so far north and east of another, rounded to about 10 m."""
    return (
        round(lat + north_km / DEGREE_KM, 4),
        round(lon + east_km / (DEGREE_KM * cos(radians(lat))), 4),
    )


def box(lat: float, lon: float, half_km: float) -> dict[str, float]:
    """Return a window around a centre, rounded outwards to hundredths of a degree."""
    north, east = moved(lat, lon, half_km, half_km)
    south, west = moved(lat, lon, -half_km, -half_km)
    return {
        "south": round(south - 0.005, 2), "west": round(west - 0.005, 2),
        "north": round(north + 0.005, 2), "east": round(east + 0.005, 2),
    }  # fmt: skip
