"""The places that a room offers in its list."""

from __future__ import annotations

from stadtlabor.city import city
from stadtlabor.participation import Spot

__all__ = ["spots"]

MOST = 150
"""A longer list is no list for a phone."""


def spots() -> tuple[Spot, ...]:
    """Return the streets and squares of the city and the vacancies that are public today."""
    streets = [
        Spot(counter.id, counter.name.split(" (")[0], counter.lat, counter.lon)
        for counter in city().counters
    ]
    return tuple(streets)[:MOST]
