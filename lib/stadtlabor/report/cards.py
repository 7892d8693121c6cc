"""Factor cards: everything that must be known about a factor before it is believed."""

from __future__ import annotations

import re
from dataclasses import dataclass

from stadtlabor.klimaschule.footprint import Factor, Footprint, activities, factors
from stadtlabor.klimaschule.footprint.inputs import PUBLISHED
from stadtlabor.report.words import exact, words

__all__ = ["Card", "cards", "slug"]


def slug(text: str) -> str:
    """Return a text as the name of an anchor or a file: ASCII letters, digits and dashes.

    >>> slug("Strom aus dem Netz, Zähler 7")
    'strom-aus-dem-netz-zaehler-7'
    """
    plain = text.lower().translate(
        {ord(a): b for a, b in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}.items()}
    )
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"


@dataclass(frozen=True)
class Card:
    """A factor as the report shows it: anchor, title, German rows (name, value), and its check."""

    anchor: str
    title: str
    rows: tuple[tuple[str, str], ...]
    unverified: bool


def cards(balance: Footprint) -> dict[str, Card]:
    """Return a card for each factor of a footprint, by id."""
    own = {f.factor().id: f.factor() for f in balance.inputs.own_factors}
    found: dict[str, Card] = {}
    for key in dict.fromkeys(balance.lines["factor_id"]):
        factor = own.get(key) or factors().get(key)
        if factor is not None:
            found[key] = _card(factor)
    for item in balance.inputs.items:
        if item.activity == PUBLISHED:
            w = words()["card"]
            found[""] = Card(
                "faktor-veroeffentlicht", w["published"],
                ((w["value"], "1 kg/kg"), (w["source"], item.source)), False,
            )  # fmt: skip
    # The contract's factor stands beside the grid's.
    for stated in balance.inputs.own_factors:
        if stated.market:
            found[f"market/{stated.activity}"] = _card(stated.factor())
    return found


def _card(factor: Factor) -> Card:
    w = words()["card"]
    spread = w["unknown"] if factor.uncertainty_pct is None else f"± {factor.uncertainty_pct:g} %"
    rows = (
        (w["id"], factor.id),
        (w["value"], f"{exact(factor.value)} {factor.unit}"),
        (w["year"], str(factor.year)),
        (w["edition"], f"{factor.set}, {factor.edition}"),
        (w["gases"], w[factor.gases.lower()]),
        (w["boundary"], factor.boundary),
        (w["spread"], spread.replace(".", ",")),
        (w["source"], factor.source),
        (w["licence"], factor.licence),
        (w["check"], w["checks"][factor.check]),
        *(((w["note"], factor.note),) if factor.note else ()),
    )
    title = activities()[factor.activity].name
    return Card(f"faktor-{slug(factor.id)}", title, rows, factor.check == "unverified")
