"""Hand readings of counters (Zählerstände), monthly or whenever somebody went to the cellar."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.chain import Reading, differences
from stadtlabor.sources.meter.counter_marks import (
    estimate_marks,
    swap_marks,
    tell_order,
    tell_zeros,
)
from stadtlabor.sources.meter.dates import dates, stated_zone
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import tell_odd
from stadtlabor.sources.meter.reading import Rows
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.meter.values import (
    media_of,
    meters_of,
    numbers_of,
    optional,
    provenance_of,
    units_of,
)
from stadtlabor.sources.meter.words import Columns, medium_of, plain, unit_of
from stadtlabor.sources.table import Table

__all__ = ["counter_columns", "read_counter"]

NAMES = ["line", "meter", "medium", "start", "end", "value", "unit", "provenance"]


def counter_columns(columns: Columns, form: Form) -> list[int]:
    """Return the columns with states of counters."""
    if form.content == "consumption":
        return []
    found = columns.starting("reading")
    if form.content == "counter" and not found:
        found = columns.starting("value") or [
            n for n, h in enumerate(columns.table.header) if unit_of(h)
        ]
    taken = {
        n
        for part in ("reading_old", "reading_new", "removed", "installed")
        for n in columns.places(part)
    }
    return [n for n in found if n not in taken]


def read_counter(table: Table, units: list[str], form: Form, local: str, named: str | None) -> Rows:
    """Read states of counters and turn them into consumption between two readings.

    Parameters
    ----------
    table
        The file without special rows.
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
        In German, if no date is found, only one reading is there or a question is open.
    """
    columns = Columns(table)
    place = columns.place("date")
    if place is None:
        place = next((n for n, h in enumerate(table.header) if "datum" in h.lower()), None)
    if place is None:
        raise SourceError(
            f"{table.name}: Keine Spalte mit dem Tag der Ablesung gefunden "
            f"({', '.join(table.header[:8])}). Bitte die Spalte „Datum“ nennen."
        )
    raw_time = table.column(place)
    clock = columns.column("clock")
    if clock is not None:
        raw_time = raw_time.str.cat(clock, sep=" ").str.strip()
    stamps, family = dates(raw_time, table.name, form, table.is_number(place))
    zone = form.timezone or stated_zone([*table.preamble, *table.header], local) or local
    if family == "offset":
        at = stamps
    else:
        wall = pd.DatetimeIndex(stamps).tz_localize(
            zone, nonexistent="shift_forward", ambiguous=True
        )
        at = pd.Series(wall.tz_convert("UTC"), index=stamps.index)
    places = counter_columns(columns, form)
    labels = [_label(table.header[n]) for n in places]
    if len(set(labels)) < len(labels):
        raise SourceError(
            f"{table.name}, Zeile {table.header_line}: Die Spalte „{table.header[places[0]]}“ gibt "
            "es mehrfach. Bitte alle bis auf eine löschen oder umbenennen."
        )
    meters = meters_of(columns)
    # A file may list one meter after the other.
    disorders = [tell_order(table, at[meters == one]) for one in meters.unique()]
    disordered = any(disorders)
    frames = [
        _one(columns, n, units, form, named, at, raw_time, len(places) > 1, disordered)
        for n in places
    ]
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=NAMES)
    if frame.empty and not table.ledger.rejected:
        raise SourceError(
            f"{table.name}, Zeile {table.lines[0]}: Aus einer einzelnen Ablesung ergibt sich noch "
            "kein Verbrauch. Bitte eine zweite eintragen."
        )
    return Rows(
        frame,
        "Zählerstände, von Hand abgelesen",
        0,
        zone,
        {"Einheit der Datei": ", ".join(sorted(frame["unit"].unique()))},
    )


def _one(
    columns: Columns,
    place: int,
    row_of_units: list[str],
    form: Form,
    named: str | None,
    at: pd.Series,
    raw_time: pd.Series,
    several: bool,
    disordered: bool,
) -> pd.DataFrame:
    """Return the consumption of one column of states."""
    table, ledger = columns.table, columns.table.ledger
    header = table.header[place]
    own = unit_of(header)
    if own is None and place < len(row_of_units):
        own = unit_of(row_of_units[place])
    unit, unknown = units_of(columns, form, own, header)
    own_medium = medium_of(header)
    media = media_of(columns, form, None if own_medium else named, own_medium, unit)
    meters = meters_of(columns)
    if several and not meters.any():
        meters = pd.Series(_label(header), index=meters.index, dtype="str")
    state = numbers_of(table, place, form)
    removed, installed = (optional(columns, part, form) for part in ("removed", "installed"))
    swapped = swap_marks(columns)
    provenance, invalid = provenance_of(columns)
    estimated = (provenance == "estimated").to_numpy(bool) | estimate_marks(columns)
    now = pd.Timestamp.now("UTC")
    groups: dict[tuple[str, str, str], list[Reading]] = {}
    raw = table.column(place)
    for n, line in enumerate(table.lines):
        value = state.values[n]
        old, new = removed[n], installed[n]
        if pd.isna(at.iloc[n]):
            ledger.reject(line, f"„{raw_time.iloc[n]}“ ist kein gültiges Datum", column="Datum")
        elif at.iloc[n] > now:
            ledger.reject(line, f"„{raw_time.iloc[n]}“ liegt in der Zukunft", column="Datum")
        elif unknown[n]:
            ledger.reject(line, "Die Zeile nennt eine unbekannte Einheit", column=header)
        elif invalid[n]:
            ledger.reject(line, "Die Ablesung ist laut Status ungültig", column=header)
        elif np.isnan(value) and (raw.iloc[n] != "" or np.isnan(new) or np.isnan(old)):
            why = f"„{raw.iloc[n]}“ {state.why[n]}" if raw.iloc[n] else "Der Zählerstand fehlt"
            ledger.reject(line, why, column=header)
        elif value < 0 or old < 0 or new < 0:
            ledger.reject(line, "Ein Zählerstand ist nie negativ", column=header)
        elif np.isnan(old) != np.isnan(new):
            ledger.reject(
                line, "Beim Zählerwechsel fehlt Ausbaustand oder Einbaustand", column=header
            )
        else:
            before = after = value
            if not np.isnan(old):
                after = new if np.isnan(value) or value in (old, new) else value
                before = old + (after - new)
                if after < new:
                    ledger.reject(line, "Der Stand liegt unter dem Einbaustand", column=header)
                    continue
            key = (meters.iloc[n], media.iloc[n], unit.iloc[n])
            shown = raw.iloc[n] or german(old, 0)
            swap = bool(swapped[n]) and np.isnan(old)
            groups.setdefault(key, []).append(
                Reading(line, at.iloc[n], before, after, bool(estimated[n]), swap, shown)
            )
    used = np.isin(table.lines, [r.line for some in groups.values() for r in some])
    tell_odd(state, used, table.lines, raw, ledger, header, register=True)
    factor = optional(columns, "factor", form)
    by_line = dict(zip(table.lines, factor, strict=True))
    rows: list[list[object]] = []
    for (meter, medium, one_unit), readings in groups.items():
        ordered = _once(sorted(readings, key=lambda r: r.at), columns, header)
        tell_zeros(table, [r.line for r in ordered], [r.after for r in ordered], header)
        if len(ordered) == 1:
            ledger.reject(
                ordered[0].line,
                "Aus einer einzelnen Ablesung ergibt sich noch kein Verbrauch",
                "Bitte eine zweite eintragen",
                header,
            )
        for first, last, change in differences(
            ordered, ledger, form.counter, meter, header, disordered
        ):
            times = by_line[last.line]
            provenance_word = "estimated" if first.estimated or last.estimated else "measured"
            rows.append(
                [last.line, meter, medium, first.at, last.at,
                 change * (1 if np.isnan(times) else times), one_unit, provenance_word]
            )  # fmt: skip
    frame = pd.DataFrame(rows, columns=NAMES)
    _compare_stated(columns, frame, form)
    return frame


def _label(header: str) -> str:
    """Return a column's name without unit and without "Zählerstand", which all of them bear."""
    text = re.sub(r"[\[(][^\])]*[\])]", "", header).strip()
    return re.sub(r"^(?:Zählerstand|Stand)\s+", "", text) or text


