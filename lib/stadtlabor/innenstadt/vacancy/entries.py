"""Turn the rows of a list into entries; each row becomes one or is refused with its reason."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import numpy as np

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.address import address_key, split_address
from stadtlabor.innenstadt.vacancy.cells import flag
from stadtlabor.innenstadt.vacancy.errors import MoveError
from stadtlabor.innenstadt.vacancy.header import Header, columns
from stadtlabor.innenstadt.vacancy.listed import Listed
from stadtlabor.innenstadt.vacancy.listing import Entry, texts
from stadtlabor.innenstadt.vacancy.moderation import findings
from stadtlabor.innenstadt.vacancy.occupation import occupation
from stadtlabor.innenstadt.vacancy.stated import Stated
from stadtlabor.innenstadt.vacancy.unit import unit_of
from stadtlabor.sources.ledger import NOTHING_TO_DO
from stadtlabor.sources.table import Table

__all__ = ["entries"]

MOST = {"former_use": 200, "description": 2000, "floor": 60, "zoning": 20, "street": 120}
LONGEST_NUMBER = 20
MOST_EQUIPMENT = 30
EXCEL_DATE = re.compile(r"\d{4}-\d\d-\d\d( 00:00:00)?")


def entries(table: Table, header: Header, given: Stated) -> list[Entry]:
    """Return the rows that can become units; the others stand in the table's ledger.

    Raises
    ------
    Question
        If the list can be read in more than one way.
    """
    rows = Listed(table, header, given)
    vacant = occupation(table, rows.places, given)
    found = [e for n in range(len(table)) if (e := _entry(rows, n, vacant[n]))]
    _tell_together(rows, found)
    return found


def _entry(rows: Listed, n: int, vacant: bool | str) -> Entry | None:
    t, line = texts()["rows"], rows.table.lines[n]
    extra = _no_unit(rows.table.rows[n])
    if extra:
        rows.table.ledger.reject(line, extra, t["sum_remedy"])
        return None
    street, number, floor = _address(rows, n)
    if not street:
        rows.table.ledger.reject(line, t["no_street"])
        return None
    fault = _address_fault(street, number)
    if fault:
        rows.table.ledger.reject(line, fault)
        return None
    if isinstance(vacant, str):
        rows.table.ledger.reject(line, vacant, t["status_remedy"])
        return None
    use, former = rows.cell(n, "use"), rows.cell(n, "former_use")
    facts: dict[str, Any] = {
        "street": street, "house_number": number, "floor": floor,
        "former_use": former or ("" if vacant and _says_vacant(use) else use),
        "description": rows.cell(n, "description"), "zoning": rows.cell(n, "zoning"),
    }  # fmt: skip
    for key in ("former_use", "description", "floor", "zoning"):
        facts[key] = _screened(rows, line, facts[key])
    for key, most in MOST.items():
        if len(facts[key]) > most:
            rows.table.ledger.repair(line, t["cut"].format(length=most))
            facts[key] = facts[key][:most]
    equipment = re.split(r"\s*[;,/|]\s*", _screened(rows, line, rows.cell(n, "equipment")))
    facts["equipment"] = [e for e in equipment if e][:MOST_EQUIPMENT]
    if len(equipment) > MOST_EQUIPMENT:
        rows.table.ledger.repair(line, t["many"].format(count=MOST_EQUIPMENT))
    for part, key in (("area", "area_m2"), ("frontage", "frontage_m"), ("rent", "rent_eur_m2")):
        value = float(rows.sizes[part][n])
        facts[key] = None if np.isnan(value) else round(value, 2)
    _rent_from_total(rows, n, facts)
    for part, key in (("step_free", "step_free"), ("wc", "wc"), ("extraction", "extraction"),
                      ("popup", "popup_possible")):  # fmt: skip
        text = rows.cell(n, part) if part in rows.places else ""
        raw = rows.table.rows[n][rows.places[part]].strip() if part in rows.places else ""
        value_flag = flag(raw) if raw else None
        if text and value_flag is None:
            rows.doubt(n, "bad_flag", rows.places[part], {"raw": text})
        facts[key] = bool(value_flag) if key == "popup_possible" else value_flag
    lat, lon = float(rows.lat[n]), float(rows.lon[n])
    if not np.isnan(lat + lon):
        facts |= {"lat": lat, "lon": lon}
    facts = {k: v for k, v in facts.items() if v not in (None, "", [])}
    try:
        unit_of({**facts, "id": "x"})
    except MoveError as error:
        rows.table.ledger.reject(line, t["refused"].format(why=str(error).rstrip(".")))
        return None
    return Entry(line, facts, vacant, rows.since[n] if vacant else None)


def _no_unit(row: list[str]) -> str:
    """Return why a row is none of the list's units, German: a sum or a heading between rows."""
    t, filled = texts()["rows"], [cell.strip() for cell in row if cell.strip()]
    first = filled[0] if filled else ""
    if first.lower().strip(" :.") in columns()["words"]["sums"]:
        return t["sum"].format(said=first)
    if len(filled) == 1 and len(row) > 2:
        return t["heading"].format(said=first[:60])
    return ""


