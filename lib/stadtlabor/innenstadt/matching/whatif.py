"""What would have to be different: the smallest single change that lifts a unit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from stadtlabor.innenstadt.matching.candidate import Candidate, Neighbour
from stadtlabor.innenstadt.matching.concept import Concept
from stadtlabor.innenstadt.matching.ranking import Match, rate
from stadtlabor.innenstadt.matching.weights import Weights, zoning
from stadtlabor.innenstadt.matching.words import number, words

__all__ = ["WhatIf", "what_if"]

AREA_STEP_M2 = 5.0
RENT_STEP_EUR = 0.5
NEIGHBOUR_M = 50.0
"""A new complement is thought to come so near."""
COST_OF_NEIGHBOUR = 0.3
"""A new neighbour counts as much as another 30 % of rent or area: nobody can order one."""


@dataclass(frozen=True)
class WhatIf:
    """A counterfactual.

    Attributes
    ----------
    german
        One sentence.
    change
        Fields of the :class:`Candidate` and their other values; empty if there is nothing to tell.
    score
        Score with the change.
    reached
        Whether the change alone does what the sentence promises.
    """

    german: str
    change: dict[str, Any] = field(default_factory=dict)
    score: float = 0.0
    reached: bool = True


@dataclass(frozen=True)
class _Change:
    words: str
    fields: dict[str, Any]
    cost: float  # relative size; smaller is easier


def what_if(
    concept: Concept,
    unit: Candidate,
    match: Match,
    better: Match | None,
    next_: Match | None,
    weights: Weights,
) -> WhatIf:
    """Return the counterfactual of a match.

    For an excluded unit: what the rules would need. Below the threshold: what lifts it above.
    Above it, but not first: what overtakes the next better one. First: from which rent on it
    falls behind.
    """
    if match.violated:
        return _allowed(concept, unit, match, weights)
    if match.fitting and better is None:
        return _falls(concept, unit, next_, weights)
    threshold = weights.threshold
    goal = better.score if match.fitting and better is not None else threshold

    def enough(other: Match) -> bool:
        if not match.fitting:
            return other.score >= threshold
        # Behind an equal score only a strictly higher one overtakes.
        return other.score > goal

    key = "overtake" if match.fitting else "threshold"
    told = words()["whatif"]
    done: list[tuple[_Change, Match]] = []
    best: tuple[_Change, Match] | None = None

    def changed(change: _Change) -> Match:
        return rate(concept, unit.model_copy(update=change.fields), weights)

    for line in (_area(concept, unit), _rent(unit), _neighbour(concept, unit)):
        if not line:
            continue
        # More of the same never costs points, so the end of a line tells what it can do at most.
        most = changed(line[-1])
        if most.score > (best[1] if best else match).score + 1e-9:
            best = (line[-1], most)
        if enough(most):
            first = bisect_left(line, True, key=lambda change: enough(changed(change)))
            done.append((line[first], changed(line[first])))
    if done:
        change, other = min(done, key=lambda pair: (pair[0].cost, pair[0].words))
        said = told[key].format(
            change=change.words, points=number(other.score, 1), goal=number(threshold, 1)
        )
        return WhatIf(said, change.fields, other.score)
    if best is None:
        return WhatIf(told["stuck"], reached=False)
    said = told["best"].format(change=best[0].words, points=number(best[1].score, 1))
    return WhatIf(said, best[0].fields, best[1].score, reached=False)


def _steps(most: float, step: float) -> list[float]:
    """Return step, 2 · step, … and ``most`` itself at the end."""
    whole = [step * n for n in range(1, ceil(most / step))]
    return [*whole, most] if most > 0 else []


def _area(concept: Concept, unit: Candidate) -> list[_Change]:
    low, high = concept.area_ideal_m2
    if unit.area_m2 is None:
        return []
    now, told = unit.area_m2, words()["whatif"]
    key, sign, gap = ("more_area", 1, low - now) if now < low else ("less_area", -1, now - high)
    return [
        _Change(
            told[key].format(change=number(step, 1)),
            {"area_m2": round(now + sign * step, 6)},
            step / now,
        )
        for step in _steps(gap, AREA_STEP_M2)
    ]


def _rent(unit: Candidate) -> list[_Change]:
    if not unit.rent_eur_m2:
        return []
    now, told = unit.rent_eur_m2, words()["whatif"]["less_rent"]
    return [
        _Change(
            told.format(change=number(step, 2)), {"rent_eur_m2": round(now - step, 6)}, step / now
        )
        for step in _steps(now, RENT_STEP_EUR)
    ]


def _neighbour(concept: Concept, unit: Candidate) -> list[_Change]:
    if not concept.complements:
        return []
    new = Neighbour(use=concept.complements[0], metres=NEIGHBOUR_M)
    told = words()["whatif"]["complement"].format(metres=number(NEIGHBOUR_M))
    return [_Change(told, {"neighbours": (*(unit.neighbours or ()), new)}, COST_OF_NEIGHBOUR)]


def _allowed(concept: Concept, unit: Candidate, match: Match, weights: Weights) -> WhatIf:
    told = words()["whatif"]
    fields: dict[str, Any] = {}
    changes = []
    for rule in match.violated:
        if rule == "area":
            missing = concept.area_least_m2 - (unit.area_m2 or 0.0)
            changes.append(told["more_area"].format(change=number(missing, 1)))
            fields["area_m2"] = concept.area_least_m2
        elif rule == "zoning":
            changes.append(told["zoning"])
            fields["zoning"] = next(
                name for name, area in zoning().areas.items() if area[concept.kind] == "yes"
            )
        else:
            changes.append(told[rule])
            fields["popup_possible" if rule == "popup" else rule] = True
    other = rate(concept, unit.model_copy(update=fields), weights)
    points = number(other.score, 1)
    if len(changes) == 1:
        return WhatIf(told["allowed"].format(change=changes[0], points=points), fields, other.score)
    first, *rest = changes
    joined = ", ".join([first[:1].lower() + first[1:], *(c[:1].lower() + c[1:] for c in rest)])
    return WhatIf(told["several"].format(changes=joined, points=points), fields, other.score)


def _falls(concept: Concept, unit: Candidate, next_: Match | None, weights: Weights) -> WhatIf:
    """Tell from which rent on the first unit is no longer the first."""
    told = words()["whatif"]
    bar = next_.score if next_ is not None else weights.threshold

    def behind(other: Match) -> bool:
        return other.score < bar or not other.fitting

    return _dearer(concept, unit, behind, weights) or WhatIf(told["stays"])


def _dearer(
    concept: Concept, unit: Candidate, behind: Callable[[Match], bool], weights: Weights
) -> WhatIf | None:
    if unit.rent_eur_m2 is None:
        return None
    most = concept.rent_most_eur_m2 * weights.criteria["rent"].zero_from
    step = 0.0
    while unit.rent_eur_m2 + step < most:
        step += RENT_STEP_EUR
        fields = {"rent_eur_m2": round(unit.rent_eur_m2 + step, 6)}
        other = rate(concept, unit.model_copy(update=fields), weights)
        if behind(other):
            said = words()["whatif"]["more_rent"].format(change=number(step, 2))
            return WhatIf(words()["whatif"]["falls"].format(change=said), fields, other.score)
    return None
