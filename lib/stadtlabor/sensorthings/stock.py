"""All entities but the observations: few enough to be held in memory, built from the datastreams.

Numbers are taken from names by a hash: they stay the same for as long as the names do, whatever is
added or removed, so that an address can be kept. Forty-eight bits are exact in every JSON reader.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from stadtlabor.city import BoundingBox, City, city
from stadtlabor.sensorthings import reading
from stadtlabor.sensorthings.model import Entity, kinds
from stadtlabor.sensorthings.refusal import words

__all__ = ["KEPT_S", "Shelf", "Stock", "Stream", "number"]

KEPT_S = 15.0
GEOJSON = "application/geo+json"
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
COUNT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_CountObservation"
COUNTED = "1"
GRAINS_S = {"hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 28 * 86_400}


@dataclass(frozen=True)
class Stream:
    """Where the observations of a datastream lie, and how long each of them lasts."""

    dataset: str
    id: str
    interval_s: int
    grain: str | None

    @property
    def step_s(self) -> int:
        """Usual distance of two values in seconds."""
        return GRAINS_S[self.grain] if self.grain else self.interval_s or 900


@dataclass
class Stock:
    """Entities by set and number; ``streams`` tells of each datastream where its values lie."""

    sets: dict[str, dict[int, Entity]] = field(
        default_factory=lambda: {name: {} for name in kinds()}
    )
    streams: dict[int, Stream] = field(default_factory=dict)

    def put(self, kind: str, spot: str, /, **fields: Any) -> Entity:
        """Return the entity that a text stands for, made with these fields if it is new."""
        key = number(kind, spot)
        if key not in self.sets[kind]:
            self.sets[kind][key] = Entity(kind, key, fields)
        return self.sets[kind][key]


def number(kind: str, name: str) -> int:
    """Return the number that stands for a name: the first 48 bits of its SHA-256."""
    return int.from_bytes(hashlib.sha256(f"{kind}\0{name}".encode()).digest()[:6], "big")


class Shelf:
    """Keeps the stock for some seconds; the descriptions of a city change rarely."""

    def __init__(self) -> None:
        self._stock: Stock | None = None
        self._until = 0.0

    def stock(self) -> Stock:
        """Return the entities of now."""
        if self._stock is None or time.monotonic() > self._until:
            self._stock = build(city())
            self._until = time.monotonic() + KEPT_S
        return self._stock


def build(here: City) -> Stock:
    """Build the entities of everything that is public."""
    stock = Stock()
    for dataset in reading.datasets():
        grain = reading.grain(dataset)
        for row in reading.datastreams(dataset).itertuples(index=False):
            _add(stock, here, dataset, grain, row)
    for by_number in stock.sets.values():
        for entity in by_number.values():
            for others in entity.links.values():
                others.sort(key=_name)
    return stock


def _name(entity: Entity) -> tuple[str, int | str]:
    return str(entity.fields.get("name", "")), entity.number


def _add(stock: Stock, here: City, dataset: str, grain: str | None, row: Any) -> None:
    """Add a datastream and whatever it is linked to."""
    title = row.thing_name or row.thing
    placed = not (pd.isna(row.lat) or pd.isna(row.lon))
    place = (float(row.lon), float(row.lat)) if placed else None
    # The same counter in two datasets is one thing, a namesake elsewhere is not.
    spot = f"{row.thing}@{place}"
    simulated = bool(row.simulated)
    thing = stock.put(
        "Things",
        spot,
        name=title,
        description=words("entity.thing", name=title),
        properties={"thing": row.thing, "area": row.area, "datasets": []},
    )
    listed = thing.fields["properties"]["datasets"]
    if dataset not in listed:
        listed.append(dataset)
    feature = _feature(stock, here, spot, title, place)
    sensor_words = "entity.sensor_simulated" if simulated else "entity.sensor"
    sensor = stock.put(
        "Sensors",
        f"{dataset}/{spot}/{simulated}",
        name=words(sensor_words, name=title, dataset=dataset),
        description=words(sensor_words, name=title, dataset=dataset),
        encodingType="text/plain",
        metadata=words("entity.sensor_text", source=row.source),
        properties={"simulated": simulated},
    )
    observed = stock.put(
        "ObservedProperties",
        row.observed_property,
        name=row.observed_property,
        definition=None,  # no registry is claimed: the answer fills in its own address
        description=words("entity.property", name=row.observed_property),
        properties={},
    )
    stream = _datastream(stock, dataset, grain, row, place)
    _link(thing, "Datastreams", stream, "Thing")
    _link(sensor, "Datastreams", stream, "Sensor")
    _link(observed, "Datastreams", stream, "ObservedProperty")
    stream.links["FeatureOfInterest"] = [feature]  # not shown, but what its observations link to
    feature.links.setdefault("Datastreams", []).append(stream)
    if place is not None:
        location = stock.put(
            "Locations",
            spot,
            name=words("entity.location", name=title),
            description=words("entity.location_text", source=row.source),
            encodingType=GEOJSON,
            location={"type": "Point", "coordinates": list(place)},
            properties={"area": row.area},
        )
        if location not in thing.links.get("Locations", []):
            thing.links.setdefault("Locations", []).append(location)
            location.links.setdefault("Things", []).append(thing)


def _datastream(
    stock: Stock, dataset: str, grain: str | None, row: Any, place: tuple[float, float] | None
) -> Entity:
    simulated, counts = bool(row.simulated), row.unit == COUNTED
    said = "entity.datastream_simulated" if simulated else "entity.datastream"
    unit = words("entity.unit_none") if counts else row.unit
    stream = stock.put(
        "Datastreams",
        row.id,
        name=row.name,
        description=words(said, name=row.name, unit=unit, source=row.source, licence=row.licence),
        # What is gathered or corrected may have fractions, so only single counts are integers.
        observationType=COUNT if counts and grain is None else MEASUREMENT,
        unitOfMeasurement={"name": unit, "symbol": row.unit, "definition": None},
        properties={
            "dataset": dataset,
            "datastream": row.id,
            "interval_s": int(row.interval_s) if grain is None else None,
            "grain": grain,
            "source": row.source,
            "licence": row.licence,
            "simulated": simulated,
        },
    )
    if place is not None:
        stream.fields["observedArea"] = {"type": "Point", "coordinates": list(place)}
    key = number("Datastreams", row.id)
    stock.streams[key] = Stream(dataset, row.id, int(row.interval_s), grain)
    return stream


def _feature(
    stock: Stock, here: City, spot: str, title: str, place: tuple[float, float] | None
) -> Entity:
    if place is not None:
        shape: dict[str, Any] = {"type": "Point", "coordinates": list(place)}
        said = words("entity.feature", name=title)
    else:
        # The standard wants a feature of every observation: then it is the city's window.
        shape = {"type": "Polygon", "coordinates": [list(_corners(here.city.bounding_box))]}
        said = words("entity.feature_city", city=here.city.name, name=title)
    return stock.put(
        "FeaturesOfInterest",
        spot,
        name=title,
        description=said,
        encodingType=GEOJSON,
        feature=shape,
        properties={},
    )


def _corners(box: BoundingBox) -> Iterator[list[float]]:
    for lon, lat in (
        (box.west, box.south),
        (box.east, box.south),
        (box.east, box.north),
        (box.west, box.north),
        (box.west, box.south),
    ):
        yield [lon, lat]


def _link(one: Entity, many: str, stream: Entity, back: str) -> None:
    one.links.setdefault(many, []).append(stream)
    stream.links[back] = [one]
