"""Bring the rows of every dialect into one frame; refuse and tell what cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from stadtlabor.observations import Problem
from stadtlabor.sources.footfall.report import Report
from stadtlabor.sources.footfall.values import (
    decimal_numbers,
    interval_minutes,
    snap,
    utc_times,
    whole_numbers,
)
from stadtlabor.sources.rows import check

__all__ = ["COUNTS", "Raw", "frame_of"]

COUNTS = ("incoming", "outgoing", "adults", "children")


@dataclass
class Raw:
    """Rows as text, before anything is judged.

    Attributes
    ----------
    file, dialect, timezone
        Name of the file, German name of its dialect, zone of times without offset.
    table
        Columns ``line``, ``time``, ``pedestrians`` and, as far as given, ``counter``,
        ``counter_id``, ``area``, ``hour`` (with a date in ``time``), :data:`COUNTS`, ``weather``,
        ``temperature_c``, ``unverified``; all text but ``line``. Without ``pedestrians``, they
        are the sum of ``incoming`` and ``outgoing``.
    unit
        What a row is called in messages: ``Zeile`` or ``Messung``.
    value_field
        Name of the count's column for messages.
    day_first, repeats
        As in :class:`~stadtlabor.sources.footfall.dialect.Dialect`.
    minutes
        Length of the interval where the file says so, else None.
    refused
        Problems of rows that never came this far.
    notes
        Remarks on the whole file.
    """

    file: str
    dialect: str
    timezone: str
    table: pd.DataFrame
    unit: str = "Zeile"
    value_field: str = "Passanten"
    day_first: bool = False
    repeats: bool = False
    minutes: pd.Series | None = None
    refused: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def frame_of(raw: Raw) -> pd.DataFrame:
    """Return the frame described at :func:`stadtlabor.sources.footfall.read`."""
    given = raw.table.reset_index(drop=True)
    for name in ("counter", "counter_id", "area"):
        if name not in given:
            given[name] = ""
    series = given["counter"] + "\t" + given["area"] + "\t" + given["counter_id"]
    rows = pd.DataFrame({"line": given["line"], "series": series})
    hour = given.get("hour")
    rows["raw_time"] = given["time"] if hour is None else given["time"] + " " + hour + " Uhr"
    rows["time"], rows["remark"] = utc_times(
        given["time"], series, raw.timezone, raw.day_first, hour, raw.repeats
    )
    numbers = {name: whole_numbers(given[name]) for name in COUNTS if name in given}
    if "pedestrians" in given:
        rows["raw_value"] = given["pedestrians"]
        rows["value"] = whole_numbers(given["pedestrians"])
    else:
        rows["raw_value"] = (given["incoming"] + " + " + given["outgoing"]).replace(" + ", "")
        # A negative direction must not hide in the sum.
        both = numbers["incoming"].where(numbers["incoming"] >= 0) + numbers["outgoing"].where(
            numbers["outgoing"] >= 0
        )
        rows["value"] = both
    minutes = interval_minutes(rows["time"], series) if raw.minutes is None else raw.minutes
    rows["time"], moved = snap(rows["time"], minutes)
    problems = list(raw.notes)
    if (moved > 0).any():
        problems.append(
            Problem(
                raw.file,
                f"{int((moved > 0).sum())} Zeiten lagen bis zu {moved.max():.0f} s neben dem "
                "Raster und zählen zum nächsten Rasterpunkt",
                "Keine Änderung nötig",
            )
        )
    kept, refused = check(rows, raw.file, raw.value_field)
    if raw.unit != "Zeile":
        refused = [
            Problem(p.where.replace(", Zeile ", f", {raw.unit} "), p.what, p.remedy)
            for p in refused
        ]
    names = _names(given)
    frame = pd.DataFrame(
        {
            "counter": names[kept.index].astype("str"),
            "start": kept["time"].dt.as_unit("us"),
            "pedestrians": kept["value"].astype("float64"),
            "interval_minutes": minutes[kept.index],
        }
    )
    for name, values in numbers.items():
        if values.notna().any():
            frame[name] = values[kept.index]
    if "temperature_c" in given and (given["temperature_c"] != "").any():
        frame["temperature_c"] = decimal_numbers(given["temperature_c"])[kept.index]
    if "weather" in given and (given["weather"] != "").any():
        frame["weather"] = given["weather"][kept.index].astype("str").replace("", None)
    if "unverified" in given:
        frame["preliminary"] = (decimal_numbers(given["unverified"]) > 0)[kept.index]
    for name in ("counter_id", "area"):
        if (given[name] != "").any():
            frame[name] = given[name][kept.index].astype("str")
    problems += _unbalanced(frame, raw)
    frame = frame.sort_values(["counter", "start"], kind="stable").reset_index(drop=True)
    frame.attrs["report"] = Report(
        raw.file,
        raw.dialect,
        raw.timezone,
        len(given) + len(raw.refused),
        len(frame),
        (*raw.refused, *refused, *problems),
    )
    return frame


def _names(given: pd.DataFrame) -> pd.Series:
    """Return one name per counter; equal names of two towns or numbers get these in front."""
    names = given["counter"].where(given["counter"] != "", given["counter_id"])
    for further in ("area", "counter_id"):
        double = given.groupby(names)[further].transform("nunique") > 1
        names = names.where(~double, given[further] + " " + names)
    return names


def _unbalanced(frame: pd.DataFrame, raw: Raw) -> list[Problem]:
    """Tell where the parts do not add up to the total, which stays as it is."""
    said = []
    for first, second, german in (
        ("incoming", "outgoing", "Richtungen"),
        ("adults", "children", "Erwachsene und Kinder"),
    ):
        if {first, second} <= set(frame.columns):
            parts = frame[first] + frame[second]
            differs = int((parts.notna() & (parts != frame["pedestrians"])).sum())
            if differs:
                what = f"In {differs} Zeilen ergeben {german} zusammen nicht die Gesamtzahl"
                said.append(Problem(raw.file, f"{what}; die Gesamtzahl gilt", "Bitte prüfen"))
    return said
