"""Read ``city.toml``: everything that is Kempten and not "a city"."""

from __future__ import annotations

import os
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

__all__ = ["City", "CityError", "Counter", "Place", "School", "Sensor", "city", "read_city"]

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]

# pydantic's error types, told in German; {…} are filled from the error's context.
GERMAN = {
    "missing": "fehlt",
    "extra_forbidden": "ist unbekannt – Tippfehler?",
    "float_parsing": "muss eine Zahl sein",
    "float_type": "muss eine Zahl sein",
    "int_parsing": "muss eine ganze Zahl sein",
    "int_type": "muss eine ganze Zahl sein",
    "string_type": "muss ein Text in Anführungszeichen sein",
    "bool_type": "muss true oder false sein",
    "date_type": "muss ein Datum wie 2026-11-30 ohne Anführungszeichen sein",
    "list_type": "muss eine Liste sein",
    "model_type": "muss ein Abschnitt mit mehreren Angaben sein",
    "less_than_equal": "darf höchstens {le} sein",
    "greater_than_equal": "muss mindestens {ge} sein",
    "greater_than": "muss größer als {gt} sein",
    "string_pattern_mismatch": "passt nicht zum erlaubten Muster {pattern}",
    "literal_error": "muss {expected} sein",
    "value_error": "{error}",
    "too_short": "braucht mindestens {min_length} Eintrag",
}


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

    ``free_days`` are days off beyond the holidays of the state.
    """

    kind: str
    pupils: Annotated[int, Field(gt=0)]
    floor_area_m2: Annotated[float, Field(gt=0)]
    free_days: list[date] = []


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


class City(Part):
    """The whole file."""

    city: Identity
    weather: Weather
    rain: Rain
    schools: list[School] = []
    counters: list[Counter] = []
    gauges: list[Sensor] = []
    beds: list[Sensor] = []

    @model_validator(mode="after")
    def _unique(self) -> City:
        for label, things in (
            ("id", [t.id for t in self.things]),
            ("eui", [s.eui for s in self.sensors]),
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
        found = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"Zeile {found[1]}, Spalte {found[2]}" if found else "am Ende der Datei"
        raise CityError(
            f"{path.name}, {where}: Das ist kein gültiges TOML. "
            "Bitte Anführungszeichen, Klammern und Gleichheitszeichen prüfen."
        ) from error
    except ValidationError as error:
        raise CityError("\n".join(_sentences(path.name, text, error))) from error


@cache
def city() -> City:
    """Return the city of this installation: ``$STADTLABOR_CITY`` or ``city.toml`` in the root."""
    from stadtlabor.settings import root

    return read_city(Path(os.environ.get("STADTLABOR_CITY") or root() / "city.toml"))


def _sentences(name: str, text: str, error: ValidationError) -> list[str]:
    """Tell each fault in German with the line that its key stands on."""
    lines = []
    for fault in error.errors():
        keys = [part for part in fault["loc"] if not str(part).startswith("function-")]
        key = ".".join(str(k + 1) if isinstance(k, int) else k for k in keys) or "Datei"
        pattern = GERMAN.get(fault["type"], "ist nicht erlaubt: {msg}")
        reason = pattern.format(**{"msg": fault["msg"], **fault.get("ctx", {})})
        lines.append(f"{name}, Zeile {_line(text, keys)}: „{key}“ {reason}.")
    return lines


def _line(text: str, keys: list[str | int]) -> int:
    """Find the line of a key path; the nearest existing parent where the key is missing."""
    line, start, rows = 1, 0, text.splitlines()
    for position, key in enumerate(keys):
        if isinstance(key, int):
            continue
        nth = keys[position + 1] if position + 1 < len(keys) else 0
        table = ".".join(str(k) for k in keys[: position + 1] if isinstance(k, str))
        heads = [
            n for n, row in enumerate(rows) if re.match(rf"\s*\[+\s*{re.escape(table)}\s*\]+", row)
        ]
        if heads:
            index = nth if isinstance(nth, int) and nth < len(heads) else 0
            start = heads[index]
            line = start + 1
            continue
        for n in range(start, len(rows)):
            if n > start and rows[n].startswith("["):
                break
            if re.search(rf"(^|[{{,\s]){re.escape(key)}\s*=", rows[n].split("#")[0]):
                start, line = n, n + 1
                break
    return line
