"""Waste: weighed in kg, or bins by number, litres and how full they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.words import plain, unit_of
from stadtlabor.sources.school.listing import (
    Listing,
    ListTotal,
    Sheet,
    known_as,
    open_sheet,
    words,
)

__all__ = ["waste"]

FULLEST = 1.3
"""A bin is at most this full: pressed down and heaped."""


def waste(source: str | Path | bytes, form: Form | None = None, name: str = "") -> Listing:
    """Read a list of waste.

    One row per weighing or emptying (date, fraction, kg; or number, litres, fill level in %), or
    one column of kg per fraction.

    Parameters
    ----------
    source
        Path or bytes.
    form
        What is stated; default: what the name states.
    name
        File name, for bytes.

    Returns
    -------
    Listing
        ``data`` has the columns ``date`` (day, no zone), ``fraction`` (residual, paper, organic,
        packaging, glass, electronics, bulky), ``mass_kg`` (NaN where not weighed), ``volume_l``
        (number × litres × fill level, NaN where not told), ``line``. Volumes are not turned into
        kg: that needs a bulk density, which is not in the file.

    Raises
    ------
    SourceError
        In German.
    """
    sheet = open_sheet(source, "waste", name, form)
    day = sheet.need("date", "den Tag", "Datum")
    stamps, _ = dates(sheet.text(day), sheet.table.name, sheet.form, sheet.table.is_number(day))
    fraction = sheet.place("fraction")
    data = _wide(sheet, stamps, day) if fraction is None else _long(sheet, stamps, fraction, day)
    sheet.tell_doubles(data)
    totals = []
    for key, one in data.groupby("fraction", sort=False):
        label = words()["fraction_names"][str(key)]
        for column, unit in (("mass_kg", "kg"), ("volume_l", "l")):
            if one[column].notna().any():
                count = int(one[column].notna().sum())
                totals.append(ListTotal(str(label), float(one[column].sum()), unit, count))
    mass = sheet.place("mass") if fraction is not None else None
    # A sum stated in tonnes or over several columns is not comparable.
    checked = [(mass, "mass_kg")] if mass is not None and _factor(sheet, mass) == 1 else []
    layout = (
        "Abfall, eine Zeile je Wägung" if fraction is not None else "Abfall, eine Spalte je Sorte"
    )
    return sheet.finish(data, layout, totals, checked)


def _factor(sheet: Sheet, place: int) -> float:
    header = sheet.table.header[place]
    unit = unit_of(header) or ("g" if header.strip().endswith(("[g]", "(g)", " g")) else "kg")
    return {"t": 1000.0, "g": 0.001}.get(unit, 1.0)


def _frame(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["date", "fraction", "mass_kg", "volume_l", "line"])
    return frame.astype(
        {"date": "datetime64[us]", "fraction": "str", "mass_kg": "float64", "volume_l": "float64",
         "line": "int64"}
    )  # fmt: skip


def _bad_day(sheet: Sheet, stamps: pd.Series, n: int, day: int) -> bool:
    stamp = stamps.iloc[n]
    if pd.isna(stamp):
        sheet.reject(n, f"„{sheet.table.rows[n][day].strip()}“ ist kein gültiges Datum", day)
        return True
    if stamp > pd.Timestamp.now() + pd.Timedelta(days=1):
        sheet.reject(n, f"„{sheet.table.rows[n][day].strip()}“ liegt in der Zukunft", day)
        return True
    return False


def _wide(sheet: Sheet, stamps: pd.Series, day: int) -> pd.DataFrame:
    table = sheet.table
    places = {n: known_as("fractions", plain(h)) for n, h in enumerate(table.header) if n != day}
    found = {n: key for n, key in places.items() if key}
    if not found or len(set(found.values())) < len(found):
        raise SourceError(
            f"{table.name}, Zeile {table.header_line}: Keine eindeutigen Spalten mit Abfallarten "
            "gefunden. Bitte Spalten „Restmüll [kg]“, „Papier [kg]“ … oder „Fraktion“ anlegen."
        )
    rows: list[tuple[object, ...]] = []
    read = {n: sheet.numbers(n) for n in found}
    for n, line in enumerate(table.lines):
        if _bad_day(sheet, stamps, n, day):
            continue
        for place, key in found.items():
            value, raw = read[place].values[n], table.rows[n][place].strip()
            if raw == "":
                continue
            if np.isnan(value) or value < 0:
                why = read[place].why[n] or "ist negativ"
                sheet.reject(n, f"„{raw}“ {why}", place)
                continue
            rows.append((stamps.iloc[n], key, value * _factor(sheet, place), np.nan, line))
    return _frame(rows)


def _long(sheet: Sheet, stamps: pd.Series, fraction: int, day: int) -> pd.DataFrame:
    table = sheet.table
    mass, count, litres, fill = (sheet.place(p) for p in ("mass", "count", "litres", "fill"))
    if mass is None and (count is None or litres is None):
        raise SourceError(
            f"{table.name}, Zeile {table.header_line}: Weder ein Gewicht noch Anzahl und Größe der "
            "Tonnen gefunden. Bitte eine Spalte „kg“ oder „Anzahl“, „Liter“ und „Füllgrad“ anlegen."
        )
    parts = {p: sheet.numbers(p) for p in (mass, count, litres, fill) if p is not None}
    percent = fill is not None and bool(np.nanmax([*parts[fill].values, 0.0]) > FULLEST)
    if fill is not None and ("%" in table.header[fill] or sheet.text(fill).str.contains("%").any()):
        percent = True
    rows: list[tuple[object, ...]] = []
    for n, line in enumerate(table.lines):
        if _bad_day(sheet, stamps, n, day):
            continue
        said = table.rows[n][fraction].strip()
        key = known_as("fractions", said)
        if key is None:
            known = ", ".join(str(v) for v in words()["fraction_names"].values())
            sheet.reject(
                n, f"Die Abfallart „{said}“ ist nicht bekannt (möglich: {known})", fraction
            )
            continue
        bad = next((p for p, r in parts.items() if r.why[n] or r.values[n] < 0), None)
        if bad is not None:
            why = parts[bad].why[n] or "ist negativ"
            sheet.reject(n, f"„{table.rows[n][bad].strip()}“ {why}", bad)
            continue
        weight = parts[mass].values[n] * _factor(sheet, mass) if mass is not None else np.nan
        volume = np.nan
        if count is not None and litres is not None:
            level = 1.0
            if fill is not None:
                level = parts[fill].values[n] / (100 if percent else 1)
                if level > FULLEST:
                    sheet.reject(n, f"Ein Füllgrad von {100 * level:.0f} % ist nicht möglich", fill)
                    continue
            volume = parts[count].values[n] * parts[litres].values[n] * level
        if np.isnan(weight) and np.isnan(volume):
            sheet.reject(n, "Gewicht oder Anzahl, Größe und Füllgrad fehlen")
            continue
        rows.append((stamps.iloc[n], key, weight, volume, line))
    return _frame(rows)
