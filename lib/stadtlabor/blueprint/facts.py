"""What is known of Germany: states, radars, weather stations and portals, from the data files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = [
    "Portal",
    "Radar",
    "State",
    "Station",
    "portal",
    "radars",
    "state_of",
    "states",
    "stations",
]


@dataclass(frozen=True)
class State:
    """A federal state: first two digits of the AGS, short sign as in ISO 3166-2, German name."""

    key: str
    sign: str
    name: str


@dataclass(frozen=True)
class Radar:
    """A site of the German radar network; WGS 84, degrees."""

    id: str
    code: str
    name: str
    lat: float
    lon: float


@dataclass(frozen=True)
class Station:
    """A station of the German weather service; WGS 84, degrees and metres; ``state`` is a sign."""

    id: str
    name: str
    state: str
    lat: float
    lon: float
    elevation_m: float


@dataclass(frozen=True)
class Portal:
    """An open data portal; ``software`` is empty where the Stadtlabor cannot search it."""

    state: str
    name: str
    url: str
    software: str


@cache
def states() -> dict[str, State]:
    """Return the states by the first two digits of the AGS."""
    return {r["key"]: State(r["key"], r["state"], r["name"]) for r in _rows("states")}


def state_of(ags: str) -> State | None:
    """Return the state that an AGS belongs to."""
    return states().get(ags[:2])


@cache
def radars() -> tuple[Radar, ...]:
    """Return the radars in operation."""
    return tuple(
        Radar(r["id"], r["code"], r["name"], float(r["lat"]), float(r["lon"]))
        for r in _rows("radars")
    )


@cache
def stations() -> tuple[Station, ...]:
    """Return a selection of weather stations, for the time without network."""
    return tuple(
        Station(
            r["id"],
            r["name"],
            r["state"],
            float(r["lat"]),
            float(r["lon"]),
            float(r["elevation_m"]),
        )
        for r in _rows("stations")
    )


def portal(state: str) -> tuple[Portal | None, Portal]:
    """Return the portal of a state, where one is known, and that of the federation."""
    known = {r["state"]: Portal(r["state"], r["name"], r["url"], r["software"])
             for r in _rows("portals")}  # fmt: skip
    return known.get(state), known["DE"]


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files("stadtlabor.blueprint").joinpath(f"{name}.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))