def _address(rows: Listed, n: int) -> tuple[str, str, str]:
    street, number = rows.cell(n, "street"), rows.cell(n, "house_number")
    floor = rows.cell(n, "floor")
    number = re.sub(r"\.0$", "", number)
    if EXCEL_DATE.fullmatch(number):
        place = rows.places["house_number"]
        rows.doubt(n, "excel_date", place, {"raw": number.split(" ")[0]})
        number = ""
    number = f"{number} {rows.cell(n, 'suffix')}".strip()
    if not street or not number:
        split, found, inside = split_address(street or rows.cell(n, "address"))
        if not street or (found and not number):
            street, number, floor = split, number or found, floor or inside
    if not number and rows.cell(n, "address"):
        number = split_address(rows.cell(n, "address"))[1]
    return street, number, floor


def _address_fault(street: str, number: str) -> str:
    """Return what is wrong with an address, German; names of persons may be names of streets."""
    t = texts()["rows"]
    contact = next((f for f in findings(f"{street} {number}") if f.kind != "named"), None)
    if contact:
        return t["personal_row"].format(found=contact.german)
    return t["long_number"].format(length=LONGEST_NUMBER) if len(number) > LONGEST_NUMBER else ""


def _says_vacant(use: str) -> bool:
    return use.lower() in columns()["words"]["vacant"]


def _screened(rows: Listed, line: int, text: str) -> str:
    found = findings(text)
    if not found:
        return text
    t = texts()["rows"]
    rows.table.ledger.repair(
        line, t["personal"].format(found=found[0].german), t["personal_remedy"]
    )
    return ""


def _rent_from_total(rows: Listed, n: int, facts: dict[str, Any]) -> None:
    total = float(rows.sizes["rent_total"][n])
    if np.isnan(total) or facts["rent_eur_m2"] is not None:
        return
    if facts["area_m2"]:
        facts["rent_eur_m2"] = round(total / facts["area_m2"], 2)
    else:
        rows.doubt(n, "no_area_for_rent", rows.places["rent_total"], {})


def _tell_together(rows: Listed, found: list[Entry]) -> None:
    """Tell what concerns many rows at once."""
    t, ledger, box = texts()["rows"], rows.table.ledger, city().city.bounding_box
    keys = Counter(_key(e) for e in found)
    seen: set[str] = set()
    outside = 0
    for entry in found:
        if keys[_key(entry)] > 1:
            if _key(entry) in seen:
                ledger.doubt(entry.line, t["twice"], NOTHING_TO_DO)
            seen.add(_key(entry))
        lat, lon = entry.facts.get("lat"), entry.facts.get("lon")
        if lat is None or lon is None:
            ledger.doubt(entry.line, t["no_position"], t["no_position_remedy"])
        elif not (box.south <= lat <= box.north and box.west <= lon <= box.east):
            outside += 1
    if outside:
        said = t["outside"].format(count=outside, city=city().city.short_name)
        ledger.doubt(None, said, t["outside_remedy"])


def _key(entry: Entry) -> str:
    facts = entry.facts
    return address_key(facts["street"], facts.get("house_number", ""), facts.get("floor", ""))
