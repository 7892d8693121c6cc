"""A room: a question that a group of people answers with phones, by list and on paper."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Literal

from stadtlabor.city import BoundingBox, city

__all__ = ["KEPT", "MOST_PER_DEVICE", "MOST_PER_ROOM", "Room", "Spot", "spots_json"]

KEPT = timedelta(days=365)
"""A year after its last day a room is erased; the open result is the export."""

MOST_PER_DEVICE, MOST_PER_ROOM = 30, 3000

Mode = Literal["moderated", "open"]


@dataclass(frozen=True)
class Spot:
    """A place that may be commented without drawing.

    Attributes
    ----------
    id, name
        Name in German, as a list reads it.
    lat, lon
        WGS 84, degrees.
    vacant
        True where a use may be proposed.
    """

    id: str
    name: str
    lat: float
    lon: float
    vacant: bool = False


@dataclass(frozen=True)
class Room:
    """A room that somebody opened.

    Attributes
    ----------
    code
        For those who take part.
    key
        For the one who opened it.
    title, question
        German.
    closes
        Last day on which contributions are taken.
    mode
        ``moderated``: seen by others only after a look; ``open``: at once, unless the text seems
        to name a person.
    paused
        True while nothing is taken.
    spots
        Places of the list.
    version
        Counts every change; what was seen at a version need not be fetched again.
    """

    code: str
    key: str
    title: str
    question: str
    closes: date
    mode: Mode
    spots: tuple[Spot, ...]
    paused: bool = False
    version: int = 0

    def is_open(self, today: date) -> bool:
        """Tell whether contributions are still taken."""
        return today <= self.closes

    def spot(self, identity: str) -> Spot | None:
        """Return a place by its id."""
        return next((spot for spot in self.spots if spot.id == identity), None)

    @property
    def window(self) -> BoundingBox:
        """What the map shows: all places with some air, or the middle of the city."""
        lats = [spot.lat for spot in self.spots] or [city().city.centre.lat]
        lons = [spot.lon for spot in self.spots] or [city().city.centre.lon]
        air_lat, air_lon = 0.0015, 0.0022  # about 165 m
        return BoundingBox(
            south=min(lats) - air_lat, west=min(lons) - air_lon,
            north=max(lats) + air_lat, east=max(lons) + air_lon,
        )  # fmt: skip


def spots_json(spots: tuple[Spot, ...]) -> str:
    """Write places as they are kept."""
    return json.dumps([asdict(spot) for spot in spots], ensure_ascii=False)
