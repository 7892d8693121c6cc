"""Read ``city.toml``: everything that is one city and not "a city"."""

from __future__ import annotations

import os
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stadtlabor.catchments import RainWarning
from stadtlabor.faults import not_toml, sentences
from stadtlabor.feeds import Feeds
from stadtlabor.networks import Decoders, SensorThingsServer, TheThingsStack

__all__ = [
    "BaseMap",
    "BoundingBox",
    "City",
    "CityError",
    "Counter",
    "Helper",
    "Place",
    "School",
    "Sensor",
    "city",
    "read_city",
]

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


class CityError(ValueError):
    """The city file cannot be used; the message says in German where and why."""


class Part(BaseModel):
    """Base of all parts: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(Part):
    """A position, WGS 84, degrees."""

    lat: Latitude
    lon: Longitude


class BoundingBox(Part):
    """A window in degrees, WGS 84."""

    south: Latitude
    west: Longitude
    north: Latitude
    east: Longitude

    @model_validator(mode="after")
    def _ordered(self) -> BoundingBox:
        if self.south >= self.north or self.west >= self.east:
            raise ValueError("south muss kleiner als north und west kleiner als east sein")
        return self


class Place(Point):
    """A named place; ``invented`` marks what does not exist outside the simulation."""

    id: Identifier
    name: str
    invented: bool = False

    @model_validator(mode="after")
    def _says_invented(self) -> Place:
        if self.invented and "erfunden" not in self.name:
            raise ValueError("erfundene Orte müssen „erfunden“ im Namen tragen")
        return self


class School(Place):
    """A school with what a key figure per head or area needs.

    ``free_days`` are days off beyond the holidays of the state; ``league`` is true where the school
    wants to be seen in the league.
    """

    kind: str
    pupils: Annotated[int, Field(gt=0)]
    floor_area_m2: Annotated[float, Field(gt=0)]
    free_days: list[date] = []
    league: bool = False


class Prices(Part):
    """What a unit of energy and water costs the city's schools, Euro; ``source`` says since when.

    ``electricity`` and ``heat`` per kWh, ``water`` per m³ with waste water.
    """

    electricity: Annotated[float, Field(ge=0)]
    heat: Annotated[float, Field(ge=0)]
    water: Annotated[float, Field(ge=0)]
    source: str


class Sensor(Place):
    """A LoRaWAN device and the network server that delivers its uplinks."""

    eui: Annotated[str, Field(pattern=r"^[0-9A-F]{16}$")]
    network: Literal["tts", "chirpstack"]


class Counter(Sensor):
    """A pedestrian counter; ``hystreet_id`` where hystreet runs it."""

    hystreet_id: int | None = None


class Identity(Part):
    """Who the city is."""

    name: str
    short_name: str
    ags: Annotated[str, Field(pattern=r"^\d{8}$")]
    state: str
    timezone: str
    centre: Point
    bounding_box: BoundingBox
    contact: str


class Station(Point):
    """A station of the German weather service."""

    id: Annotated[str, Field(pattern=r"^\d{5}$")]
    name: str
    elevation_m: float


class Radar(Point):
    """A site of the German radar network."""

    id: str
    code: str
    name: str


class Weather(Part):
    """Which station speaks for the city."""

    station: Station


class Rain(Part):
    """Radar product, window and thresholds of the rain strand."""

    product: Literal["YW", "RY", "RV"]
    radars: list[Radar]
    window_km: Annotated[int, Field(ge=32, le=900)]
    threshold_mm: list[Annotated[float, Field(gt=0)]]
    places: Annotated[list[Place], Field(min_length=1)]


class BaseMap(Part):
    """A Web Map Service whose tiles lie under the maps; ``attribution`` stands on each of them."""

    wms: Annotated[str, Field(pattern=r"^https?://")]
    layer: str
    attribution: str


class Residents(Part):
    """Residents by age group (keys as in the rooms: ``u18``, ``18-29`` …); ``source`` says when."""

    by_age: dict[str, Annotated[int, Field(ge=0)]]
    source: str


class Helper(Part):
    """An organisation that helps schools; see :class:`stadtlabor.klimaschule.together.Partner`."""

    name: str
    kind: str
    fields: list[str]
    offer: str
    address: str
    source: str


class Street(Part):
    """What the city wishes for a street (Zielbild): uses as in the vacancy register."""

    name: str
    wished: list[str] = []
    unwished: list[str] = []
    source: str


class City(Part):
    """The whole file."""

    city: Identity
    weather: Weather
    rain: Rain
    warning: RainWarning | None = None
    prices: Prices | None = None
    map: BaseMap | None = None
    residents: Residents | None = None
    feeds: Feeds = Feeds()
    streets: list[Street] = []
    partners: list[Helper] = []
    schools: list[School] = []
    counters: list[Counter] = []
    gauges: list[Sensor] = []
    beds: list[Sensor] = []
    decoding: Decoders = Decoders()
    things_stack: TheThingsStack | None = None
    sensorthings: list[SensorThingsServer] = []

    @model_validator(mode="after")
    def _unique(self) -> City:
        for label, things in (
            ("id", [t.id for t in self.things]),
            ("eui", [s.eui for s in self.sensors]),
            ("sensorthings.id", [s.id for s in self.sensorthings]),
        ):
            double = sorted({t for t in things if things.count(t) > 1})
            if double:
                raise ValueError(f"{label} kommt mehrfach vor: {', '.join(double)}")
        return self

    @property
    def sensors(self) -> list[Sensor]:
        """All LoRaWAN devices."""
        return [*self.counters, *self.gauges, *self.beds]

    @property
    def things(self) -> list[Place]:
        """Everything that can have a series of its own."""
        return [*self.schools, *self.sensors]


def read_city(path: Path) -> City:
    """Read and check a city file.

    Raises
    ------
    CityError
        In German, with line and key of each fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CityError(
            f"{path.name}: Datei nicht lesbar ({error.strerror}). Bitte Pfad prüfen."
        ) from error
    try:
        return City.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise CityError(not_toml(path.name, error)) from error
    except ValidationError as error:
        raise CityError("\n".join(sentences(path.name, text, error))) from error


@cache
def city() -> City:
    """Return the city of this installation: ``$STADTLABOR_CITY`` or ``city.toml`` in the root."""
    from stadtlabor.settings import root

    return read_city(Path(os.environ.get("STADTLABOR_CITY") or root() / "city.toml"))