def _once(readings: list[Reading], columns: Columns, column: str) -> list[Reading]:
    """Count readings of one moment once; refuse those that contradict each other."""
    ledger = columns.table.ledger
    by_time: dict[pd.Timestamp, list[Reading]] = {}
    for reading in readings:
        by_time.setdefault(reading.at, []).append(reading)
    kept: list[Reading] = []
    for same in by_time.values():
        if len({(r.before, r.after) for r in same}) == 1:
            kept.append(same[0])
            for other in same[1:]:
                ledger.repair(other.line, "Die Ablesung steht mehrfach da; sie zählt einmal")
            continue
        for reading in same:
            ledger.reject(
                reading.line,
                f"Zum selben Zeitpunkt stehen verschiedene Zählerstände da, einer davon "
                f"{reading.shown}",
                "Bitte entscheiden, welcher gilt, und die anderen löschen",
                column,
            )
    return kept


def _compare_stated(columns: Columns, frame: pd.DataFrame, form: Form) -> None:
    """Tell rows whose own consumption is not the difference of the states."""
    table = columns.table
    place = next((n for n, h in enumerate(table.header) if plain(h) == "verbrauch"), None)
    if place is None or frame.empty:
        return
    stated = dict(zip(table.lines, numbers_of(table, place, form).values, strict=True))
    rows: Any = frame.itertuples()
    for row in rows:
        said = stated[row.line]
        if not np.isnan(said) and abs(said - row.value) > max(1.0, 0.001 * row.value):
            table.ledger.doubt(
                row.line,
                f"Der Verbrauch der Zeile ist {german(said)}, der Unterschied der Zählerstände "
                f"{german(row.value)}",
                "Bitte prüfen; gezählt ist der Unterschied der Zählerstände",
                table.header[place],
            )
