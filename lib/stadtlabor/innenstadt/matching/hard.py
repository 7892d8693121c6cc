"""Hard rules: what breaks one is out, whatever its points."""

from __future__ import annotations

from dataclasses import dataclass

from stadtlabor.innenstadt.matching.candidate import Candidate
from stadtlabor.innenstadt.matching.concept import Concept
from stadtlabor.innenstadt.matching.weights import Weights, zoning
from stadtlabor.innenstadt.matching.words import number, words

__all__ = ["Verdict", "judge"]


@dataclass(frozen=True)
class Verdict:
    """What the hard rules say.

    Attributes
    ----------
    violated
        Names of broken rules, in the order of the file.
    german
        A sentence for each.
    open
        German: what has to be cleared up before anybody signs.
    """

    violated: tuple[str, ...]
    german: tuple[str, ...]
    open: tuple[str, ...]


def judge(concept: Concept, unit: Candidate, weights: Weights) -> Verdict:
    """Check a unit against the hard rules of a concept."""
    held: dict[str, bool | None] = {
        "zoning": _zoned(concept, unit),
        "area": None if unit.area_m2 is None else unit.area_m2 >= concept.area_least_m2,
        # Who does not need it does not ask for it.
        "step_free": unit.step_free if concept.step_free else True,
        "wc": unit.wc if concept.wc else True,
        "extraction": unit.extraction if concept.extraction else True,
        "popup": unit.popup_possible if concept.short else True,
    }
    violated, german, unclear = [], [], []
    for name, fulfilled in held.items():
        if fulfilled:
            continue
        if fulfilled is None:
            said = words()["unknown_rules"][name]
            if weights.rules[name].unknown == "open":
                unclear.append(said)
                continue
        else:
            said = words()["rules"][name].format(**_gaps(concept, unit, name))
        violated.append(name)
        german.append(said)
    area = zoning().areas.get(unit.zoning, {})
    if area.get(concept.kind) == "check":
        kind = zoning().kinds[concept.kind]
        told = {"area": area["name"], "kind": kind, "source": area["source"]}
        unclear.append(words()["check"]["zoning"].format(**told))
    unclear.append(words()["check"]["always"])
    return Verdict(tuple(violated), tuple(german), tuple(unclear))


def _zoned(concept: Concept, unit: Candidate) -> bool | None:
    area = zoning().areas.get(unit.zoning)
    return None if area is None else area[concept.kind] != "no"


def _gaps(concept: Concept, unit: Candidate, name: str) -> dict[str, str]:
    if name == "area":
        return {"value": number(unit.area_m2 or 0, 1), "needed": number(concept.area_least_m2, 1)}
    if name == "zoning":
        area = zoning().areas[unit.zoning]
        return {"area": area["name"], "kind": zoning().kinds[concept.kind]}
    return {}
