"""What somebody wants to open, read from the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stadtlabor.innenstadt.matching import FLAGS, Concept, ConceptError, plans, tailored
from stadtlabor.web.texts import texts

__all__ = ["DAYS", "asked", "given_of"]

DAYS = ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4), (3, 4, 5), (0, 1, 2, 3, 4, 5, 6))
"""As the catalogue's ``days_all``."""


def given_of(query: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the form: what the visitor says, else what the plan usually needs."""
    plan = query.get("vorhaben", "")
    plan = plan if plan in plans() else next(iter(plans()))
    usual = plans()[plan]
    said = "flaeche" in query
    given: dict[str, Any] = {
        "plan": plan, "least": query.get("flaeche", str(usual["least"]))[:10],
        "rent": query.get("miete", str(usual["rent"]))[:10],
        "days": query.get("tage", "0")[:2], "start": query.get("von", "10")[:2],
        "end": query.get("bis", "18")[:2],
    }  # fmt: skip
    for flag in FLAGS:
        # An unticked box is not sent; before the first sending the plan decides.
        given[flag] = query.get(flag) == "1" if said else bool(usual.get(flag))
    return given


def asked(given: Mapping[str, Any]) -> Concept:
    """Return the concept.

    Raises
    ------
    ConceptError
        In German.
    """
    try:
        least = float(str(given["least"]).replace(",", "."))
        rent = float(str(given["rent"]).replace(",", "."))
        days = DAYS[int(given["days"])]
        start, end = int(given["start"]), int(given["end"])
    except (ValueError, IndexError):
        raise ConceptError(texts()["match"]["faults"]["number"]) from None
    return tailored(
        given["plan"], least_m2=least, rent_eur_m2=rent, days=days, start=start, end=end,
        needs={flag: bool(given[flag]) for flag in FLAGS},
    )  # fmt: skip
