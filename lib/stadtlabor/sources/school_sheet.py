"""Sheets that schools keep by hand: weekly waste by fraction, travel counts by mode.

A file is named ``<school-id>.waste.<anything>.csv`` or ``<school-id>.travel.<anything>.csv``
(XLSX too); ``.simuliert.`` marks invented values. The first column is the date (for waste the
Monday of the week), every other column that ``school_sheet.toml`` knows is a series::

    Woche;Restmüll [kg];Papier [kg];Biomüll [kg]
    02.11.2026;41,5;22,0;13,5
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Problem, Quality, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import stated_form
from stadtlabor.sources.meter.numbers import numbers
from stadtlabor.sources.names import slug
from stadtlabor.sources.rows import check
from stadtlabor.sources.table import Table, read_table

__all__ = ["sheets", "travel", "waste"]


@cache
def sheets() -> dict[str, dict[str, Any]]:
    """Return the columns of each sheet (``school_sheet.toml``)."""
    text = files("stadtlabor.sources").joinpath("school_sheet.toml").read_text("utf-8")
    return tomllib.loads(text)


def waste(delivery: Delivery) -> Batch:
    """Read weekly waste in kg per fraction.

    Raises
    ------
    SourceError
        In German, if no date or no known column is found.
    """
    return _parse(delivery, sheets()["waste"])


def travel(delivery: Delivery) -> Batch:
    """Read the number of pupils per way of travelling, per day of survey.

    Raises
    ------
    SourceError
        In German, if no date or no known column is found.
    """
    return _parse(delivery, sheets()["travel"])


def _parse(delivery: Delivery, sheet: dict[str, Any]) -> Batch:
    table = read_table(delivery.body, delivery.name)
    local = city().city.timezone
    plain = [h.split("[")[0].split("(")[0].strip().lower() for h in table.header]
    day = next((n for n, h in enumerate(plain) if h in sheet["date"]), None)
    places = {
        what: n
        for what, names in sheet["columns"].items()
        for n, h in enumerate(plain)
        if h in names
    }
    if day is None or not places:
        names = ", ".join(f"„{n}“" for n in sheet["names"].values())
        raise SourceError(
            f"{table.name}: Datum oder Wertspalten fehlen. Bitte die erste Spalte "
            f"„{sheet['date'][0].capitalize()}“ nennen, die anderen zum Beispiel {names}."
        )
    raw = table.column(day)
    stamps, _ = dates(raw, table.name, stated_form(table.name, local))
    times = stamps.dt.tz_localize(local, nonexistent="shift_forward").dt.tz_convert("UTC")
    frames: list[pd.DataFrame] = []
    streams: list[Datastream] = []
    problems: list[Problem] = list(table.ledger.all)
    for what, place in places.items():
        cells = table.column(place)
        rows = pd.DataFrame(
            {
                "line": table.lines,
                "series": what,
                "time": times,
                "raw_time": raw,
                "raw_value": cells,
                "remark": "",
                "value": numbers(cells, table.name).values,
            }
        )
        kept, told = check(rows, table.name, table.header[place])
        problems += told
        if kept.empty:
            continue
        stream = _datastream(table, sheet, what)
        streams.append(stream)
        frames.append(
            observations(
                stream.id,
                pd.DatetimeIndex(kept["time"]),
                kept["value"].to_numpy(),
                int(Quality.SIMULATED if stream.simulated else Quality.MEASURED),
                pd.Timestamp(delivery.received_at),
            )
        )
    if not frames:
        raise SourceError(f"{table.name}: Keine Zeile ist brauchbar. {problems[0]}")
    return Batch(pd.concat(frames, ignore_index=True), streams, problems)


def _datastream(table: Table, sheet: dict[str, Any], what: str) -> Datastream:
    here = city()
    thing = slug(table.name.split(".")[0])
    school = next((s for s in here.schools if s.id == thing), None)
    simulated = ".simuliert." in table.name
    label = school.name if school else thing
    return Datastream(
        id=f"{sheet['dataset']}/{thing}/{what}",
        name=f"{sheet['names'][what]}, {label}",
        observed_property=sheet["property"],
        unit=sheet["unit"],
        interval_s=sheet["interval_s"],
        source="Simulierte Stadt, keine echte Erhebung" if simulated else label,
        licence="dl-de/by-2-0" if school else "Lizenz nicht angegeben",
        simulated=simulated,
        thing_name=label,
        area=here.city.short_name if school else "",
        lat=school.lat if school else None,
        lon=school.lon if school else None,
    )
