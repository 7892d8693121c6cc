"""Meter files of any make: electricity, heat, gas, water as CSV or XLSX.

Detected are delimiter, encoding, layout (a row per day or per reading), decimal sign, date format,
unit, interval and time zone. What cannot be told is asked in German, never guessed; a person
answers in the file name (:func:`stadtlabor.sources.meter.form.stated_form`). Each row of a file
ends up in the batch or in its problems.

A file is named ``<school-id>.<electricity|heat|gas|water>.<anything>.csv``; ``.simuliert.`` in the
name marks invented values.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.days import expand, step_of, value_columns
from stadtlabor.sources.meter.form import Form, dates, numbers, stated_form, stated_zone, unit_of
from stadtlabor.sources.meter.series import times_of
from stadtlabor.sources.names import slug
from stadtlabor.sources.rows import check
from stadtlabor.sources.table import Table, plain_name, read_table

__all__ = ["parse", "read"]

GERMAN = {"electricity": "Strom", "heat": "Wärme", "gas": "Gas", "water": "Wasser"}
NAMED = re.compile(r"([a-z0-9][a-z0-9-]*)\.(electricity|heat|gas|water)\.")
METERS = (
    "meter number", "mpr", "mpan", "zählpunkt", "zählernummer", "zähler", "marktlokation", "id",
)  # fmt: skip
PLACES = ("location", "standort", "liegenschaft", "gebäude", "schule", "abnahmestelle")
VALUES = ("bezug", "verbrauch", "wert", "value", "energie", "leistung", "menge", "consumption")
UNITS = ("units", "unit", "einheit")
STATES = ("readtype", "status", "ersatzwert", "messwertstatus")
ESTIMATED = ("estimated", "e", "ersatzwert", "ersatz", "geschätzt", "v", "ja")


@dataclass(frozen=True)
class Reading:
    """Checked rows of a file, in the unit of the file."""

    rows: pd.DataFrame
    unit: str
    step_s: int
    problems: list[Problem]


def read(path: Path, form: Form | None = None) -> Batch:
    """Read a meter file from disk.

    Parameters
    ----------
    path
        The file.
    form
        What is known about it; default: what its name states.

    Raises
    ------
    SourceError
        In German, if nothing in the file can be read or a question is open.
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path.name}: Die Datei ist nicht lesbar ({error.strerror}).") from error
    return parse(Delivery("meter", path.name, body, datetime.now(UTC)), form)


def parse(delivery: Delivery, form: Form | None = None) -> Batch:
    """Read a meter file (see :func:`read`)."""
    name = plain_name(delivery.name)
    local = city().city.timezone
    form = form or stated_form(name, local)
    table = read_table(delivery.body, name)
    if not len(table):
        raise SourceError(f"{name}: Die Datei enthält keine Werte.")
    reading = (
        _days(table, form, local) if value_columns(table.header) else _single(table, form, local)
    )
    if reading.rows.empty:
        first = f" {reading.problems[0]}" if reading.problems else ""
        raise SourceError(
            f"{name}: Keine Zeile ist brauchbar (Mängel: {len(reading.problems)}).{first}"
        )
    return _batch(delivery, table, reading)


def _series(table: Table) -> pd.Series:
    """Return which meter each row belongs to, by number and place as far as the file tells."""
    places = [p for p in (table.find(*PLACES), table.find(*METERS)) if p is not None]
    if not places:
        return pd.Series("", index=range(len(table)), dtype="str")
    return table.column(places[0])


def _unit(table: Table, form: Form, header: str) -> str:
    place = table.find(*UNITS)
    stated = table.column(place).iloc[0] if place is not None else ""
    lines = " ".join(table.preamble)
    unit = form.unit or unit_of(header) or unit_of(stated) or unit_of(lines)
    if unit is None:
        raise SourceError(
            f"{table.name}: In welcher Einheit stehen die Werte? Bitte „kWh“, „kW“ oder „m³“ in "
            "den Spaltennamen schreiben oder im Dateinamen „.einheit-kwh.“ ergänzen."
        )
    return unit


def _days(table: Table, form: Form, local: str) -> Reading:
    places = value_columns(table.header)
    place = table.find("reading date", "date", "datum", "tag", "messdatum")
    days, family = dates(table.column(0 if place is None else place), table.name, form)
    if family == "offset":
        days = days.dt.tz_localize(None)
    zone = form.timezone or stated_zone([*table.preamble, *table.header], local) or local
    series = _series(table)
    frame, problems = expand(table, days.dt.normalize(), series, places, zone)
    rows, more = check(frame, table.name, "Wert")
    others = " ".join(h for n, h in enumerate(table.header) if n not in places)
    return Reading(rows, _unit(table, form, others), step_of(len(places)), problems + more)


