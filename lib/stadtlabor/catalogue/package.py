"""The card as ``datapackage.json``: Data Package, version 2 (datapackage.org/standard)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.catalogue.card import Card
from stadtlabor.catalogue.dcat import ways
from stadtlabor.catalogue.vocabulary import known, questions

__all__ = ["columns", "package"]

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
RESOURCE = "https://datapackage.org/profiles/2.0/dataresource.json"
SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
TYPES = {"decimal": "number"}
"""XML Schema's words for types where Table Schema has others."""


@cache
def _observations() -> list[dict[str, Any]]:
    text = files(__package__).joinpath("columns.de.toml").read_text("utf-8")
    return [{"name": name, **told} for name, told in tomllib.loads(text).items()]


def columns(card: Card) -> list[dict[str, Any]]:
    """Return the columns of a data set as fields of a Table Schema; empty for grids."""
    if card.form == "grid":
        return []
    if card.columns_from is None:
        return _observations() if card.form == "observations" else []
    module, _, name = card.columns_from.partition("/")
    table = tomllib.loads(files(module).joinpath(name).read_text("utf-8"))
    made = []
    for column, told in table.items():
        kind = TYPES.get(told["datatype"], told["datatype"])
        field = {"name": column, "type": kind, "title": told["german"]}
        if kind == "boolean":
            field |= {"trueValues": ["True"], "falseValues": ["False"]}
        if "unit" in told:
            field["unit"] = told["unit"]
        made.append(field)
    return made


def package(card: Card, base: str, version: str = "") -> dict[str, Any]:
    """Return the description.

    Parameters
    ----------
    card
        Says everything about the data set.
    base
        Public address of the city's pages, without a slash at the end.
    version
        Version of the data at present, may be empty.
    """
    page = f"{base}/daten/{card.id}"
    licence = {"name": card.licence, "title": card.terms.name,
               "path": card.terms.url or f"{base}/daten/regeln/{card.policy}"}  # fmt: skip
    made: dict[str, Any] = {
        "$schema": PROFILE,
        "name": card.id,
        "id": f"{page}#datensatz",
        "title": card.title,
        "description": card.description,
        "homepage": page,
        "keywords": card.keywords,
        "licenses": [licence],
        "sources": [{"title": card.attribution}],
        "contributors": [
            {"title": card.controller.name, "email": card.controller.contact,
             "roles": ["publisher"]},
            {"title": f"{card.owner.organisation}, {card.owner.department}",
             "roles": ["maintainer"]},
            {"title": card.contact.name, "email": card.contact.email, "roles": ["contact"]},
        ],
        "resources": [_resource(card, way, base) for way in ways(card)],
        "stadtlabor": _own(card, base),
    }  # fmt: skip
    if version:
        made["version"] = version
    return made


def _resource(card: Card, way: dict[str, Any], base: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "$schema": RESOURCE,
        "name": f"{card.id}-{way['key']}",
        "title": way["title"],
        "path": base + way["access"].partition("#")[0],
        "mediatype": way["media_type"],
    }
    if way.get("download") and way["format"] == "CSV":
        made |= {"type": "table", "format": "csv", "encoding": "utf-8"}
    if way["format"] == "CSV" and columns(card):
        made["schema"] = {"$schema": SCHEMA, "fields": columns(card)}
    return made


def _own(card: Card, base: str) -> dict[str, Any]:
    """Return what the standard has no word for, in the words of the card."""
    told = card.model_dump(
        mode="json",
        exclude_none=True,
        include={
            "form", "purpose", "legal_basis", "access", "k", "quality", "known_bias", "update",
            "personal", "grain", "retention", "contract_rights", "contract", "sensors",
            "sensors_from",
        },
    )  # fmt: skip
    return {
        **told,
        "simulated": card.simulated,
        "themes": [known("themes")[code] for code in card.themes],
        "policy": f"{base}/daten/regeln/{card.policy}.json",
        "ethics": [
            {"question": questions()[key].question, "answer": answer}
            for key, answer in card.ethics.items()
        ],
    }
