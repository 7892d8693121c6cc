"""A new city: from name, AGS and centre to the text of its ``city.toml``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from stadtlabor.blueprint.facts import (
    Portal,
    Radar,
    State,
    Station,
    portal,
    radars,
    state_of,
)
from stadtlabor.blueprint.places import box, distance_km, moved, nearest, within
from stadtlabor.blueprint.words import text
from stadtlabor.sources.names import slug

__all__ = ["RANGE_KM", "BlueprintError", "Draft", "draft", "render"]

RANGE_KM = 150.0
"""How far a radar measures rain; DWD, radar products: 150 km."""
HALF_WINDOW_KM = 8.0
FAR_KM = 120.0
"""A centre this far from every station of a state does not lie in it."""
GERMANY = {"lat": (47.2, 55.1), "lon": (5.8, 15.1)}
EUI = "70B3D57ED00001{:02X}"
LEVELS = ((2, 15.0, 20.0, 0.25), (3, 25.0, 35.0, 0.15), (4, 40.0, 60.0, 0.1))


class BlueprintError(ValueError):
    """A city cannot be made of what was given; the message says in German why."""


@dataclass(frozen=True)
class Draft:
    """What is known of a new city.

    Attributes
    ----------
    name, short_name
        Full name, and without what stands in brackets or after a comma.
    ags, state
        Official municipality key and the state that it belongs to.
    lat, lon
        Centre, WGS 84, degrees.
    station, station_source
        Nearest weather station, and where it was looked up.
    radars
        Radars that see the city, the nearest first.
    portal
        The state's own portal, where one is known.
    search
        The portal that is searched.
    contact
        Mail address; None leaves a placeholder.
    """

    name: str
    short_name: str
    ags: str
    state: State
    lat: float
    lon: float
    station: Station
    station_source: str
    radars: tuple[Radar, ...]
    portal: Portal | None
    search: Portal
    contact: str | None = None

    @property
    def station_km(self) -> float:
        """Distance of the weather station from the centre."""
        return distance_km(self.lat, self.lon, self.station)


def draft(
    name: str,
    ags: str,
    lat: float,
    lon: float,
    stations: Sequence[Station],
    source: str,
    contact: str | None = None,
) -> Draft:
    """Find what belongs to a place.

    Raises
    ------
    BlueprintError
        In German, if name, AGS or centre cannot be right.
    """
    name, ags = " ".join(name.split()), ags.replace(" ", "")
    short = re.sub(r"\s*(\(.*|,.*)$", "", name)
    if not slug(short) or re.search(r"[\x00-\x1f{}<>\"\\]", name):
        raise BlueprintError(text("fault.name"))
    if not re.fullmatch(r"[0-9]{8}", ags):
        raise BlueprintError(text("fault.ags", ags=ags))
    state = state_of(ags)
    if state is None:
        raise BlueprintError(text("fault.ags_state", ags=ags, first=ags[:2]))
    where = {"lat": _german(lat), "lon": _german(lon)}
    if not all(low <= at <= high for at, (low, high) in zip((lat, lon), GERMANY.values(),
                                                            strict=True)):  # fmt: skip
        raise BlueprintError(text("fault.germany", **where))
    own = [station for station in stations if station.state == state.sign]
    if own and (far := distance_km(lat, lon, nearest(lat, lon, own))) > FAR_KM:
        raise BlueprintError(
            text("fault.elsewhere", ags=ags, state=state.name, km=f"{far:.0f}", **where)
        )
    theirs, federal = portal(state.sign)
    return Draft(
        name, short, ags, state, round(lat, 4), round(lon, 4), nearest(lat, lon, stations), source,
        tuple(within(lat, lon, radars(), RANGE_KM)), theirs,
        theirs if theirs and theirs.software else federal, contact,
    )  # fmt: skip


def render(found: Draft) -> str:
    """Return the text of ``city.toml``."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(  # noqa: S701  # TOML, not HTML; every text goes through `q`
        trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    environment.filters["q"] = lambda value: json.dumps(str(value), ensure_ascii=False)
    template = files("stadtlabor.blueprint").joinpath("city.toml.j2").read_text("utf-8")
    return environment.from_string(template).render(_context(found))


def _context(found: Draft) -> dict[str, Any]:
    def at(north: float, east: float) -> dict[str, float]:
        lat, lon = moved(found.lat, found.lon, north, east)
        return {"lat": lat, "lon": lon}

    schools = [
        {"id": f"beispiel-{key}", "name": text(f"invented.{key}"), "kind": kind, **at(*place),
         "pupils": pupils, "floor_area_m2": area}
        for key, kind, place, pupils, area in (
            ("grundschule", "Grundschule", (0.7, 0.3), 240, 3200),
            ("mittelschule", "Mittelschule", (-0.8, 0.9), 420, 5400),
            ("gymnasium", "Gymnasium", (-0.5, -0.4), 950, 11800),
        )
    ]  # fmt: skip
    catchments = [
        {"id": key, "name": text(f"invented.{key}"), **at(*place)}
        for key, place in (("mitte", (0, 0)), ("nord", (4.8, 0.5)), ("sued", (-4.1, 0.5)),
                           ("west", (-0.2, -4.0)))
    ]  # fmt: skip
    return {
        "name": found.name, "short_name": found.short_name, "ags": found.ags,
        "state": found.state, "lat": found.lat, "lon": found.lon,
        "box": box(found.lat, found.lon, HALF_WINDOW_KM),
        "contact": found.contact or "stadtlabor@example.org",
        "placeholder": found.contact is None,
        "station": found.station, "station_source": found.station_source,
        "station_km": _german(round(found.station_km, 1)),
        "radars": found.radars, "range_km": f"{RANGE_KM:.0f}", "place": slug(found.short_name),
        "levels": [(*row, text(f"levels.{row[0]}")) for row in LEVELS],
        "catchments": catchments, "schools": schools, "sensors": list(_sensors(at)),
        "portal": found.search, "portal_id": slug(found.search.name),
        "portal_note": _portal_note(found),
    }  # fmt: skip


def _sensors(at: Any) -> list[tuple[str, dict[str, Any]]]:
    places = ((-0.15, 0.14), (-0.5, 0.16), (0.02, 0.12), (0.18, -0.02))
    found: list[tuple[str, dict[str, Any]]] = [
        ("counters", {"id": f"beispielstrasse-{n}", "name": text("invented.counter", number=n),
                      **at(*place), "eui": EUI.format(n), "hystreet_id": 900000 + n,
                      "network": "tts" if n < 3 else "chirpstack"})
        for n, place in enumerate(places, start=1)
    ]  # fmt: skip
    found += [
        ("gauges", {"id": f"regenschreiber-{n}", "name": text("invented.gauge", number=n),
                    **at(*place), "eui": EUI.format(16 + n), "network": "chirpstack"})
        for n, place in enumerate(((0.0, 0.0), (-2.4, 0.5)), start=1)
    ]  # fmt: skip
    found.append(("beds", {"id": "hochbeet", "name": text("invented.bed"), **at(0.25, 0.5),
                           "eui": EUI.format(33), "network": "tts"}))  # fmt: skip
    return found


def _portal_note(found: Draft) -> str:
    if found.portal is None:
        return text("source.portal_federal")
    key = "source.portal_own" if found.portal.software else "source.portal_other"
    return text(key, name=found.portal.name, url=found.portal.url)


def _german(number: float) -> str:
    return f"{number}".replace(".", ",")
