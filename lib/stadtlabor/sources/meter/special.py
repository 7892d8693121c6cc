"""Rows below the header that are no readings: a row of units, sums, statistics."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from stadtlabor.sources.meter.numbers import numbers
from stadtlabor.sources.meter.report import german
from stadtlabor.sources.meter.words import unit_of
from stadtlabor.sources.table import Table

__all__ = ["Sums", "compare_sums", "take_out"]

SUM = re.compile(
    r"(?:(?:gesamt|jahres|monats|zwischen)?summe|(?:ins)?gesamt|gesamtverbrauch|total|Σ)"
    r"(?:[ :(].*)?",
    re.IGNORECASE,
)
STATISTIC = re.compile(
    r"(?:mittelwert|mittel|durchschnitt|maximum|minimum|max|min)\.?(?:[ :(].*)?", re.IGNORECASE
)
DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4}")

Sums = list[tuple[int, list[str]]]
"""Line and cells of rows with sums."""


def take_out(table: Table, has_units: bool = True) -> tuple[Table, Sums, list[str]]:
    """Take rows out that are no readings.

    Parameters
    ----------
    table
        The file.
    has_units
        False for lists, where a unit in a row belongs to that row.

    Returns
    -------
    tuple
        The table without them, the rows of sums, and the cells of a row of units (may be empty).
    """
    drop: set[int] = set()
    sums: Sums = []
    units: list[str] = []
    for n in [*range(min(3, len(table))), *range(max(3, len(table) - 12), len(table))]:
        row, line = table.rows[n], table.lines[n]
        cells = [c.strip().strip("[]()") for c in row if c.strip()]
        if any(DATE.search(c) for c in cells):
            continue
        if (
            has_units
            and n < 3
            and not units
            and any(unit_of(c) for c in cells)
            and not any(re.fullmatch(r"[+-]?[\d.,]+", c) for c in cells)
        ):
            units = [c.strip() for c in row]
            table.ledger.repair(line, "Diese Zeile nennt die Einheiten; sie zählt nicht als Wert")
            drop.add(n)
        elif any(SUM.fullmatch(c) for c in cells[:3]):
            sums.append((line, row))
            table.ledger.repair(line, "Diese Zeile ist eine Summe; sie zählt nicht als Wert")
            drop.add(n)
        elif any(STATISTIC.fullmatch(c) for c in cells[:3]):
            table.ledger.repair(line, "Diese Zeile ist eine Auswertung; sie zählt nicht als Wert")
            drop.add(n)
    return table.without(drop), sums, units


def compare_sums(
    table: Table, sums: Sums, place: int, values: pd.Series, decimal: str | None
) -> None:
    """Tell where the file's own last sum is not the sum of what was read.

    Parameters
    ----------
    table
        The file.
    sums
        Its rows of sums.
    place
        Column of the values.
    values
        What was kept from that column, in the unit of the file.
    decimal
        Its decimal sign.
    """
    if not sums:
        return
    line, row = sums[-1]
    raw = pd.Series([row[place].strip()], dtype="str")
    stated = float(numbers(raw, table.name, decimal or ",").values[0])
    read = float(values.sum())
    if np.isnan(stated):
        return
    digits = len(raw.iloc[0].rsplit(decimal or ",", 1)[1]) if (decimal or ",") in raw.iloc[0] else 0
    if abs(stated - read) > 0.51 * 10.0**-digits + 1e-6 * abs(read):
        table.ledger.doubt(
            line,
            f"Die Summe der Datei ist {german(stated, digits)}, die Summe der gelesenen Werte "
            f"{german(read, max(digits, 1))}",
            "Bitte prüfen, ob Zeilen fehlen oder doppelt sind",
            table.header[place],
        )
