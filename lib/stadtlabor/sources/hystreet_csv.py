"""Pedestrian counts as CSV: downloads of hystreet (English, German) and cities' open-data exports.

The dialect is told by the header, whose names stand in ``hystreet_columns.toml``; delimiter and
encoding are detected. Every row is taken as it stands or told as a problem; nothing is repaired.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.localtime import to_utc
from stadtlabor.sources.rows import check
from stadtlabor.sources.stations import hourly
from stadtlabor.sources.table import Table, read_table

__all__ = ["BASE", "EXPORT", "locate", "parse"]

BASE = "https://opendata.wuerzburg.de"
EXPORT = "/api/explore/v2.1/catalog/datasets/passantenzaehlung_stundendaten/exports/csv"


def locate(base: str = BASE) -> Request:
    """Return the address of the city of Würzburg's open-data export, all years in one file."""
    form = {"lang": "de", "timezone": "Europe/Berlin", "use_labels": "true", "delimiter": ";"}
    return Request("hystreet-csv", f"{base}{EXPORT}?{urlencode(form)}")


@cache
def _columns() -> dict[str, list[str]]:
    text = files("stadtlabor.sources").joinpath("hystreet_columns.toml").read_text("utf-8")
    return tomllib.loads(text)


def parse(delivery: Delivery) -> Batch:
    """Read one file, plain or gzipped.

    Raises
    ------
    SourceError
        If time, location or count column is missing or no row can be used.
    """
    table = read_table(delivery.body, delivery.name)
    places = {what: table.find(*names) for what, names in _columns().items()}
    lacking = [w for w in ("time", "count") if places[w] is None]
    if lacking:
        german = {"time": "Zeit", "count": "Anzahl der Passanten"}
        raise SourceError(
            f"{table.name}: Die Spalte für {' und '.join(german[w] for w in lacking)} fehlt. "
            f"Gefunden: {', '.join(table.header)}. Bitte die Datei unverändert herunterladen."
        )

    def column(what: str) -> pd.Series:
        place = places[what]
        return pd.Series("", index=range(len(table))) if place is None else table.column(place)

    here = city()
    location, area, number = column("location"), column("area"), column("location_id")
    frame = pd.DataFrame(
        {
            "line": table.lines,
            "series": location + "\t" + area + "\t" + number,
            "raw_time": column("time"),
            "raw_value": column("count"),
        }
    )
    frame["time"], frame["remark"] = _times(frame["raw_time"], frame["series"], here.city.timezone)
    frame["value"] = pd.to_numeric(frame["raw_value"], errors="coerce")
    frame["preliminary"] = pd.to_numeric(column("unverified"), errors="coerce").fillna(0) > 0
    kept, problems = check(frame, table.name, "Passanten")
    if kept.empty:
        raise SourceError(_nothing(table, problems))
    simulated = ".simuliert." in table.name
    streams: dict[str, Datastream] = {}
    for series in kept["series"].unique():
        name, town, number_text = series.split("\t")
        label = name or table.name.split(".")[0]
        streams[series] = hourly(
            here, label, town, int(number_text) if number_text.isdigit() else None, simulated
        )
    quality = kept["preliminary"] * int(Quality.PRELIMINARY)
    quality |= int(Quality.SIMULATED) if simulated else 0
    observed = observations(
        kept["series"].map({series: s.id for series, s in streams.items()}),
        pd.DatetimeIndex(kept["time"]),
        kept["value"].to_numpy(),
        quality.to_numpy(),
        pd.Timestamp(delivery.received_at),
    )
    return Batch(observed, list(streams.values()), [*table.ledger.all, *problems])


def _times(raw: pd.Series, series: pd.Series, timezone: str) -> tuple[pd.Series, pd.Series]:
    """Read ISO times with offset, else wall-clock times, ISO or German."""
    none = pd.Series("", index=raw.index, dtype="str")
    zoned = raw.str.contains(r"(?:Z|[+-]\d{2}:?\d{2})$", regex=True)
    if zoned.all():
        return pd.to_datetime(raw, utc=True, errors="coerce", format="ISO8601"), none
    wall = pd.to_datetime(raw, errors="coerce", format="ISO8601")
    for form in ("%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"):
        wall = wall.fillna(pd.to_datetime(raw, errors="coerce", format=form))
    times, remarks = to_utc(pd.DatetimeIndex(wall), timezone, series)
    return pd.Series(times), remarks


def _nothing(table: Table, problems: list[Problem]) -> str:
    first = str(problems[0]) if problems else "Die Datei enthält keine Zeilen."
    return f"{table.name}: Keine Zeile ist brauchbar. {first}"
