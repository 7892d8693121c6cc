"""Read what :mod:`stadtlabor.sources.sensorthings` has collected: one datastream per delivery."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.asking import expect
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.names import slug

__all__ = ["essence", "parse", "point", "read_json"]

MOST_TOLD = 5
REMEDY = "Bitte den Betreiber des Dienstes fragen"


def parse(delivery: Delivery) -> Batch:
    """Read the values of one datastream.

    Raises
    ------
    SourceError
        If the delivery was not written by :class:`ServerWalk`.
    """
    told = expect(read_json(delivery), ("dataset", "datastream", "value"), delivery.name)
    problems: list[Problem] = []
    rows: list[tuple[pd.Timestamp, float, pd.Timestamp]] = []
    lengths: list[int] = []
    for row in told["value"]:
        try:
            start, length = _span(row["phenomenonTime"])
            rows.append((start, _number(row["result"]), _stated(row.get("resultTime"))))
            lengths.append(length)
        except (KeyError, TypeError, ValueError, OverflowError):
            said = str(row.get("result") if isinstance(row, dict) else row)[:40]
            what = f"Ein Wert oder seine Zeit ist nicht lesbar („{said}“)"
            problems.append(Problem(delivery.name, what, REMEDY))
    # The usual length: a provider's odd last interval must not change the meaning of all others.
    interval_s = sorted(lengths)[len(lengths) // 2] if lengths else 0
    stream = _datastream(told, interval_s)
    quality = Quality.SIMULATED if stream.simulated else Quality.MEASURED
    times, values, stated = zip(*rows, strict=True) if rows else ((), (), ())
    frame = observations(
        stream.id,
        pd.DatetimeIndex(times) if times else pd.DatetimeIndex([], tz="UTC"),
        values,
        int(quality),
        pd.DatetimeIndex(stated) if stated else None,
    )
    complete = told.get("complete")
    stretch = (
        {stream.id: (pd.Timestamp(complete[0]), pd.Timestamp(complete[1]))} if complete else {}
    )
    # An empty answer says nothing of the length of an interval, so it describes no series.
    return Batch(frame, [stream] if rows else [], problems[:MOST_TOLD], stretch)


def essence(series: Mapping[str, Any]) -> dict[str, Any]:
    """Return what gives a value its meaning, without the links that change with the server."""
    unit, thing = series.get("unitOfMeasurement"), series.get("Thing")
    observed, free = series.get("ObservedProperty"), series.get("properties")
    unit, thing, observed, free = (
        part if isinstance(part, dict) else {} for part in (unit, thing, observed, free)
    )
    return {
        "id": str(series["@iot.id"]),
        "name": str(series["name"]),
        "unit": str(unit.get("symbol") or unit.get("name") or "1"),
        "thing": str(thing.get("name") or ""),
        "thing_id": str(thing.get("@iot.id") or ""),
        "observed": str(observed.get("name") or "value"),
        "position": series.get("position"),
        "simulated": free.get("simulated") is True,
    }


def _datastream(told: Mapping[str, Any], interval_s: int) -> Datastream:
    own = expect(told["datastream"], ("id", "name", "unit", "observed"), "Datastream")
    thing = "-".join(filter(None, (slug(own.get("thing", ""))[:60], slug(own.get("thing_id", "")))))
    observed = slug(own["observed"])[:60] or "value"
    place = own.get("position")
    return Datastream(
        id=f"{told['dataset']}/{thing or 'ort'}/{observed}-{slug(own['id']) or '0'}",
        name=own["name"],
        observed_property=observed.replace("-", "_"),
        unit=own["unit"],
        interval_s=interval_s,
        source=told["source"],
        licence=told["licence"],
        simulated=bool(own.get("simulated")),
        thing_name=own.get("thing", ""),
        area=told.get("area", ""),
        lat=place[1] if place else None,
        lon=place[0] if place else None,
    )


def _span(text: Any) -> tuple[pd.Timestamp, int]:
    """Return start and length (s) of a time or an interval of ISO 8601."""
    first, _, last = str(text).partition("/")
    start = _zoned(first)
    return start, round((_zoned(last) - start).total_seconds()) if last else 0


def _stated(text: Any) -> pd.Timestamp:
    # Without a time of the result any later statement overrules it.
    return _zoned(str(text).partition("/")[0]) if text else pd.Timestamp(0, tz="UTC")


def _zoned(text: str) -> pd.Timestamp:
    instant = pd.Timestamp(text)
    if instant.tzinfo is None:
        raise ValueError("time without zone")
    return instant.tz_convert("UTC").as_unit("us")


def _number(value: Any) -> float:
    number = float(value) if isinstance(value, int | float | str) else math.nan
    if not math.isfinite(number):
        raise ValueError("no number")
    return number


def point(value: Any) -> list[float] | None:
    """Return lon and lat of a GeoJSON point or of a feature with one."""
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    if not isinstance(value, dict) or value.get("type") != "Point":
        return None
    try:
        lon, lat = (float(number) for number in value["coordinates"][:2])
    except (KeyError, TypeError, ValueError):
        return None
    return [lon, lat] if abs(lon) <= 180 and abs(lat) <= 90 else None


def read_json(delivery: Delivery) -> Any:
    """Return the JSON of an answer; raises SourceError in German."""
    try:
        return json.loads(delivery.body)
    except ValueError as error:
        raise SourceError(
            f"{delivery.name}: Die Antwort ist kein gültiges JSON. Bitte die Adresse prüfen; sie "
            "muss auf v1.1 enden."
        ) from error
