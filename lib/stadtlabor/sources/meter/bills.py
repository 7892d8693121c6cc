"""Bills and lists by month or year: a period, an amount, perhaps euros and the heat value of gas."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import Numbers, numbers, tell_odd
from stadtlabor.sources.meter.periods import periods_of
from stadtlabor.sources.meter.reading import Rows
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.meter.special import Sums, compare_sums
from stadtlabor.sources.meter.values import (
    Values,
    find_values,
    media_of,
    meters_of,
    provenance_of,
    units_of,
)
from stadtlabor.sources.meter.words import Columns
from stadtlabor.sources.table import Table

__all__ = ["is_bill", "read_bills"]

TOLERANCE = 0.01
"""Share by which kWh on a bill may differ from m³ × heat value × state number (rounding)."""

LONGEST_DAYS = 400

LARGEST = 1e8
"""No building uses so many kWh or m³ between two bills."""


def is_bill(columns: Columns, form: Form) -> bool:
    """Tell whether the rows are periods of days, months or years."""
    since, until = columns.place("period_from"), columns.place("period_to")
    if since is not None and until is not None and since != until:
        table = columns.table
        found = []
        for place in (since, until):
            try:
                found.append(dates(table.column(place), table.name, form, table.is_number(place))[0])
            except SourceError:  # the question is put when the columns are really read
                return columns.place("date") is None
        lengths = (found[1] - found[0]).dropna()
        return bool(len(lengths)) and bool(lengths.median() > pd.Timedelta(days=2))
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
    values = find_values(_without_double_gas(columns, taken), form, units, taken)
    meters, (provenance, invalid) = meters_of(columns), provenance_of(columns)
    costs = _other(columns, "cost", form)
    frames = []
    for value in values:
        unit, unknown = units_of(columns, form, value.unit, table.header[value.place])
        media = media_of(columns, form, named, value.medium, unit)
        read = _numbers(table, value.place, form)
        amount, unit, origin = _energy(columns, form, value, read, unit, media, provenance)
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
        kept = _once(table, frame[~bad])
        in_file_unit = pd.Series(read.values, index=frame.index)[kept.index]
        compare_sums(table, sums, value.place, in_file_unit, read.decimal)
        frames.append(_overlaps(table, kept, periods.inclusive))
    return Rows(
        pd.concat(frames, ignore_index=True),
        periods.layout,
        0,
        local,
        {"Einheit der Datei": ", ".join(sorted({v.unit for v in values if v.unit}))}
        if any(v.unit for v in values)
        else {},
    )


def _numbers(table: Table, place: int, form: Form) -> Numbers:
    sign = {"Semikolon": ";", "Komma": ","}.get(table.detected.get("Trennzeichen", ""), "")
    beside = [table.column(n) for n in range(len(table.header)) if n != place]
    return numbers(
        table.column(place), table.name, form.decimal, table.is_number(place), sign, beside
    )


def _other(columns: Columns, part: str, form: Form) -> npt.NDArray[np.float64]:
    place = columns.place(part)
    if place is None:
        return np.full(len(columns.table), np.nan)
    read = _numbers(columns.table, place, form)
    for n in np.flatnonzero(read.why != ""):
        columns.table.ledger.doubt(
            columns.table.lines[n],
            f"„{columns.table.rows[n][place]}“ {read.why[n]}",
            column=columns.header(place),
        )
    return read.values


def _without_double_gas(columns: Columns, taken: set[int]) -> Columns:
    """Of kWh and m³ of the same gas, the kWh count; the m³ are compared (see _energy)."""
    from stadtlabor.sources.meter.words import unit_of

    places = {unit_of(h): n for n, h in enumerate(columns.table.header) if n not in taken}
    if "m³" in places and {"kWh", "MWh"} & set(places) and columns.place("calorific") is not None:
        taken.add(places["m³"])
    return columns


def _energy(
    columns: Columns,
    form: Form,
    value: Values,
    read: Numbers,
    unit: pd.Series,
    media: pd.Series,
    provenance: pd.Series,
) -> tuple[npt.NDArray[np.float64], pd.Series, pd.Series]:
    """Turn m³ of gas into kWh where the row states how, and compare where both are there."""
    from stadtlabor.sources.meter.words import unit_of

    table = columns.table
    amount, origin = read.values.copy(), provenance.copy()
    heat = _other(columns, "calorific", form)
    if np.isnan(heat).all():
        return amount, unit, origin
    state = _other(columns, "state_number", form)
    lacking = np.isnan(heat) & ~np.isnan(amount) & (media == "gas").to_numpy(bool)
    for n in np.flatnonzero(lacking & (unit == "m³").to_numpy(bool)):
        table.ledger.doubt(
            table.lines[n],
            "Der Brennwert fehlt in dieser Zeile; der Verbrauch bleibt in m³",
            "Bitte den Brennwert von der Rechnung nachtragen",
        )
    volumes = next((n for n, h in enumerate(table.header) if unit_of(h) == "m³"), None)
    if value.unit == "m³" or volumes is None or volumes == value.place:
        for n in np.flatnonzero((unit == "m³") & (media == "gas") & ~np.isnan(heat)):
            if np.isnan(amount[n]):
                continue
            factor = heat[n] * (1.0 if np.isnan(state[n]) else state[n])
            told = f"{german(amount[n], 0)} m³ × {german(heat[n], 3)} kWh/m³"
            if not np.isnan(state[n]):
                told += f" × {german(state[n], 4)}"
            amount[n] *= factor
            unit.iloc[n], origin.iloc[n] = "kWh", "derived"
            if not 5 < factor < 15:  # DVGW G 260: 8.4 to 13.1 kWh/m³ for natural gas
                table.ledger.doubt(
                    table.lines[n], f"{told}: Der Brennwert ist für Erdgas ungewöhnlich"
                )
            elif np.isnan(state[n]):
                table.ledger.doubt(
                    table.lines[n],
                    f"In kWh umgerechnet ({told}), ohne Zustandszahl",
                    "Bitte die Zustandszahl von der Rechnung nachtragen",
                )
        return amount, unit, origin
    cubic = _numbers(table, volumes, form).values
    expected = cubic * heat * np.where(np.isnan(state), 1.0, state)
    for n in np.flatnonzero(~np.isnan(expected) & ~np.isnan(amount)):
        kwh = amount[n] * (1000 if unit.iloc[n] == "MWh" else 1)
        if abs(kwh - expected[n]) > max(1.0, TOLERANCE * expected[n]):
            table.ledger.doubt(
                table.lines[n],
                f"{german(kwh, 0)} kWh passen nicht zu m³ × Brennwert × Zustandszahl "
                f"({german(expected[n], 0)} kWh)",
                "Bitte mit der Rechnung vergleichen; gezählt sind die kWh der Datei",
            )
    return amount, unit, origin


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
    for n, row in enumerate(frame.itertuples()):
        line, shown = table.lines[n], table.rows[n][value.place].strip()
        what = ""
        if pd.isna(row.start) or pd.isna(row.end):
            what = f"Der Zeitraum „{raw.iloc[n]}“ ist nicht lesbar"
        elif row.end <= row.start:
            what = f"Der Zeitraum „{raw.iloc[n]}“ endet vor seinem Anfang"
        elif row.start > now:
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
    length = (frame["end"] - frame["start"]) / pd.Timedelta(days=1)
    groups = (good / length).groupby([frame["meter"], frame["medium"]])
    count = groups.transform("count")
    high = (count >= 3) & (good / length > groups.transform("median") * np.where(count < 5, 20, 5))
    for n in np.flatnonzero(high & ~bad):
        ledger.doubt(
            table.lines[n],
            f"{table.rows[n][value.place]} ist auffällig hoch für diesen Zeitraum",
            "Bitte prüfen; der Wert zählt mit",
            header,
        )
    return bad


def _once(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    repeat = frame.duplicated(["meter", "medium", "start", "end", "value", "unit"], keep="first")
    for line in frame.loc[repeat, "line"]:
        table.ledger.repair(
            line, "Die Zeile steht mehrfach mit gleichem Wert da; sie zählt einmal", NOTHING_TO_DO
        )
    return frame[~repeat]


def _overlaps(table: Table, frame: pd.DataFrame, inclusive: bool) -> pd.DataFrame:
    """Refuse bills whose periods overlap; a shared day at the border is no overlap."""
    bad: set[int] = set()
    slack = pd.Timedelta(days=1 if inclusive else 0, hours=2)
    for _, one in frame.groupby(["meter", "medium"], sort=False):
        ordered = one.sort_values(["start", "end"])
        index: Sequence[int] = list(ordered.index)
        latest = -1
        for n in range(1, len(index)):
            before = index[n - 1] if latest < 0 else latest
            if frame.at[index[n - 1], "end"] >= frame.at[before, "end"]:
                before = index[n - 1]
            latest = before
            here = index[n]
            if frame.at[before, "end"] - frame.at[here, "start"] > slack:
                bad |= {before, here}
    for n in sorted(bad):
        start, end = (frame.at[n, c].tz_convert("Europe/Berlin") for c in ("start", "end"))
        table.ledger.reject(
            int(frame.at[n, "line"]),
            f"Der Zeitraum {start:%d.%m.%Y} bis {end:%d.%m.%Y} überschneidet sich mit einem anderen",
            "Bitte entscheiden, welche Rechnung gilt, und die andere löschen",
        )
    return frame.drop(index=sorted(bad))
