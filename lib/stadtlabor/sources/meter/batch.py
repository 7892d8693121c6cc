"""Meter files as observations for the store.

A file is named ``<school-id>.<electricity|heat|gas|water…>.<anything>.csv``; ``.simuliert.`` in the
name marks invented values.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.meter.file import NAMED, read_bytes
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.reading import MeterReading
from stadtlabor.sources.meter.words import words
from stadtlabor.sources.names import slug
from stadtlabor.sources.table import plain_name

__all__ = ["parse"]

DAY_S = 86_400
FILLED = {"measured": 0, "estimated": int(Quality.FILLED), "derived": int(Quality.FILLED)}


def parse(delivery: Delivery, form: Form | None = None) -> Batch:
    """Read a meter file into observations.

    Values of unequal length (bills, hand readings) are spread evenly over their days and marked as
    filled; the sum stays. Absurdly large values are kept and marked as suspect.

    Raises
    ------
    SourceError
        In German; see :func:`stadtlabor.sources.meter.read`.
    """
    name = plain_name(delivery.name)
    reading = read_bytes(delivery.body, name, form)
    data = reading.data.assign(suspect=0) if reading.step_s else _by_day(reading)
    if len(reading.suspect):
        marked = reading.suspect.assign(suspect=int(Quality.SUSPECT))
        data = pd.concat([data, marked], ignore_index=True)
    step_s = reading.step_s or DAY_S
    key = list(zip(data["meter"], data["medium"], strict=True))
    several = len({meter for meter, _ in key}) > 1
    units = dict(zip(key, data["unit"], strict=True))
    streams = {
        (meter, medium): _datastream(name, meter if several else "", medium, unit, step_s)
        for (meter, medium), unit in units.items()
    }
    simulated = ".simuliert." in name
    quality = data["provenance"].map(FILLED).to_numpy("int8")
    quality |= data["suspect"].to_numpy("int8")
    quality |= np.int8(Quality.SIMULATED if simulated else 0)
    frame = observations(
        [streams[k].id for k in key],
        pd.DatetimeIndex(data["start"]),
        data["value"].to_numpy(),
        quality,
        pd.Timestamp(delivery.received_at),
    )
    # A gap is no problem of a row: the store knows its gaps itself.
    return Batch(frame, list(streams.values()), reading.report.ledger.all)


def _by_day(reading: MeterReading) -> pd.DataFrame:
    """Spread each value over the local days of its period, by length."""
    zone = reading.report.timezone
    pieces = []
    rows: Any = reading.data.itertuples()
    for row in rows:
        start, end = row.start.tz_convert(zone), row.end.tz_convert(zone)
        days = pd.date_range(start.normalize(), end, freq="D", inclusive="left")
        edges = days.append(pd.DatetimeIndex([days[-1] + pd.DateOffset(days=1)]))
        edges = pd.DatetimeIndex([max(start, min(end, e)) for e in edges])
        share = np.diff(edges.as_unit("s").asi8) / (end - start).total_seconds()
        pieces.append(
            pd.DataFrame(
                {
                    "meter": row.meter,
                    "medium": row.medium,
                    "start": days.tz_convert("UTC"),
                    "value": row.value * share,
                    "unit": row.unit,
                    "provenance": "derived",
                }
            )
        )
    frame = pd.concat(pieces, ignore_index=True)
    # Two bills may share a day.
    key = ["meter", "medium", "unit", "provenance", "start"]
    return frame.groupby(key, sort=False)["value"].sum().reset_index().assign(suspect=0)


@cache
def _buildings() -> dict[str, dict[str, str]]:
    """Return what is known of buildings elsewhere (``buildings.csv``), by id."""
    text = files("stadtlabor.sources").joinpath("buildings.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def _datastream(name: str, meter: str, medium: str, unit: str, step_s: int) -> Datastream:
    """Describe the series: a school of the city file, else what the file is called."""
    named = NAMED.match(name)
    simulated = ".simuliert." in name
    thing = named[1] if named else slug(name.split(".")[0]) or "datei"
    here = city()
    school = next((s for s in here.schools if s.id == thing), None)
    other = _buildings().get(thing, {})
    if meter and slug(meter):
        thing = f"{thing}-{slug(meter)}"
    label = meter or (school.name if school else other.get("name", thing))
    if simulated:
        source = "Simulierte Stadt, kein echter Zähler"
    elif school:
        source = f"Stadt {here.city.name}"
    else:
        source = other.get("source", f"Datei {name}")
    return Datastream(
        id=f"school-energy/{thing}/{medium}",
        name=f"{words()['german'][medium]}, {label}",
        observed_property=medium,
        unit=unit,
        interval_s=step_s,
        source=source,
        licence="dl-de/by-2-0" if school else other.get("licence", "Lizenz nicht angegeben"),
        simulated=simulated,
        thing_name=label,
        area=here.city.short_name if school else other.get("area", ""),
        lat=school.lat if school else None,
        lon=school.lon if school else None,
    )
