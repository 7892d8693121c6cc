"""Find units that may be the same one: address, 25 m, and what was written about them.

Only proposals: a person merges (:meth:`Register.merge`), and a merge can be taken back.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from stadtlabor.innenstadt.vacancy.address import floor_key, number_key, street_key
from stadtlabor.innenstadt.vacancy.blur import METRES_PER_DEGREE, metres_between
from stadtlabor.innenstadt.vacancy.rules import rules
from stadtlabor.innenstadt.vacancy.unit import Unit
from stadtlabor.innenstadt.vacancy.words import said
from stadtlabor.sources.names import slug

__all__ = ["Proposal", "duplicates"]


@dataclass(frozen=True)
class Proposal:
    """Two units that may be one.

    Attributes
    ----------
    first, second
        Identifiers, in order.
    score
        0 to 1; from ``rules().duplicates.threshold`` on it is proposed.
    reasons
        German.
    """

    first: str
    second: str
    score: float
    reasons: tuple[str, ...]


def duplicates(units: Iterable[Unit]) -> list[Proposal]:
    """Return pairs that may be the same unit, the surest first.

    Parameters
    ----------
    units
        All units to compare; pairs are sought among neighbours and equal addresses only.
    """
    by_id = {unit.id: unit for unit in units}
    found = []
    for first, second in sorted(_near(by_id)):
        proposal = _compared(by_id[first], by_id[second])
        if proposal.score >= rules().duplicates.threshold:
            found.append(proposal)
    return sorted(found, key=lambda p: (-p.score, p.first, p.second))


def _near(units: dict[str, Unit]) -> set[tuple[str, str]]:
    """Return pairs worth comparing, without comparing all with all."""
    groups: dict[object, list[str]] = defaultdict(list)
    for unit in units.values():
        groups[("number", number_key(unit.house_number), street_key(unit.street)[:3])].append(
            unit.id
        )
        for cell in _cells(unit):
            groups[cell].append(unit.id)
    pairs: set[tuple[str, str]] = set()
    for members in groups.values():
        pairs.update((min(a, b), max(a, b)) for a, b in combinations(members, 2) if a != b)
    return pairs


def _cells(unit: Unit) -> Iterator[tuple[str, int, int]]:
    """Yield the grid cell of a unit and its neighbours, so that no near pair is split."""
    if unit.lat is None or unit.lon is None:
        return
    side = rules().duplicates.distance_m / METRES_PER_DEGREE
    wide = side / max(math.cos(math.radians(round(unit.lat, 1))), 0.01)
    row, column = math.floor(unit.lat / side), math.floor(unit.lon / wide)
    for down in (0, 1):
        for right in (-1, 0, 1):
            if (down, right) != (0, -1):
                yield ("cell", row + down, column + right)


def _compared(a: Unit, b: Unit) -> Proposal:
    """Weigh what speaks for one unit and what against it."""
    limits, reasons, score = rules().duplicates, [], 0.0
    street = fuzz.ratio(street_key(a.street), street_key(b.street))
    same_number = number_key(a.house_number) == number_key(b.house_number) != ""
    if street == 100 and same_number:
        score += 0.5
        reasons.append(said("duplicates", "same_address"))
    elif street >= limits.street_similarity and same_number:
        score += 0.4
        reasons.append(said("duplicates", "similar_street"))
    distance = _distance(a, b)
    if distance is not None and distance <= limits.distance_m:
        score += 0.25
        reasons.append(said("duplicates", "near", metres=round(distance)))
    elif distance is not None:
        score -= min(0.5, (distance - limits.distance_m) / 100)
    if not same_number and a.house_number and b.house_number:
        score -= 0.35  # another door
    floors = floor_key(a.floor), floor_key(b.floor)
    if all(floors):
        score += 0.15 if floors[0] == floors[1] else -0.5
        reasons += [said("duplicates", "same_floor")] if floors[0] == floors[1] else []
    texts = [slug(" ".join((u.former_use, u.description))).replace("-", " ") for u in (a, b)]
    if all(texts):
        alike = fuzz.token_set_ratio(*texts)
        if alike >= limits.text_similarity:
            score += 0.2
            reasons.append(said("duplicates", "similar_text"))
        elif alike < limits.text_similarity - 25:
            score -= 0.3
    if a.area_m2 and b.area_m2:
        difference = abs(a.area_m2 - b.area_m2) / max(a.area_m2, b.area_m2)
        if difference <= limits.area_tolerance:
            score += 0.15 * (1 - difference / limits.area_tolerance)
            reasons.append(said("duplicates", "similar_area"))
        else:
            score -= min(0.4, difference)
    first, second = sorted((a.id, b.id))
    return Proposal(first, second, max(0.0, min(1.0, score)), tuple(reasons))


def _distance(a: Unit, b: Unit) -> float | None:
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return metres_between((a.lat, a.lon), (b.lat, b.lon))
