"""What somebody wants to open, read from the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stadtlabor.innenstadt.matching import Concept, ConceptError, Hours, concept_of
from stadtlabor.web.texts import texts

__all__ = ["DAYS", "asked", "given_of", "plans"]

DAYS = ((0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4), (3, 4, 5), (0, 1, 2, 3, 4, 5, 6))
"""As the catalogue's ``days_all``."""

FLAGS = ("step_free", "wc", "extraction", "short")
WIDE = 1.8
"""The wished range ends at so many times the least area."""


def plans() -> dict[str, dict[str, Any]]:
    """Return what people may have in mind, with what that usually needs."""
    found: dict[str, dict[str, Any]] = texts()["match"]["plans"]
    return found


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
    plan = plans()[given["plan"]]
    try:
        least = float(str(given["least"]).replace(",", "."))
        rent = float(str(given["rent"]).replace(",", "."))
        days = DAYS[int(given["days"])]
        start, end = int(given["start"]), int(given["end"])
    except (ValueError, IndexError):
        raise ConceptError(texts()["match"]["faults"]["number"]) from None
    return concept_of(
        {
            "kind": plan["kind"], "area_least_m2": least, "area_ideal_m2": (least, least * WIDE),
            "rent_most_eur_m2": rent, "use": plan["use"],
            "footfall_per_hour": plan["footfall_per_hour"],
            "complements": tuple(plan["complements"]), "rivals": tuple(plan["rivals"]),
            "hours": (Hours.model_construct(days=days, start=start, end=end).model_dump(),),
            **{flag: bool(given[flag]) for flag in FLAGS},
        }
    )  # fmt: skip
