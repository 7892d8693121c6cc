"""What the school bought: articles with quantity, year, weight and whether they are recycled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.sources.meter.dates import dates
from stadtlabor.sources.meter.form import Form
from stadtlabor.sources.school.listing import Listing, ListTotal, known_as, open_sheet, words

__all__ = ["purchases"]

IN_KG = {"kg": 1.0, "g": 0.001, "t": 1000.0}


def purchases(source: str | Path | bytes, form: Form | None = None, name: str = "") -> Listing:
    """Read a list of purchases.

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
        ``data`` has the columns ``item``, ``quantity``, ``unit`` (piece, pack, box, ream, sheet,
        roll, kg, l, or as written), ``year`` (Int64, missing where not told), ``mass_kg`` (stated,
        or the quantity itself if it is a weight; NaN otherwise), ``recycled`` (boolean, missing
        where not told), ``line``.

    Raises
    ------
    SourceError
        In German.
    """
    sheet = open_sheet(source, "purchases", name, form)
    table = sheet.table
    item = sheet.need("item", "den Artikel", "Artikel")
    quantity = sheet.need("quantity", "die Menge", "Menge")
    unit, day, year = (sheet.place(p) for p in ("unit", "date", "year"))
    mass, recycled = sheet.place("mass"), sheet.place("recycled")
    amounts, masses = sheet.numbers(quantity), sheet.numbers(mass)
    years = _years(sheet.text(year))
    if day is not None:
        stamps, _ = dates(sheet.text(day), table.name, sheet.form, table.is_number(day))
        years = [None if pd.isna(s) else int(s.year) for s in stamps] if year is None else years
    elif year is None:
        table.ledger.doubt(None, "Die Liste nennt kein Jahr", "Bitte eine Spalte „Jahr“ anlegen")
    rows: list[tuple[object, ...]] = []
    now = pd.Timestamp.now().year
    for n, line in enumerate(table.lines):
        raw = table.rows[n][quantity].strip()
        what = table.rows[n][item].strip()
        if not what:
            sheet.reject(n, "Der Artikel fehlt", item)
        elif raw == "":
            sheet.reject(n, f"Die Menge zu „{what}“ fehlt", quantity)
        elif amounts.why[n] or amounts.values[n] < 0:
            sheet.reject(n, f"Die Menge „{raw}“ {amounts.why[n] or 'ist negativ'}", quantity)
        elif masses.why[n] or masses.values[n] < 0:
            shown = table.rows[n][mass or 0].strip()
            sheet.reject(n, f"Das Gewicht „{shown}“ {masses.why[n] or 'ist negativ'}", mass)
        elif (year is not None or day is not None) and (
            years[n] is None or not 1990 <= (years[n] or 0) <= now
        ):
            place = year if year is not None else day
            sheet.reject(n, f"„{table.rows[n][place or 0].strip()}“ ist kein gültiges Jahr", place)
        else:
            said = sheet.text(unit).iloc[n]
            key = known_as("quantity_units", said) or ""
            if not key:
                remark = f"Die Einheit „{said}“ ist nicht bekannt" if said else "Die Einheit fehlt"
                table.ledger.doubt(line, f"{remark}; die Menge zählt, wie sie dasteht")
            weight, amount = masses.values[n], amounts.values[n]
            if key in IN_KG:
                amount = amount * IN_KG[key]
                weight, key = (amount if np.isnan(weight) else weight), "kg"
            answer = sheet.text(recycled).iloc[n]
            verdict = {"yes": True, "no": False}.get(known_as("answers", answer) or "")
            if answer and verdict is None:
                table.ledger.doubt(
                    line, f"„{answer}“ ist weder ja noch nein; gelesen als unbekannt",
                    column="" if recycled is None else table.header[recycled],
                )  # fmt: skip
            rows.append((what, amount, key or said, years[n], weight, verdict, line))
    names = ["item", "quantity", "unit", "year", "mass_kg", "recycled", "line"]
    data = pd.DataFrame(rows, columns=names).astype(
        {"item": "str", "quantity": "float64", "unit": "str", "year": "Int64", "mass_kg": "float64",
         "recycled": "boolean", "line": "int64"}
    )  # fmt: skip
    sheet.tell_doubles(data)
    totals = [
        ListTotal("Menge", float(one["quantity"].sum()),
                  str(words()["unit_names"].get(str(key), str(key) or "ohne Einheit")), len(one))
        for key, one in data.groupby("unit", sort=False)
    ]  # fmt: skip
    if data["mass_kg"].notna().any():
        count = int(data["mass_kg"].notna().sum())
        totals.append(ListTotal("Gewicht", float(data["mass_kg"].sum()), "kg", count))
    checked = [(quantity, "quantity")] if not data["unit"].isin(["kg"]).any() else []
    return sheet.finish(data, "Einkaufsliste", totals, [*checked, (mass, "mass_kg")])


def _years(text: pd.Series) -> list[int | None]:
    whole = text.str.fullmatch(r"\d{4}(?:\.0)?")
    return [int(t[:4]) if ok else None for t, ok in zip(text, whole, strict=True)]
