"""Shops and other places of OpenStreetMap, asked for once a day for everybody.

The public Overpass server is a gift of volunteers: its manual ("Commons", dev.overpass-api.de) asks
for no more than about 10,000 requests and 1 GB a day and not to be the back end of an application.
So only the ingest asks, one question at a time (``pace.toml``), and never again within 24 hours;
pages and notebooks read the kept answer and say how old it is.

The answer is ``{"osm3s": {"timestamp_osm_base", "copyright"}, "elements": [{"type", "id", "lat",
"lon" or "center", "tags"}, …]}``; a question that took too long has a ``remark`` and is no answer.
Counts go to the store, as of ``timestamp_osm_base``; they say what volunteers have entered, which
is a hint and no census.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.city import BoundingBox
from stadtlabor.feeds import OverpassFeed
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.sources.asking import DriftError, expect
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError

__all__ = ["BASE", "DATASET", "Places", "Selections", "parse", "places"]

BASE = "https://overpass-api.de"
DATASET = "osm-places"
SOURCE = "© OpenStreetMap-Mitwirkende"
LICENCE = "ODbL 1.0"
SELECTION = re.compile(r"/\* selection: (\w+) \*/")
PLACES = {
    "id": "str", "group": "str", "name": "str", "kind": "str", "street": "str",
    "housenumber": "str", "lat": "float64", "lon": "float64",
}  # fmt: skip


@dataclass(frozen=True)
class Places:
    """What OpenStreetMap knew.

    Attributes
    ----------
    table
        One row per place: ``id`` (``node/1``), ``group``, ``name``, ``kind`` (``shop=bakery``),
        ``street``, ``housenumber``, ``lat``, ``lon`` (WGS 84, degrees).
    as_of
        State of the map, UTC.
    checked
        When the server was asked, UTC.
    source, licence
        To be shown with every use.
    """

    table: pd.DataFrame
    as_of: pd.Timestamp
    checked: datetime
    source: str = SOURCE
    licence: str = LICENCE

    def age(self, now: datetime) -> timedelta:
        """Return how old the state of the map is."""
        return now - self.as_of.to_pydatetime()

    def stand(self, timezone: str) -> str:
        """Say in German how old map and check are, for every use of the places."""
        map_, check = (t.astimezone(ZoneInfo(timezone)) for t in (self.as_of, self.checked))
        return (
            f"{self.source}, Stand der Karte: {map_:%d.%m.%Y}, abgefragt am {check:%d.%m.%Y} um "
            f"{check:%H:%M} Uhr. Freiwillige pflegen die Karte; sie gibt Hinweise, mehr nicht."
        )


@cache
def _table() -> dict[str, Any]:
    text = files("stadtlabor.sources").joinpath("overpass.toml").read_text("utf-8")
    return tomllib.loads(text)


class Selections:
    """Asks for each selection whose kept answer is older than a day."""

    def __init__(
        self, feed: OverpassFeed, window: BoundingBox, memory: Memory, base: str = BASE
    ) -> None:
        self._feed, self._window, self._memory, self._base = feed, window, memory, base

    def __call__(self, now: datetime) -> list[Request]:
        """Return one request per selection that is due."""
        box = self._window
        limits = (
            "[out:json][timeout:60][maxsize:67108864]"
            f"[bbox:{box.south},{box.west},{box.north},{box.east}];"
        )
        requests = []
        for name in self._feed.selections:
            kept = self._memory.kept(f"overpass/{name}")
            if kept is not None and now - kept[2] < timedelta(hours=_table()["hours"]):
                continue
            chosen = "".join(_table()["selections"][name]["query"].split("\n"))
            # The comment tells the decoder what was asked; the server leaves it alone.
            query = f"{limits}({chosen});out center tags qt;/* selection: {name} */"
            url = f"{self._base}/api/interpreter?{urlencode({'data': query})}"
            requests.append(Request("overpass-json", url, keep=f"overpass/{name}", checked=True))
        return requests


def places(memory: Memory, selection: str) -> Places | None:
    """Return the kept places of a selection, None before the first answer; never asks the server.

    Raises
    ------
    SourceError
        In German, if the kept file is damaged.
    """
    kept = memory.kept(f"overpass/{selection}")
    if kept is None:
        return None
    table, as_of = _read(kept[0], f"OpenStreetMap, {selection}")
    return Places(table, as_of, kept[2])


def parse(delivery: Delivery) -> Batch:
    """Count the places of an answer by group; its address says which selection it is.

    Raises
    ------
    SourceError
        In German, if it is no answer of Overpass.
    """
    asked = parse_qs(urlsplit(delivery.name).query).get("data", [""])[0]
    named = SELECTION.search(asked)
    selection = named[1] if named else ""
    where = f"OpenStreetMap, {selection or 'Antwort'}"
    if selection not in _table()["selections"]:
        raise SourceError(f"{where}: Diese Auswahl ist nicht bekannt (sources/overpass.toml).")
    table, as_of = _read(delivery.body, where)
    german = _table()["selections"][selection]["german"]
    groups = {g["what"]: g["german"] for g in _table()["group"]}
    counts = {"all": len(table)} | {w: int((table["group"] == w).sum()) for w in groups}
    if selection == "vacant":
        counts = {"all": len(table)}
    streams = [
        Datastream(
            id=f"{DATASET}/{selection}/{what}",
            name=f"{german if what == 'all' else groups[what]} in OpenStreetMap, Anzahl",
            observed_property="places",
            unit="1",
            interval_s=0,
            source=SOURCE,
            licence=LICENCE,
            thing_name=german,
        )
        for what in counts
    ]
    ids = [stream.id for stream in streams]
    frame = observations(
        ids,
        [as_of] * len(ids),
        list(counts.values()),
        result_time=pd.Timestamp(delivery.received_at),
    )
    return Batch(frame, streams)


def _read(body: bytes, where: str) -> tuple[pd.DataFrame, pd.Timestamp]:
    try:
        answer = expect(json.loads(body), ["osm3s", "elements"], where)
        if "remark" in answer and "error" in str(answer["remark"]):
            raise SourceError(
                f"{where}: Der Server hat die Frage abgebrochen ({answer['remark']}). "
                "Der nächste Versuch folgt von selbst."
            )
        as_of = pd.Timestamp(expect(answer["osm3s"], ["timestamp_osm_base"], where)[
            "timestamp_osm_base"
        ])  # fmt: skip
        if pd.isna(as_of) or as_of.tzinfo is None:
            raise ValueError("timestamp without zone")
        rows = [_row(expect(e, ["type", "id"], where)) for e in answer["elements"]]
    except (ValueError, TypeError, KeyError) as error:
        raise DriftError(f"{where}: Die Antwort hat nicht den Aufbau von Overpass.") from error
    table = pd.DataFrame(rows, columns=list(PLACES)).astype(PLACES)
    return table, as_of.tz_convert("UTC")


def _row(element: Mapping[str, Any]) -> tuple[Any, ...]:
    tags: dict[str, str] = element.get("tags") or {}
    spot = element.get("center") or element
    group, kind = "", ""
    for each in _table()["group"]:
        for wanted in each["any"]:
            key, _, value = wanted.partition("=")
            if key in tags and value in ("", tags[key]):
                group, kind = group or each["what"], kind or f"{key}={tags[key]}"
    return (
        f"{element['type']}/{element['id']}",
        group,
        tags.get("name", ""),
        kind,
        tags.get("addr:street", ""),
        tags.get("addr:housenumber", ""),
        float(spot["lat"]) if "lat" in spot else float("nan"),
        float(spot["lon"]) if "lon" in spot else float("nan"),
    )
