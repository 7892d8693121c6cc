"""The way to school, one row per answer: legs with means, distance or time. No names, ever."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.sources.http import SourceError
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.meter.numbers import Numbers
from stadtlabor.sources.meter.words import plain
from stadtlabor.sources.school.listing import (
    Listing,
    ListTotal,
    Sheet,
    known_as,
    open_sheet,
    words,
)

__all__ = ["travel"]

ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.\w")
LIMITS = {"km": 200.0, "minutes": 240.0, "persons": 9.0, "days": 7.0}
"""Largest values of a way to school that are taken as meant."""

GERMAN = {"km": "die Kilometer", "minutes": "die Minuten", "persons": "die Personen im Auto",
          "days": "die Tage pro Woche"}  # fmt: skip


def travel(source: str | Path | bytes, form: Form | None = None, name: str = "") -> Listing:
    """Read a travel survey.

    Columns per leg ``Verkehrsmittel``, ``km`` or ``Minuten``, ``Personen im Auto``, for further
    legs with a number behind (``Verkehrsmittel 2`` …); per answer ``Tage pro Woche`` and
    ``Jahreszeit``.

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
        ``data`` has one row per leg: ``answer`` (number of the answer), ``leg``, ``mode`` (foot,
        bicycle, bus, car …), ``km``, ``minutes`` (NaN where not told), ``persons`` (in the car, NaN
        where not told), ``days_per_week`` (NaN where not told), ``season`` (summer, winter, all),
        ``line``. An answer with a flaw does not count at all. Nothing a person wrote is repeated in
        the report.

    Raises
    ------
    SourceError
        In German; also if a column or a cell tells who somebody is.
    """
    sheet = open_sheet(source, "travel", name, form)
    table = sheet.table
    _refuse_names(sheet)
    legs = _legs(sheet)
    days, season = sheet.place("days"), sheet.place("season")
    per_week = sheet.numbers(days)
    read = {p: sheet.numbers(p) for leg in legs for p in leg.values() if p is not None}
    rows: list[tuple[object, ...]] = []
    for n, line in enumerate(table.lines):
        flaw = _flaw(per_week.values[n], bool(per_week.why[n]), "days")
        when = known_as("seasons", sheet.text(season).iloc[n])
        if when is None:
            flaw = flaw or "Die Jahreszeit ist nicht bekannt (Sommer, Winter oder ganzjährig)"
        answer: list[tuple[object, ...]] = []
        for number, leg in enumerate(legs, start=1):
            said = table.rows[n][leg["mode"] or 0].strip()
            values = {p: _cell(read, leg[p], n) for p in ("km", "minutes", "persons")}
            if not said and all(np.isnan(v) and not bad for v, bad in values.values()):
                continue
            mode = known_as("modes", said)
            if mode is None:
                flaw = flaw or f"Das Verkehrsmittel der Etappe {number} ist nicht bekannt"
            for part, (value, bad) in values.items():
                flaw = flaw or _flaw(value, bad, part)
            km, minutes, persons = (values[p][0] for p in ("km", "minutes", "persons"))
            if np.isnan(km) and np.isnan(minutes):
                flaw = flaw or f"Etappe {number} hat weder Kilometer noch Minuten"
            if not np.isnan(persons) and persons < 1:
                flaw = flaw or "Im Auto sitzt mindestens eine Person"
            answer.append(
                (n + 1, number, mode, km, minutes, persons, per_week.values[n], when, line)
            )
        if not answer:
            flaw = flaw or "Die Antwort enthält keinen Weg"
        if flaw:
            sheet.reject(n, flaw)
        else:
            rows += answer
    names = ["answer", "leg", "mode", "km", "minutes", "persons", "days_per_week", "season", "line"]
    data = pd.DataFrame(rows, columns=names).astype(
        {"answer": "int64", "leg": "int64", "mode": "str", "km": "float64", "minutes": "float64",
         "persons": "float64", "days_per_week": "float64", "season": "str", "line": "int64"}
    )  # fmt: skip
    totals = []
    for key, one in data.groupby("mode", sort=False):
        label = str(words()["mode_names"][str(key)])
        if one["km"].notna().any():
            totals.append(ListTotal(label, float(one["km"].sum()), "km", len(one)))
        else:
            totals.append(ListTotal(label, float(one["minutes"].sum()), "min", len(one)))
    answers = data["answer"].nunique()
    return sheet.finish(data, f"Schulweg-Umfrage, {answers} Antworten", totals)


def _refuse_names(sheet: Sheet) -> None:
    """Refuse a file that tells who somebody is, without repeating it."""
    table = sheet.table
    private = set(words()["private"]["names"])
    for header in table.header:
        lowered = header.lower()
        if private & {lowered.strip(), *re.findall(r"[a-zäöüß-]+", lowered)}:
            raise SourceError(
                f"{table.name}: Die Spalte „{header}“ kann verraten, wer geantwortet hat; "
                "die Datei wird nicht gelesen. Bitte diese Spalte löschen und die Datei noch "
                "einmal hochladen."
            )
    for line, row in zip(table.lines, table.rows, strict=True):
        if any(ADDRESS.search(cell) for cell in row):
            raise SourceError(
                f"{table.name}, Zeile {line}: Hier steht eine E-Mail-Adresse; die Datei wird nicht "
                "gelesen. Bitte alle Angaben zu Personen löschen und noch einmal hochladen."
            )


def _legs(sheet: Sheet) -> list[dict[str, int | None]]:
    """Return the columns of each leg."""
    table = sheet.table
    legs: dict[int, dict[str, int | None]] = {}
    for n, header in enumerate(table.header):
        match = re.fullmatch(r"(.*?)\s*(\d*)", plain(header))
        stem, number = (match[1], int(match[2] or 1)) if match else (header, 1)
        for part in ("mode", "km", "minutes", "persons"):
            if stem in words()["travel"][part]:
                leg = legs.setdefault(number, dict.fromkeys(("mode", "km", "minutes", "persons")))
                if leg[part] is not None:
                    raise SourceError(
                        f"{table.name}, Zeile {table.header_line}: Die Spalte „{header}“ gibt es "
                        "mehrfach. Bitte weitere Etappen mit Nummern benennen („Verkehrsmittel 2“)."
                    )
                leg[part] = n
    found = [leg for _, leg in sorted(legs.items()) if leg["mode"] is not None]
    if not found or all(leg["km"] is None and leg["minutes"] is None for leg in found):
        raise SourceError(
            f"{table.name}, Zeile {table.header_line}: Verkehrsmittel und Kilometer oder Minuten "
            "fehlen. Bitte Spalten „Verkehrsmittel“ und „km“ oder „Minuten“ anlegen."
        )
    return found


def _cell(read: dict[int, Numbers], place: int | None, n: int) -> tuple[float, bool]:
    if place is None:
        return np.nan, False
    numbers = read[place]
    return float(numbers.values[n]), bool(numbers.why[n])


def _flaw(value: float, unreadable: bool, part: str) -> str:
    if unreadable:
        return f"Die Angabe für {GERMAN[part]} ist keine Zahl"
    if value < 0 or value > LIMITS[part]:
        return f"Die Angabe für {GERMAN[part]} kann nicht stimmen (möglich: 0 bis {LIMITS[part]:g})"
    return ""
