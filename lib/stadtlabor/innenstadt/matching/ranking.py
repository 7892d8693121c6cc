"""Put units in the order of their score for a concept, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stadtlabor.innenstadt.matching.candidate import Candidate
from stadtlabor.innenstadt.matching.concept import Concept
from stadtlabor.innenstadt.matching.criteria import Part, parts
from stadtlabor.innenstadt.matching.hard import judge
from stadtlabor.innenstadt.matching.weights import Weights
from stadtlabor.innenstadt.matching.weights import weights as installed
from stadtlabor.innenstadt.matching.words import words

if TYPE_CHECKING:
    from stadtlabor.innenstadt.matching.whatif import WhatIf

__all__ = ["Match", "rank", "rate"]

REASONS = 3


@dataclass(frozen=True)
class Match:
    """A unit rated for a concept.

    Attributes
    ----------
    unit
        Identifier.
    score
        0 to 100; also for units that a hard rule excludes, so that a what-if can be told.
    allowed
        Whether no hard rule is broken.
    fitting
        Whether it is allowed and reaches the threshold.
    violated, violated_german
        Names and sentences of broken rules.
    open
        German: what has to be cleared up.
    parts
        Every criterion with its points; they add up to the score.
    pros, cons
        Three German reasons for and three against, the weightiest first.
    what_if
        What would have to be different; None until :func:`rank` has compared.
    rank
        1 for the best; 0 for excluded units.
    """

    unit: str
    score: float
    allowed: bool
    fitting: bool
    violated: tuple[str, ...]
    violated_german: tuple[str, ...]
    open: tuple[str, ...]
    parts: tuple[Part, ...]
    pros: tuple[str, ...]
    cons: tuple[str, ...]
    what_if: WhatIf | None = None
    rank: int = 0


def rate(concept: Concept, unit: Candidate, weights: Weights | None = None) -> Match:
    """Rate one unit, without comparing it."""
    used = weights or installed()
    verdict = judge(concept, unit, used)
    found = parts(concept, unit, used)
    score = round(sum(part.points for part in found), 6)
    allowed = not verdict.violated
    order = sorted(found, key=lambda p: (-p.pull, p.weight, p.name))
    best, worst = order[:REASONS], order[: -REASONS - 1 : -1]
    return Match(
        unit.id, score, allowed, allowed and score >= used.threshold, verdict.violated,
        verdict.german, verdict.open, found, tuple(_said(p, 1) for p in best),
        tuple(_said(p, -1) for p in worst),
    )  # fmt: skip


def _said(part: Part, side: int) -> str:
    """Return a reason for (side 1) or against (-1); who has too few good ones says so."""
    if part.pull * side > 0:
        return part.german
    key = "neutral" if part.pull == 0 else "weak_pro" if side > 0 else "weak_con"
    return str(words()["reasons"][key]).format(sentence=part.german)


def rank(
    concept: Concept, units: Iterable[Candidate], weights: Weights | None = None
) -> list[Match]:
    """Return all units, the best first, those that a hard rule excludes last.

    The same input gives the same output; equal scores stand in the order of identifiers. Names of
    persons are in no input.

    Parameters
    ----------
    concept
        What somebody wants to open.
    units
        What there is (:func:`candidates`).
    weights
        Default: those of this installation.
    """
    from stadtlabor.innenstadt.matching.whatif import what_if

    used = weights or installed()
    by_id = {unit.id: unit for unit in units}
    rated = sorted(
        (rate(concept, unit, used) for unit in by_id.values()),
        key=lambda m: (not m.allowed, -m.score, m.unit),
    )
    allowed = [match for match in rated if match.allowed]
    found = []
    for n, match in enumerate(rated):
        better = allowed[n - 1] if match.allowed and n else None
        next_ = allowed[n + 1] if match.allowed and n + 1 < len(allowed) else None
        told = what_if(concept, by_id[match.unit], match, better, next_, used)
        found.append(replace(match, what_if=told, rank=n + 1 if match.allowed else 0))
    return found
