"""Bills and lists by month or year: a period, an amount, perhaps euros and a heat value of gas."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.gas import energy, leave_out_volumes
from stadtlabor.sources.meter.numbers import Numbers, tell_odd
from stadtlabor.sources.meter.overlaps import once, without_overlaps
from stadtlabor.sources.meter.periods import periods_of
from stadtlabor.sources.meter.reading import Rows
from stadtlabor.sources.meter.special import Sums, compare_sums
from stadtlabor.sources.meter.values import (
    Values,
    find_values,
    media_of,
    meters_of,
    numbers_of,
    optional,
    provenance_of,
    units_of,
)
from stadtlabor.sources.meter.words import Columns
from stadtlabor.sources.table import Table

__all__ = ["is_bill", "read_bills"]

YEAR_DAYS = 300
LONGEST_DAYS = 400

LARGEST = 1e8
"""No building uses so many kWh or m³ between two bills."""


def is_bill(columns: Columns, form: Form) -> bool:
    """Tell whether the rows are periods of days, months or years."""
    since, until = columns.place("period_from"), columns.place("period_to")
    if since is not None and until is not None and since != until:
        table = columns.table
        found: list[Any] = []
        for place in (since, until):
            try:
                found.append(
                    dates(table.column(place), table.name, form, table.is_number(place))[0]
                )
            except SourceError:  # the question is put when the columns are really read
                return columns.place("date") is None
        lengths = (found[1] - found[0]).dropna()
        return bool(len(lengths)) and bool(lengths.abs().median() > pd.Timedelta(days=2))
    return columns.place("date") is None and (
        columns.place("month") is not None or columns.place("year") is not None
    )


def read_bills(
    table: Table, sums: Sums, units: list[str], form: Form, local: str, named: str | None
) -> Rows:
    """Read rows with a period and an amount.

    Gas in m³ becomes kWh only where the row states the heat value (Brennwert); the state number
    (Zustandszahl) counts where it is stated: kWh = m³ × Brennwert × Zustandszahl (DVGW G 685).

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
        In German, if period or amount are not found or a question is open.
    """
    columns = Columns(table)
    periods = periods_of(columns, form, local)
    taken = periods.places | {
        n
        for part in ("meter", "place", "unit", "state", "remark", "medium", "factor", "calorific",
                     "state_number", "cost", "reading_old", "reading_new")
        for n in columns.places(part)
    }  # fmt: skip
    values = find_values(leave_out_volumes(columns, taken), form, units, taken)
    meters, (provenance, invalid) = meters_of(columns), provenance_of(columns)
    costs = optional(columns, "cost", form)
    frames = []
    for value in values:
        unit, unknown = units_of(columns, form, value.unit, table.header[value.place])
        media = media_of(columns, form, named, value.medium, unit)
        read = numbers_of(table, value.place, form)
        amount, unit, origin = energy(columns, form, value, read, unit, media, provenance)
        frame = pd.DataFrame(
            {
                "line": table.lines,
                "meter": meters,
                "medium": media,
                "start": periods.start,
                "end": periods.end,
                "value": amount,
                "unit": unit.fillna("").astype("str"),
                "provenance": origin,
                "cost_eur": costs if value is values[0] else np.nan,
            }
        )
        bad = _refuse(table, value, read, frame, periods.raw, unknown, invalid)
        raw = table.column(value.place)
        tell_odd(read, ~bad, table.lines, raw, table.ledger, table.header[value.place])
        kept = once(table, frame[~bad])
        if len(kept) == 1:
            table.ledger.doubt(
                int(kept["line"].iloc[0]),
                "Es gibt nur eine brauchbare Zeile, kein anderer Wert prüft sie",
                "Bitte mit der Rechnung vergleichen",
            )
        in_file_unit = pd.Series(read.values, index=frame.index)[kept.index]
        compare_sums(table, sums, value.place, in_file_unit, read.decimal)
        frames.append(without_overlaps(table, kept, periods.inclusive, local))
    return Rows(
        pd.concat(frames, ignore_index=True),
        periods.layout,
        0,
        local,
        {"Einheit der Datei": ", ".join(sorted({v.unit for v in values if v.unit}))}
        if any(v.unit for v in values)
        else {},
    )


def _refuse(
    table: Table,
    value: Values,
    read: Numbers,
    frame: pd.DataFrame,
    raw: pd.Series,
    unknown: npt.NDArray[np.bool_],
    invalid: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    header, ledger = table.header[value.place], table.ledger
    bad = np.zeros(len(frame), dtype=bool)
    now = pd.Timestamp.now("UTC")
    rows: Any = frame.itertuples()
    for n, row in enumerate(rows):
        line, shown = table.lines[n], table.rows[n][value.place].strip()
        what = ""
        if pd.isna(row.start) or pd.isna(row.end):
            what = f"Der Zeitraum „{raw.iloc[n]}“ ist nicht lesbar"
        elif row.end <= row.start:
            what = f"Der Zeitraum „{raw.iloc[n]}“ endet vor seinem Anfang"
        elif row.start > now or row.end > now + pd.Timedelta(days=366):
            what = f"Der Zeitraum „{raw.iloc[n]}“ liegt in der Zukunft"
        elif shown == "":
            what = "Der Wert fehlt"
        elif read.why[n]:
            what = f"„{shown}“ {read.why[n]}"
        elif read.values[n] < 0:
            what = f"Der Wert {shown} ist negativ"
        elif read.values[n] > LARGEST:
            what = f"Der Wert {shown} ist für ein Gebäude nicht möglich"
        elif unknown[n]:
            what = "Die Zeile nennt eine unbekannte Einheit"
        elif invalid[n]:
            what = "Der Wert ist laut Status ungültig"
        if what:
            bad[n] = True
            ledger.reject(line, what, column=header)
        elif row.end - row.start > pd.Timedelta(days=LONGEST_DAYS):
            days = (row.end - row.start).days
            ledger.doubt(line, f"Der Zeitraum ist {days} Tage lang", column=header)
    good = frame["value"].where(~bad)
    ends: Any = frame["end"]
    length: Any = (ends - frame["start"]) / pd.Timedelta(days=1)
    groups: Any = (good / length).groupby([frame["meter"], frame["medium"]])
    count = groups.transform("count")
    usual = groups.transform("median")
    high = (count >= 3) & (good / length > usual * np.where(count < 5, 20, 5))
    # A summer month may be a fiftieth of the usual; a year is not.
    low = (count >= 3) & (length > YEAR_DAYS) & (good / length < usual / 50)
    for n in np.flatnonzero((high | low) & ~bad).tolist():
        ledger.doubt(
            table.lines[n],
            f"{table.rows[n][value.place]} ist auffällig {'hoch' if high.iloc[n] else 'niedrig'} "
            "für diesen Zeitraum",
            "Bitte prüfen; der Wert zählt mit",
            header,
        )
    return bad
