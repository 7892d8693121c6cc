"""What a notebook must bring along before it is run: parameters, statements, licence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stadtlabor.handover import about, read_source
from stadtlabor.promotion.errors import PromotionError
from stadtlabor.promotion.parameters import read_parameters
from stadtlabor.publishing.permission import without_card
from stadtlabor.publishing.private import private
from stadtlabor.publishing.words import said, words

__all__ = ["allowed_mail", "before"]

LICENCES = ("CC-BY-4.0",)
NEEDED = ("title", "question", "strand", "kind", "audience", "goals", "data", "licence", "contact")
SHORTEST = 3
"""Characters below which a title says nothing."""


def allowed_mail(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses that may stand in a notebook: the city's."""
    from stadtlabor.city import city

    return (city().city.contact.lower(), "stadtlabor@example.org")


def before(source: str) -> list[str]:
    """Return German sentences about what is lacking; nothing is run for that.

    Parameters
    ----------
    source
        Notebook as JSON.
    """
    notebook = read_source(source)
    if notebook is None:
        return [said("contract.no_notebook")]
    faults = []
    try:
        read_parameters(source, said("contract.name"))
    except PromotionError as error:
        faults.append(str(error))
    stated, names = about(notebook), words()["fields"]
    lacking = [names[name] for name in NEEDED if not stated.get(name)]
    if lacking:
        faults.append(said("contract.lacking", fields=", ".join(lacking)))
    if stated.get("licence") and stated["licence"] not in LICENCES:
        faults.append(said("contract.licence", stated=stated["licence"], known=", ".join(LICENCES)))
    faults += _kinds(stated)
    data = stated.get("data")
    if isinstance(data, list):
        faults += without_card([str(name) for name in data])
    first = "".join(notebook["cells"][0]["source"])
    if notebook["cells"][0]["cell_type"] != "markdown" or not first.startswith("# "):
        faults.append(said("contract.heading"))
    return faults + [each.german for each in private(notebook, allowed_mail(notebook))]


def _kinds(stated: Mapping[str, Any]) -> list[str]:
    """Check types, for what follows relies on them."""
    names = words()["fields"]
    faults = []
    for name in ("title", "question", "licence", "contact"):
        value = stated.get(name)
        if value and not (isinstance(value, str) and SHORTEST <= len(value) <= 140):
            faults.append(said("contract.text", field=names[name]))
    for name in ("audience", "goals", "data"):
        value = stated.get(name)
        if value and not (isinstance(value, list) and all(isinstance(v, str) for v in value)):
            faults.append(said("contract.list", field=names[name]))
    return faults
