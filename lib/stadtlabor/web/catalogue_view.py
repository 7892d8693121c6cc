"""What the pages of the catalogue show."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from stadtlabor.catalogue import Card
from stadtlabor.catalogue.policy import Plan
from stadtlabor.catalogue.vocabulary import fields, known, questions
from stadtlabor.city import city
from stadtlabor.ui.texts import number
from stadtlabor.web.texts import texts

__all__ = [
    "Wanted",
    "answer",
    "ethics",
    "facts",
    "listed",
    "promises",
    "python",
    "sensors",
    "week",
]

UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}


@dataclass(frozen=True)
class Wanted:
    """What a visitor looks for; the address of the page holds it."""

    query: str = ""
    theme: str = ""
    access: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.query.strip() or self.theme or self.access)

    def fits(self, card: Card) -> bool:
        """Tell whether a card has all words and the chosen theme and access."""
        text = _plain(" ".join((
            card.id, card.title, card.description, card.purpose, card.attribution,
            *card.keywords, *(known("themes")[t] for t in card.themes),
        )))  # fmt: skip
        return (
            all(word in text for word in _plain(self.query).split())
            and self.theme in ("", *card.themes)
            and self.access in ("", card.access)
        )


def _plain(text: str) -> str:
    """Return text for comparing: without case, umlauts like their spelling on keyboards abroad."""
    return unicodedata.normalize("NFC", text).casefold().translate(UMLAUTS)


def answer(every: Iterable[Card], chosen: list[Card], narrowed: bool) -> str:
    """Return the sentence on top of the list."""
    words, cards = texts()["catalogue"], list(every)
    if not cards:
        return str(words["empty"])
    if narrowed and not chosen:
        return str(words["none"])
    if narrowed:
        found: str = words["answer_found"]
        return found.format(count=number(len(chosen)), total=number(len(cards)))
    sets = words["set_one"] if len(cards) == 1 else words["set_many"]
    public = sum(card.access == "PUBLIC" for card in cards)
    said: str = words["answer"]
    return said.format(count=number(len(cards)), sets=sets, public=number(public))


def listed(card: Card) -> dict[str, Any]:
    """Return one data set as the list shows it."""
    words = texts()["catalogue"]
    return {
        "id": card.id,
        "title": card.title,
        "description": card.description,
        "access": card.access,
        "access_german": known("access")[card.access],
        "simulated": card.simulated,
        "themes": [known("themes")[code] for code in card.themes],
        "updated": words["updated"].format(words=known("update")[card.update]),
    }


def facts(card: Card) -> list[tuple[str, str]]:
    """Return label and German value of each field that has no place of its own on the page."""
    words = texts()["catalogue"]

    def yes(value: bool) -> str:
        return str(words["yes"] if value else words["no"])

    days, rights = card.retention.raw_days, card.contract_rights
    level = known("personal")[card.personal.level]
    terms = f"{card.terms.name} ({words['open_licence']})" if card.terms.open else card.terms.name
    shown = {
        "purpose": card.purpose,
        "controller": f"{card.controller.name}, {card.controller.contact}",
        "owner": f"{card.owner.organisation}, {card.owner.department}",
        "legal_basis": card.legal_basis,
        "licence": terms,
        "attribution": card.credit,
        "access": known("access")[card.access],
        "personal": f"{level.capitalize()}. {card.personal.reason}",
        "k": words["k_none"] if card.k == 1 else words["k_least"].format(k=card.k),
        "grain.time": words["durations"].get(card.grain.time, card.grain.time),
        "grain.space": card.grain.space,
        "retention.raw_days": words["days"].format(n=number(days))
        if days
        else words["days_forever"],
        "retention.afterwards": card.retention.afterwards,
        "quality": card.quality,
        "known_bias": card.known_bias,
        "update": known("update")[card.update],
        "contract_rights.raw_access": yes(rights.raw_access),
        "contract_rights.exclusive": yes(rights.exclusive),
        "contract_rights.redistribution": yes(rights.redistribution),
        "contract_rights.source": rights.source,
        "themes": ", ".join(known("themes")[code] for code in card.themes),
        "keywords": ", ".join(card.keywords),
        "hvd": known("hvd")[card.hvd] if card.hvd else "",
        "temporal": _span(card),
        "id": card.id,
    }
    return [(fields()[key].label, text) for key, text in shown.items() if text]


def _span(card: Card) -> str:
    if not card.temporal:
        return ""
    last = f" – {card.temporal.end:%d.%m.%Y}" if card.temporal.end else " –"
    return f"{card.temporal.start:%d.%m.%Y}{last}"


def promises(card: Card) -> list[tuple[str, ...]]:
    """Return the rows of the table of promises."""
    words = texts()["catalogue"]
    return [
        (
            words["properties"].get(p.observed_property, p.observed_property),
            p.unit,
            number(p.low, 0 if p.low.is_integer() else 2),
            number(p.high, 0 if p.high.is_integer() else 2),
            words["promise_any"]
            if p.interval_s is None
            else words["promise_seconds"].format(n=number(p.interval_s)),
        )
        for p in card.contract
    ]


def sensors(card: Card) -> list[tuple[str, ...]]:
    """Return the rows of the table of devices: name, latitude, longitude, what it sees."""
    if card.sensors_from is None:
        return [(s.id, _degrees(s.lat), _degrees(s.lon), s.field_of_view) for s in card.sensors]
    here, seen = city(), card.sensors_from.field_of_view
    places: dict[str, list[Any]] = {
        "counters": list(here.counters),
        "gauges": list(here.gauges),
        "beds": list(here.beds),
        "schools": list(here.schools),
        "station": [here.weather.station],
        "radars": list(here.rain.radars),
    }
    return [
        (p.name, _degrees(p.lat), _degrees(p.lon), seen) for p in places[card.sensors_from.city]
    ]


def _degrees(value: float) -> str:
    return f"{number(value, 4)}°"


def ethics(card: Card) -> list[tuple[str, str, str]]:
    """Return question, answer and source of each ethical question."""
    said: str = texts()["catalogue"]["ethics_source"]
    return [
        (questions()[key].question, given, said.format(source=questions()[key].source))
        for key, given in card.ethics.items()
    ]


def python(card: Card, plan: Plan | None, base: str, version: str) -> str:
    """Return the lines of Python that read a data set.

    Parameters
    ----------
    card, plan
        Card and compiled policy; None where the policy has a fault.
    base
        Public address of the city's pages.
    version
        ``name@number``, may be empty.
    """
    if card.form == "register":
        table = next(f for f in card.files if f.format == "CSV")
        return f'import pandas\npandas.read_csv("{base}{table.path}")'
    head = "from stadtlabor import data\n"
    if card.form == "grid":
        return f'{head}data.grid("{card.id}")'
    whole = version or card.id
    if card.access != "PUBLIC":
        grain = plan.rules[0].grain if plan and plan.rules else None
        asked = f'data.aggregate("{card.id}", "{grain}", ' if grain else f'data.read("{whole}", '
        return f'{head}{asked}purpose="teaching")'
    everybody = [r for r in plan.rules if "sl:everyone" in r.recipients] if plan else []
    grain = everybody[0].grain if everybody else None
    # Of periods there is only the newest version: two of them differ by single values.
    return head + (f'data.aggregate("{card.id}", "{grain}")' if grain else f'data.read("{whole}")')


def week(newest: pd.Timestamp | None) -> str:
    """Return the query of a file with the last seven days up to the newest value."""
    last = pd.Timestamp.now("UTC") if newest is None else newest
    end = last.tz_convert(ZoneInfo(city().city.timezone)).date() + timedelta(days=1)
    return f"von={end - timedelta(days=7)}&bis={end}"
