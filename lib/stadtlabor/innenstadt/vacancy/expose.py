"""The exposé of a unit, as a page and as a tagged PDF, and a poster for its window.

Both are made from what the public may see, so nothing else can get into them.
"""

from __future__ import annotations

import base64
import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
import segno

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy.bookings import terms
from stadtlabor.innenstadt.vacancy.errors import UnknownUnitError
from stadtlabor.innenstadt.vacancy.event import moment
from stadtlabor.innenstadt.vacancy.photos import photo
from stadtlabor.innenstadt.vacancy.public import Item
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.words import said
from stadtlabor.printing import pdf

__all__ = ["Expose", "expose", "poster"]

MOST_PHOTOS = 4


@dataclass(frozen=True)
class Expose:
    """A document for people.

    Attributes
    ----------
    html
        Complete page: no script, no request, no other file.
    """

    html: str

    @property
    def pdf(self) -> bytes:
        """The same content as a tagged PDF (PDF/UA-1).

        Raises
        ------
        PdfError
            In German, if this machine cannot make PDFs.
        """
        return pdf(self.html)


@cache
def _texts() -> dict[str, dict[str, str]]:
    here = files("stadtlabor.innenstadt.vacancy").joinpath("expose.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("stadtlabor.innenstadt.vacancy"), autoescape=True,
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined,
    )  # fmt: skip
    style = files("stadtlabor.innenstadt.vacancy").joinpath("templates/expose.css")
    made.globals.update(style=style.read_text("utf-8"), w=_texts()["expose"], p=_texts()["poster"])
    return made


def expose(register: Register, unit: str, address: str, at: datetime | None = None) -> Expose:
    """Make the exposé of a unit on the public map.

    Parameters
    ----------
    register
        Where the unit stands.
    unit
        Identifier.
    address
        Public address of the unit's page, for the link and the QR code.
    at
        Default now.

    Raises
    ------
    UnknownUnitError
        If the public does not see the unit.
    """
    item, when = _item(register, unit, at), moment(at)
    shown = [photo(register, name) for name in item.photos[:MOST_PHOTOS]]
    place, w = _place(item.values), _texts()["expose"]
    pictures = [
        (p.alt or w["photo_alt"].format(place=place),
         "data:image/jpeg;base64," + base64.b64encode(p.body).decode())
        for p in shown
    ]  # fmt: skip
    local = when.astimezone(ZoneInfo(city().city.timezone))
    html = _templates().get_template("expose.html").render(
        title=w["title"].format(place=place), lead=_lead(item), item=item, v=item.values,
        rows=_rows(item.values), photos=pictures, terms=terms().terms, city=city().city,
        address=address, code=_code(address), day=f"{local:%d.%m.%Y}",
    )  # fmt: skip
    return Expose(html)


def poster(register: Register, unit: str, address: str, at: datetime | None = None) -> Expose:
    """Make the poster for the window of a unit, with a QR code that leads to its page.

    Raises
    ------
    UnknownUnitError
        If the public does not see the unit.
    """
    item = _item(register, unit, at)
    values, p = item.values, _texts()["poster"]
    area = values["area_m2"]
    size = p["no_area"].format(city=city().city.short_name)
    if area:
        size = p["area"].format(area=_number(area, 0), city=city().city.short_name)
    points = [p[key] for key in ("step_free",) if values[key]]
    points += [p["popup"]] if values["popup_possible"] else []
    html = _templates().get_template("poster.html").render(
        place=_place(values), size=size, points=points, v=values, city=city().city,
        address=address, code=_code(address),
    )  # fmt: skip
    return Expose(html)


def _item(register: Register, unit: str, at: datetime | None) -> Item:
    items = register.public(at, (unit,)).items
    if not items:
        raise UnknownUnitError(said("faults", "unknown", unit=unit))
    return items[0]


def _lead(item: Item) -> str:
    state = item.values["kind"] or item.values["state_german"]
    state = state[:1].upper() + state[1:]
    return _texts()["expose"]["lead"].format(state=state, age=item.age.german)


def _place(values: dict[str, Any]) -> str:
    return f"{values['street']} {values['house_number']}".strip()


def _rows(values: dict[str, Any]) -> list[tuple[str, str]]:
    names, units, w = _texts()["facts"], _texts()["units"], _texts()["expose"]
    rows = []
    for key, german in names.items():
        value = _place(values) if key == "place" else values[key]
        if isinstance(value, bool):
            told = w["yes"] if value else w["no"]
        elif isinstance(value, float):
            whole = value.is_integer() and key != "rent_eur_m2"
            digits = 0 if whole else 2 if key == "rent_eur_m2" else 1
            told = f"{_number(value, digits)} {units[key]}"
        elif isinstance(value, tuple):
            told = ", ".join(value)
        else:
            told = value or ""
        rows.append((german, told or w["unknown"]))
    return rows


def _number(value: float, digits: int) -> str:
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def _code(address: str) -> str:
    return str(segno.make(address, error="m").svg_data_uri(scale=8, border=2))