def _single(table: Table, form: Form, local: str) -> Reading:
    value = next((n for n, h in enumerate(table.header) if unit_of(h)), None)
    if value is None:
        plain = [h.lower() for h in table.header]
        value = next((n for n, h in enumerate(plain) if any(v in h for v in VALUES)), None)
    if value is None:
        raise SourceError(
            f"{table.name}: Keine Spalte mit Werten gefunden ({', '.join(table.header[:8])}). "
            "Bitte die Spalte zum Beispiel „Verbrauch [kWh]“ nennen."
        )
    unit = _unit(table, form, table.header[value])
    series = _series(table)
    times = times_of(table, series, form, local)
    raw = table.column(value)
    frame = pd.DataFrame(
        {
            "line": table.lines,
            "series": series,
            "time": times.start,
            "raw_time": times.raw,
            "raw_value": raw,
            "remark": times.remark,
            "value": numbers(raw),
        }
    )
    state = table.find(*STATES)
    if state is not None:
        frame["filled"] = table.column(state).str.lower().isin(ESTIMATED)
    rows, problems = check(frame, table.name, table.header[value])
    notes = [
        Problem(table.name, note, "Keine Änderung nötig, wenn das stimmt") for note in times.notes
    ]
    return Reading(rows, unit, times.step_s, [*notes, *problems])


def _batch(delivery: Delivery, table: Table, reading: Reading) -> Batch:
    rows, problems = reading.rows, list(reading.problems)
    factor, unit = 1.0, reading.unit
    if unit == "kW":
        factor, unit = reading.step_s / 3600, "kWh"
        problems.insert(
            0,
            Problem(
                table.name,
                f"Die Werte sind Leistungen in kW; je {reading.step_s // 60} Minuten umgerechnet "
                f"in kWh (mal {factor:g})",
                "Keine Änderung nötig, wenn das stimmt",
            ),
        )
    elif unit == "MWh":
        factor, unit = 1000.0, "kWh"
    meters = list(rows["series"].unique())
    streams = {
        meter: _datastream(table, meter if len(meters) > 1 else "", unit, reading.step_s)
        for meter in meters
    }
    simulated = next(iter(streams.values())).simulated
    quality = pd.Series(int(Quality.SIMULATED) if simulated else 0, index=rows.index)
    if "filled" in rows:
        quality |= rows["filled"] * int(Quality.FILLED)
    frame = observations(
        rows["series"].map({meter: s.id for meter, s in streams.items()}),
        pd.DatetimeIndex(rows["time"]),
        rows["value"].to_numpy() * factor,
        quality.to_numpy(),
        pd.Timestamp(delivery.received_at),
    )
    return Batch(frame, list(streams.values()), problems)


def _medium(table: Table, unit: str) -> str:
    words = " ".join([table.name, *table.header]).lower()
    if unit == "m³" or "wasser" in words or "water" in words:
        return "water" if "gas" not in words else "gas"
    if "gas" in words:
        return "gas"
    return "heat" if re.search(r"wärme|waerme|heat", words) else "electricity"


@cache
def _buildings() -> dict[str, dict[str, str]]:
    """Return what is known of buildings elsewhere (``buildings.csv``), by id."""
    text = files("stadtlabor.sources").joinpath("buildings.csv").read_text(encoding="utf-8")
    return {row["id"]: row for row in csv.DictReader(text.splitlines())}


def _datastream(table: Table, meter: str, unit: str, step_s: int) -> Datastream:
    """Describe the series: a school of the city file, else what the file is called."""
    named = NAMED.match(table.name)
    simulated = ".simuliert." in table.name
    thing = named[1] if named else slug(table.name.split(".")[0])
    medium = named[2] if named else _medium(table, unit)
    here = city()
    school = next((s for s in here.schools if s.id == thing), None)
    other = _buildings().get(thing, {})
    if meter:
        thing = f"{thing}-{slug(meter)}"
    label = meter or (school.name if school else other.get("name", thing))
    if simulated:
        source = "Simulierte Stadt, kein echter Zähler"
    elif school:
        source = f"Stadt {here.city.name}"
    else:
        source = other.get("source", f"Datei {table.name}")
    return Datastream(
        id=f"school-energy/{thing}/{medium}",
        name=f"{GERMAN[medium]}, {label}",
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
