"""Make a position coarser, so that nobody finds the door by it."""

from __future__ import annotations

import math

__all__ = ["METRES_PER_DEGREE", "blurred", "metres_between"]

METRES_PER_DEGREE = 111_195.0
"""Length of a degree of latitude on a sphere of 6371 km."""


def blurred(lat: float, lon: float, radius_m: float) -> tuple[float, float]:
    """Return the centre of the grid cell that a position lies in.

    A grid, not a random shift: a shift that differs averages out, and one that is computed from
    the identifier can be computed back.

    Parameters
    ----------
    lat, lon
        WGS 84, degrees.
    radius_m
        The result is at most so far away; 0 returns the position itself.
    """
    if radius_m <= 0:
        return lat, lon
    side = radius_m * math.sqrt(2) * 0.99  # a hair less: cells are square on a plane only
    step = side / METRES_PER_DEGREE
    row = math.floor(lat / step)
    middle = (row + 0.5) * step
    # One width for the whole row, taken where the row is widest: at its edge towards the equator.
    edge = min(abs(row * step), abs((row + 1) * step))
    wide = step / max(math.cos(math.radians(edge)), 1e-6)
    return middle, (math.floor(lon / wide) + 0.5) * wide


def metres_between(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return the distance between two positions (lat, lon), metres; good for a town."""
    north = (a[0] - b[0]) * METRES_PER_DEGREE
    east = (a[1] - b[1]) * METRES_PER_DEGREE * math.cos(math.radians((a[0] + b[0]) / 2))
    return math.hypot(north, east)
