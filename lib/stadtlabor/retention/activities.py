"""The register of processing activities (Art. 30 GDPR), made from cards and one data file.

A draft: what is said here is what the program does; what the law makes of it, the data protection
officer says.
"""

from __future__ import annotations

import csv
import html
import io
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.cards import cards, folder
from stadtlabor.catalogue.policy import policy
from stadtlabor.catalogue.vocabulary import known
from stadtlabor.city import city
from stadtlabor.retention.texts import texts

__all__ = ["Activity", "Pupil", "activities", "as_csv", "as_html", "register"]


class Part(BaseModel):
    """Base: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Pupil(Part):
    """The same in simple words: what is kept, how long, who can see it."""

    what: str
    kept: str
    who: str


class Activity(Part):
    """One activity that has no card.

    Attributes
    ----------
    id, title
        Name for the program, name for people.
    purpose, persons, data, recipients, kept, measures
        German, as Art. 30 (1) asks for them.
    days
        Number in ``kept``, where the program has one.
    where
        Folders or files below the folder of run-time files.
    source
        Where these statements can be checked.
    pupil
        For pupils; None where it does not concern them.
    """

    id: str
    title: str
    purpose: str
    persons: str
    data: str
    recipients: str
    kept: str
    measures: str
    where: list[str]
    source: list[str]
    days: int | None = None
    pupil: Pupil | None = None

    def until(self) -> str:
        """Return how long, with its number."""
        return self.kept.format(days=self.days)


@cache
def activities() -> tuple[Activity, ...]:
    """Return all activities without a card, in the order of the file."""
    return tuple(Activity.model_validate(row) for row in _words()["activity"])


def register() -> list[dict[str, str]]:
    """Return the whole register: one row per activity, keys are those of ``columns``.

    Raises
    ------
    stadtlabor.catalogue.CardError, stadtlabor.catalogue.policy.PolicyError
        If a card or policy has a fault.
    """
    rows = [_fixed(one) for one in activities()]
    rows += [_of(card) for card in cards().values() if card.personal.level != "none"]
    return rows


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Return the register as a table for spreadsheets: semicolons, UTF-8 with its mark."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_columns().values())
    for row in rows:
        writer.writerow(_harmless(row[key]) for key in _columns())
    return out.getvalue().encode("utf-8-sig")


def as_html(rows: list[dict[str, str]]) -> bytes:
    """Return the register as a page that can be printed; one section per activity."""
    name, draft = html.escape(city().city.name), html.escape(_words()["draft"])
    title = f"Verzeichnis von Verarbeitungstätigkeiten, {name}"
    parts = [
        f'<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><style>'
        "body{font:1rem/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "dt{font-weight:bold;margin-top:.5rem}dd{margin:0}section{break-inside:avoid}"
        f"</style></head><body><h1>{title}</h1><p><strong>{draft}.</strong></p>"
    ]
    for row in rows:
        listed = "".join(
            f"<dt>{html.escape(label)}</dt><dd>{html.escape(row[key])}</dd>"
            for key, label in _columns().items()
            if key != "title"
        )
        parts.append(f"<section><h2>{html.escape(row['title'])}</h2><dl>{listed}</dl></section>")
    return ("".join(parts) + "</body></html>\n").encode()


def _fixed(one: Activity) -> dict[str, str]:
    words = _words()
    return {
        "title": one.title,
        "controller": _filled(words["controller"]),
        "purpose": one.purpose,
        "legal_basis": words["unclear"],
        "persons": one.persons,
        "data": one.data,
        "recipients": one.recipients,
        "third_country": words["none_abroad"],
        "kept": one.until(),
        "measures": one.measures,
        "where": ", ".join(one.where),
        "source": ", ".join(one.source),
        "state": words["draft"],
    }


def _of(card: Card) -> dict[str, str]:
    words = _words()
    rules = policy(folder() / "policies", card.policy).title
    return {
        "title": card.title,
        "controller": f"{card.controller.name}, {card.controller.contact}",
        "purpose": card.purpose,
        "legal_basis": card.legal_basis,
        "persons": words["card_persons"].format(reason=card.personal.reason),
        "data": words["card_data"].format(description=card.description, grain=card.grain.space),
        "recipients": words["card_recipients"].format(
            policy=rules, access=known("access")[card.access]
        ),
        "third_country": words["none_abroad"],
        "kept": words["card_kept"].format(
            days=card.retention.raw_days, afterwards=card.retention.afterwards
        ),
        "measures": words["card_measures"].format(k=card.k),
        "where": f"store/observations/{card.id}",
        "source": f"datasets/{card.id}.toml",
        "state": words["draft"],
    }


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t\r" else cell


def _filled(text: str) -> str:
    return text.format(city=city().city.name, contact=city().city.contact)


def _columns() -> dict[str, str]:
    return dict(_words()["columns"])


def _words() -> dict[str, Any]:
    return texts("activities")
