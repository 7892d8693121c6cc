"""Read tables (CSV, plain or gzipped, XLSX) with pedestrian counts."""

from __future__ import annotations

import re

import pandas as pd

from stadtlabor.observations import Problem
from stadtlabor.sources.footfall.dialect import columns_of, is_column, recognise
from stadtlabor.sources.footfall.rows import COUNTS, Raw
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.table import Table, read_table

__all__ = ["persons_only", "table_rows"]

FIELDS = ("counter", "counter_id", "area", *COUNTS, "weather", "temperature_c", "unverified")


def table_rows(body: bytes, name: str, timezone: str | None = None) -> Raw:
    """Read a table into rows of text.

    Raises
    ------
    SourceError
        In German, if the file or its columns cannot be understood.
    """
    table = read_table(body, name, known=is_column)
    if not columns_of(table.header):  # a header of other names: let it be told as it stands
        table = read_table(body, name)
    dialect, places = recognise(table)
    columns = {field: table.column(places[field]) for field in FIELDS if field in places}
    rows = pd.DataFrame({"line": table.lines, **columns})
    if "hour" in dialect.needs:
        rows["time"], rows["hour"] = table.column(places["date"]), table.column(places["hour"])
    else:
        rows["time"] = table.column(places["time"])
    raw = Raw(
        table.name,
        dialect.title,
        timezone or _zone(table, places) or dialect.timezone,
        rows,
        value_field="Personen ein und aus",
        day_first=dialect.day_first,
        repeats=dialect.repeats,
        refused=list(table.ledger.rejected),
        notes=[*table.ledger.repaired, *table.ledger.doubtful],
    )
    if dialect.id == "in-out":
        rows["incoming"] = table.column(places["person_in"])
        rows["outgoing"] = table.column(places["person_out"])
    elif dialect.id == "in-out-long":
        rows["class"], rows["value"] = table.column(places["class"]), table.column(places["value"])
        raw.table, notes = persons_only(rows, table.name)
        raw.notes += notes
    else:
        place = places.get("pedestrians", places.get("count", -1))
        raw.value_field = table.header[place]
        rows["pedestrians"] = table.column(place)
    if "counter" not in raw.table and "counter_id" not in raw.table:
        raw.table["counter"] = _title(table)
    return raw


def persons_only(rows: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Put the two rows of a time (persons in, persons out) side by side; leave vehicles out.

    Parameters
    ----------
    rows
        Columns ``line``, ``time``, ``class`` (``person.in``, ``bicycle.out``, …), ``value`` and,
        as far as given, those that name the counter.

    Raises
    ------
    SourceError
        If no row counts persons.
    """
    fields = rows["class"].map({c: _side(c) for c in rows["class"].unique()})
    keys = [c for c in ("counter", "counter_id", "area", "time") if c in rows]
    parts = {}
    for side in ("incoming", "outgoing"):
        chosen = rows[(fields == side).to_numpy()]
        nth = chosen.groupby(keys).cumcount()
        parts[side] = chosen.assign(nth=nth).set_index([*keys, "nth"])
    if parts["incoming"].empty and parts["outgoing"].empty:
        raise SourceError(
            f"{file}: Keine Zeile zählt Personen. Gefunden: "
            f"{', '.join(sorted(rows['class'].unique())[:8])}. Bitte die richtige Datei wählen."
        )
    wide = pd.DataFrame(
        {
            "incoming": parts["incoming"]["value"],
            "outgoing": parts["outgoing"]["value"],
            "line": parts["incoming"]["line"].combine_first(parts["outgoing"]["line"]),
        }
    ).reset_index()
    wide[["incoming", "outgoing"]] = wide[["incoming", "outgoing"]].fillna("")
    wide["line"] = wide["line"].astype("int64")
    wide = wide.drop(columns="nth").sort_values("line").reset_index(drop=True)
    others = sorted({c for c in rows["class"].unique() if not _side(c)})
    if not others:
        return wide, []
    left = int(rows["class"].isin(others).sum())
    what = f"{left} Zeilen zählen keine Personen ({', '.join(others)}) und bleiben draußen"
    return wide, [Problem(file, what, "Keine Änderung nötig")]


def _side(name: str) -> str:
    found = columns_of([name])
    return {"person_in": "incoming", "person_out": "outgoing"}.get(next(iter(found), ""), "")


def _zone(table: Table, places: dict[str, int]) -> str:
    """Return UTC where the name of the column says so."""
    named = "time" in places and "utc" in table.header[places["time"]].lower()
    return "UTC" if named else ""


def _title(table: Table) -> str:
    return re.sub(r"\.(csv|xlsx|txt|gz)\b", "", table.name, flags=re.IGNORECASE)
