"""Whether what a notebook has read may be handed on, in the detail in which it was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from stadtlabor.catalogue.cards import find, folder, missing
from stadtlabor.catalogue.policy import (
    ANONYMOUS,
    Denial,
    Plan,
    PolicyError,
    Rule,
    coarser,
    decide,
    policy,
)
from stadtlabor.publishing.words import said, words

__all__ = ["barred", "without_card"]

PURPOSE = "sl:participation"


def without_card(datasets: Iterable[str]) -> list[str]:
    """Return a German sentence per data set that has no card."""
    return [missing(name) for name in datasets if find(name) is None]


def barred(questions: Iterable[Mapping[str, Any]], now: datetime) -> list[str]:
    """Return a German sentence per question whose answer must not be handed on.

    Parameters
    ----------
    questions
        What the notebook has read, see :func:`stadtlabor.evidence.tape.questions`.
    now
        Moment of the decision, UTC.
    """
    faults: dict[str, None] = {}
    for question in questions:
        dataset, kind = question["dataset"], question["kind"]
        # Names of series and numbers of versions are no values.
        if not dataset or question["function"] not in ("read", "aggregate", "latest", "grid"):
            continue
        card = find(dataset)
        if card is None:
            faults[missing(dataset)] = None
            continue
        try:
            plan = policy(folder() / "policies", card.policy)
        except PolicyError as error:
            faults[str(error)] = None
            continue
        grain = question["asked"].get("grain")
        place = question["asked"].get("place", "sensor")
        fault = _fault(plan, dataset, None if kind == "grid" else grain, place, now)
        if fault:
            faults[said("permission.ask", fault=fault, contact=card.contact.name)] = None
    return list(faults)


def _fault(plan: Plan, dataset: str, grain: str | None, place: str, now: datetime) -> str:
    found = decide(plan, ANONYMOUS, PURPOSE, now, action="distribute")
    if isinstance(found, Denial):
        return said("permission.none", dataset=dataset)
    if any(_fits(rule, grain, place) for rule in found):
        return ""
    names = words()["grains"]
    widest = found[0]
    return said(
        "permission.grain", dataset=dataset, read=names[grain or "single"],
        allowed=names[widest.grain or "single"], place=names[widest.place],
    )  # fmt: skip


def _fits(rule: Rule, grain: str | None, place: str) -> bool:
    if rule.whole:
        return True
    return grain is not None and place == rule.place and coarser(grain, rule.grain)
