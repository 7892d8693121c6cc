"""The places that a room offers in its list."""

from __future__ import annotations

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import Register
from stadtlabor.participation import Spot
from stadtlabor.web.vacancy_view import listed, real

__all__ = ["spots"]

MOST = 150
"""A longer list is no list for a phone."""


def spots(shops: Register) -> tuple[Spot, ...]:
    """Return the streets and squares of the city and the vacancies that are public today."""
    streets = [
        Spot(counter.id, counter.name.split(" (")[0], counter.lat, counter.lon)
        for counter in city().counters
    ]
    vacant = [
        Spot(shop["id"], shop["name"], shop["lat"], shop["lon"], vacant=True)
        for shop in map(listed, real(shops.public()))
        if shop["lat"] is not None
    ]
    return tuple(streets + vacant)[:MOST]
