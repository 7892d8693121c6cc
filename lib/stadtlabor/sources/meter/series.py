"""Meter files with one row per reading at 5, 10, 15, 30 or 60 minutes, or per day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.sources.meter.checks import check
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.moments import DAY_S, times_of
from stadtlabor.sources.meter.numbers import numbers, tell_odd
from stadtlabor.sources.meter.reading import Rows
from stadtlabor.sources.meter.special import Sums, compare_sums
from stadtlabor.sources.meter.values import (
    find_values,
    media_of,
    meters_of,
    provenance_of,
    sign_of,
    units_of,
)
from stadtlabor.sources.meter.words import Columns
from stadtlabor.sources.question import Option, Question
from stadtlabor.sources.table import Table

__all__ = ["read_series"]

LEAST = 12
"""Fewer rising values are a morning, not a counter."""

ZONE_NAMES = {"UTC": "UTC", "Etc/GMT-1": "MEZ ohne Sommerzeit"}


def read_series(
    table: Table, sums: Sums, units: list[str], form: Form, local: str, named: str | None
) -> Rows:
    """Read a file with one row per reading.

    Parameters
    ----------
    table
        The file without special rows.
    sums
        Its rows of sums.
    units
        Its row of units, may be empty.
    form
        What is stated.
    local
        Zone of the city.
    named
        Medium in the file's name.

    Raises
    ------
    SourceError
        In German, if times or values are not found or a question is open.
    """
    columns = Columns(table)
    meters = meters_of(columns)
    times = times_of(columns, meters, form, local)
    places = {
        n for part in ("meter", "place", "unit", "state", "remark", "cost", "factor", "medium")
        for n in columns.places(part)
    }  # fmt: skip
    provenance, invalid = provenance_of(columns)
    frames: list[pd.DataFrame] = []
    decimal = ""
    for value in find_values(columns, form, units, places | times.places):
        header = table.header[value.place]
        unit, unknown = units_of(columns, form, value.unit, header)
        raw = table.column(value.place)
        read = numbers(raw, table.name, form.decimal, table.is_number(value.place), sign_of(table))
        decimal = decimal or read.decimal
        why = read.why
        amounts = read.values.copy()
        amounts[invalid | unknown] = np.nan
        why[unknown] = "hat eine unbekannte Einheit"
        why[invalid] = "ist laut Status ungültig"
        frame = pd.DataFrame(
            {
                "line": table.lines,
                "meter": meters,
                "medium": media_of(columns, form, named, value.medium, unit),
                "start": times.start,
                "end": times.end,
                "value": amounts,
                "unit": unit.fillna("").astype("str"),
                "provenance": provenance,
                "raw_time": times.raw,
                "raw_value": raw,
                "why": why,
                "remark": times.remark,
                "column": header,
            }
        )
        checked = check(frame, table.ledger, pd.Timestamp.now("UTC"))
        kept = checked[~checked["suspect"]]
        _ask_if_states(kept, table.name, header, form)
        tell_odd(read, frame.index.isin(kept.index), table.lines, raw, table.ledger, header)
        compare_sums(table, sums, value.place, kept["value"], read.decimal)
        frames.append(checked)
    label = "Tag" if times.step_s == DAY_S else f"{times.step_s // 60} Minuten"
    return Rows(
        pd.concat(frames, ignore_index=True),
        f"eine Zeile je Wert, alle {label}" if times.step_s != DAY_S else "eine Zeile je Tag",
        times.step_s,
        times.zone if times.zone not in ZONE_NAMES else local,
        {
            "Zeitzone": ZONE_NAMES.get(times.zone, times.zone),
            "Einheit der Datei": ", ".join(sorted({u for f in frames for u in f["unit"].unique()})),
            **({"Dezimalzeichen": "Komma" if decimal == "," else "Punkt"} if decimal else {}),
        },
    )


def _ask_if_states(kept: pd.DataFrame, name: str, header: str, form: Form) -> None:
    """Ask where values only rise: they may be states of a counter.

    Raises
    ------
    Question
        If nobody has said that they are consumption.
    """
    if form.content == "consumption":
        return
    for _, one in kept.groupby("meter", sort=False):
        values = one.sort_values("line")["value"].to_numpy()
        change = np.diff(values)
        if len(values) < LEAST or (change < 0).mean() > 0.15 or (change > 0).mean() < 0.5:
            continue
        usual = np.median(np.abs(change))
        if values[0] > 10 * usual and np.median(values) > 10 * usual:
            raise Question(
                name,
                f"Die Werte der Spalte „{header}“ steigen immerzu: Sind es Zählerstände oder "
                "Verbräuche?",
                [
                    Option("Zählerstände", "inhalt-zaehlerstand", {"content": "counter"}),
                    Option("Verbräuche", "inhalt-verbrauch", {"content": "consumption"}),
                ],
            )
