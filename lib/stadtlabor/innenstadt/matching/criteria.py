"""Points per criterion: each is a plain line between nothing and full, so that anyone can redo it.

Better never costs points: less rent, more passers-by, a nearer complement, a farther rival, a
longer vacancy, an area nearer to the wished range.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from stadtlabor.innenstadt.matching.candidate import Candidate, mean_in
from stadtlabor.innenstadt.matching.concept import Concept
from stadtlabor.innenstadt.matching.weights import CRITERIA, Criterion, Weights
from stadtlabor.innenstadt.matching.words import number, words

__all__ = ["GOOD", "POOR", "Part", "parts"]

GOOD, POOR = 0.75, 0.35
"""From and below which share of the points a sentence says good or poor."""


@dataclass(frozen=True)
class Part:
    """What one criterion adds to the score.

    Attributes
    ----------
    name
        Of the criterion.
    share
        0 to 1.
    weight
        Points at full share.
    known
        False where nothing is recorded: the share is then ``unknown_points``.
    german
        A sentence with its points.
    """

    name: str
    share: float
    weight: float
    known: bool
    german: str

    @property
    def points(self) -> float:
        """Points added."""
        return self.share * self.weight

    @property
    def pull(self) -> float:
        """How strongly it speaks for (above 0) or against (below 0): points above the half."""
        return (self.share - 0.5) * self.weight


@dataclass(frozen=True)
class _Rated:
    share: float | None
    gaps: dict[str, str] = field(default_factory=dict)


def parts(concept: Concept, unit: Candidate, weights: Weights) -> tuple[Part, ...]:
    """Return what every criterion adds, in the order of the file."""
    found = []
    for name in CRITERIA:
        scale = weights.criteria[name]
        rated = _RATINGS[name](concept, unit, scale)
        known = rated.share is not None
        stated = weights.unknown_points if rated.share is None else rated.share
        share = min(1.0, max(0.0, stated))
        level = "unknown"
        if known:
            level = "good" if share >= GOOD else "poor" if share < POOR else "fair"
        sentence = words()[name][level].format(**rated.gaps)
        points, most = number(share * scale.weight, 1), number(scale.weight, 1)
        told = words()["points"]["suffix"].format(sentence=sentence, points=points, most=most)
        found.append(Part(name, share, scale.weight, known, told))
    return tuple(found)


def _area(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    low, high = concept.area_ideal_m2
    gaps = {"low": number(low), "high": number(high)}
    if unit.area_m2 is None:
        return _Rated(None)
    value = unit.area_m2
    miss = (low - value) / low if value < low else max(0.0, (value - high) / high)
    return _Rated(1 - miss / scale.zero_at, gaps | {"value": number(value, 1)})


def _rent(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    if unit.rent_eur_m2 is None:
        return _Rated(None)
    ratio = unit.rent_eur_m2 / concept.rent_most_eur_m2
    share = (scale.zero_from - ratio) / (scale.zero_from - scale.full_until)
    most = number(concept.rent_most_eur_m2, 2)
    return _Rated(share, {"value": number(unit.rent_eur_m2, 2), "most": most})


def _footfall(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    counted = mean_in(unit.footfall, concept.hours)
    if counted is None:
        return _Rated(None)
    needed = concept.footfall_per_hour
    share = counted / needed if needed else 1.0
    return _Rated(share, {"value": number(counted), "needed": number(needed)})


def _nearness(unit: Candidate, uses: tuple[str, ...], scale: Criterion) -> tuple[float, int] | None:
    """Return how near some uses are (a sum: 1 next door, 0 at the limit) and how many."""
    if unit.neighbours is None:
        return None
    wanted = {use.casefold() for use in uses}
    near = [n.metres for n in unit.neighbours
            if n.use.casefold() in wanted and n.metres <= scale.within_m]  # fmt: skip
    return sum(1 - metres / scale.within_m for metres in near), len(near)


def _complements(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    near = _nearness(unit, concept.complements, scale)
    if near is None or not concept.complements:
        return _Rated(None)
    gaps = {"count": number(near[1]), "metres": number(scale.within_m)}
    return _Rated(near[0] / scale.enough, gaps)


def _rivals(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    near = _nearness(unit, concept.rivals, scale)
    if near is None:
        return _Rated(None)
    gaps = {"count": number(near[1]), "metres": number(scale.within_m)}
    return _Rated(1 - near[0] / scale.enough, gaps)


def _clock(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    if unit.vacant_days is None:
        return _Rated(None)
    return _Rated(unit.vacant_days / scale.full_days, {"value": number(unit.vacant_days)})


def _target(concept: Concept, unit: Candidate, scale: Criterion) -> _Rated:
    if unit.wished is None:
        return _Rated(None)
    use = concept.use.casefold()
    if use in {w.casefold() for w in unit.wished}:
        return _Rated(1.0)
    return _Rated(0.0 if use in {u.casefold() for u in unit.unwished} else 0.5)


_RATINGS: dict[str, Callable[[Concept, Candidate, Criterion], _Rated]] = {
    "area": _area,
    "rent": _rent,
    "footfall": _footfall,
    "complements": _complements,
    "rivals": _rivals,
    "clock": _clock,
    "target": _target,
}
