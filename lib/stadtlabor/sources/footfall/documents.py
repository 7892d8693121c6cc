"""Read JSON answers with pedestrian counts: hystreet, SensorThings and in/out dashboards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd

from stadtlabor.sources.footfall.rows import Raw
from stadtlabor.sources.footfall.tables import persons_only
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.table import plain_name

__all__ = ["document_rows"]

ZONE = "UTC"
"""All three services send times with offset or in UTC."""

EMPTY = ("line", "counter", "area", "counter_id", "time", "pedestrians")


def document_rows(body: bytes, name: str, timezone: str | None = None) -> Raw:
    """Read an answer into rows of text.

    Raises
    ------
    SourceError
        In German, if it is no JSON or of another make.
    """
    file = plain_name(name)
    try:
        answer = json.loads(body)
    except ValueError as error:
        raise SourceError(_unknown(file)) from error
    parts = answer if isinstance(answer, list) else [answer]
    try:
        for read in (_hystreet, _dashboard, _sensorthings):
            if rows := [row for part in parts for row in read(part)]:
                table = pd.DataFrame(rows).fillna("").astype("str")
                table["line"] = range(1, len(table) + 1)
                return _raw(table, file, timezone)
        if any(part["measurements"] == [] and part["name"] for part in parts):
            # Nothing was counted in the hours asked for: no fault.
            empty = pd.DataFrame({c: pd.Series(dtype="str") for c in EMPTY})
            return Raw(file, "hystreet", timezone or ZONE, empty, unit="Messung")
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise SourceError(_unknown(file)) from error
    raise SourceError(_unknown(file))


def _raw(table: pd.DataFrame, file: str, timezone: str | None) -> Raw:
    dialect = str(table["dialect"].iloc[0])
    raw = Raw(file, dialect, timezone or ZONE, table, unit="Messung")
    if "class" in table:
        raw.table, raw.notes = persons_only(table, file)
        raw.value_field = "Personen ein und aus"
    elif "end" in table:
        both = [pd.to_datetime(table[c], utc=True, errors="coerce") for c in ("time", "end")]
        length = (both[1] - both[0]).dt.total_seconds() / 60
        if (length > 0).all():
            raw.minutes = length
    return raw


def _unknown(file: str) -> str:
    return (
        f"{file}: Die Antwort hat nicht den Aufbau von hystreet, SensorThings oder einem Zähler "
        "mit Klassen und Richtungen. Bitte Adresse und Kennung prüfen."
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _hystreet(part: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the measurements of an answer of the interface of hystreet, version 2."""
    for row in part.get("measurements", ()):
        details = row.get("details") or {}
        found = {
            "dialect": "hystreet",
            "counter": str(part["name"]),
            "area": _text(part.get("city")),
            "counter_id": _text(part.get("id")),
            "time": _text(row.get("timestamp")),
            "pedestrians": _text(row.get("pedestrians_count")),
            "weather": _text(row.get("weather_condition")),
            "temperature_c": _text(row.get("temperature")),
            "unverified": _text(row.get("unverified")),
        }
        for field, names in (
            ("incoming", ("ltr_pedestrians_count",)),
            ("outgoing", ("rtl_pedestrians_count",)),
            ("adults", ("adult_pedestrians_count", "adults_count")),
            ("children", ("child_pedestrians_count", "children_count")),
        ):
            both = {**details, **row}
            found[field] = next((_text(both[n]) for n in names if n in both), "")
        yield found


def _dashboard(part: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the values of a dashboard whose points name class and direction."""
    for sensor in part.get("data", [part]):
        points = sensor.get("singleDataPoints", ())
        name = {
            "dialect": "Zähler mit Klassen und Richtungen",
            "counter": _text(sensor.get("labelName") or sensor.get("name")),
            "counter_id": _text(sensor.get("labelIdentifier")),
        }
        if isinstance(points, dict):  # archived: one object per time
            for stamp, row in points.items():
                for key, value in row.items():
                    if "." in key:
                        yield {**name, "time": stamp, "class": key, "value": _text(value)}
            continue
        for row in points:
            yield {
                **name,
                "time": _text(row["datetime"]),
                "class": _text(row["valueKey"]),
                "value": _text(row["value"]),
            }


def _sensorthings(part: dict[str, Any], name: str = "", key: str = "") -> Iterator[dict[str, str]]:
    """Yield the observations of an answer of OGC SensorThings 1.1, whatever was expanded."""
    if "phenomenonTime" in part and "result" in part:
        stream = part.get("Datastream") or {}
        name, key = _name(stream, name), _text(stream.get("@iot.id", key))
        yield _observation(part["phenomenonTime"], part["result"], name, key)
        return
    if "dataArray" in part:
        places = [part["components"].index(n) for n in ("phenomenonTime", "result")]
        key = _text(part.get("Datastream@iot.navigationLink", key)) or key
        for row in part["dataArray"]:
            yield _observation(row[places[0]], row[places[1]], name, key)
        return
    for inner in part.get("value", ()):
        yield from _sensorthings(inner, name, key)
    for stream in part.get("Datastreams", ()):
        yield from _sensorthings(stream, _name(part, name), _text(stream.get("@iot.id")))
    own = _name(part, name) if "Thing" in part or not name else name
    for inner in part.get("Observations", ()):
        yield from _sensorthings(inner, own, _text(part.get("@iot.id", key)))


def _name(part: dict[str, Any], fallback: str) -> str:
    thing = part.get("Thing") or {}
    return _text(thing.get("name") or part.get("name") or fallback)


def _observation(when: Any, result: Any, name: str, key: str) -> dict[str, str]:
    start, _, end = _text(when).partition("/")
    return {
        "dialect": "SensorThings",
        "counter": name,
        "counter_id": key,
        "time": start,
        "pedestrians": _text(result),
        **({"end": end} if end else {}),
    }
