"""The honest difference: why two footprints differ, split exactly into six reasons.

Each row of a footprint is a product: factor × weather × size of the school × use. Changing one
after the other explains the difference, but the order matters; the mean over all orders does not
depend on any (Shapley value). It is exact: the parts of a row sum to its difference.

Source of the method: Shorrocks 2013, Journal of Economic Inequality 11, 99–126 (decomposition by
the Shapley value); Ang, Liu and Chew 2003, Energy Policy 31, 1561–1566, for its use on energy.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations

import pandas as pd

from stadtlabor.klimaschule.footprint.activities import activities
from stadtlabor.klimaschule.footprint.balance import Footprint
from stadtlabor.klimaschule.footprint.inputs import PUBLISHED, Item

__all__ = ["PARTS", "explain_difference"]

PARTS = ("scope", "factor_edition", "weather", "occupancy", "activity", "remainder")
"""Reasons in the order of the result: what was counted, which edition of the factors, the weather,
persons and floor area, what people did, and what the inputs cannot tell apart."""

DRIVERS = ("factor_edition", "weather", "occupancy", "activity")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Atom:
    """A part of a footprint that is one product.

    Attributes
    ----------
    kg
        Emissions.
    group
        What is counted together with it.
    factor
        kg per unit; 0 is allowed.
    weather
        Degree days, or None where the amount does not follow the weather or they are unknown.
    size
        Persons or floor area, or None where unknown.
    covers, reason
        Of a published sum.
    """

    kg: float
    group: str
    factor: float = 1.0
    weather: float | None = None
    size: float | None = None
    covers: frozenset[str] = frozenset()
    reason: str | None = None


Atoms = dict[Key, Atom]


def explain_difference(a: Footprint, b: Footprint) -> pd.DataFrame:
    """Split the difference of two footprints, ``b`` minus ``a``.

    Parameters
    ----------
    a, b
        The earlier and the later footprint, of any schools, periods and factors.

    Returns
    -------
    DataFrame
        Columns ``part`` (:data:`PARTS`) and ``kg``; ``kg`` sums to the difference of the totals.
        ``attrs["detail"]`` holds the parts per activity, ``attrs["notes"]`` German sentences on
        what could not be told apart.
    """
    before, after = _atoms(a), _atoms(b)
    notes = _pool(before, after)
    _merge(before, after)
    detail: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(PARTS, 0.0))
    counted = (_counted(a), _counted(b))
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key), after.get(key)
        parts = detail[key[0]]
        if old is not None and new is not None:
            for part, kg in _split(old, new).items():
                parts[part] += kg
            if (old.weather is None) != (new.weather is None):
                notes.append(
                    f"{_label(key[0])}: Die Gradtagszahl ist nur für eine der beiden Bilanzen "
                    "bekannt; das Wetter steckt im Verhalten."
                )
        else:
            for atom, sign, other in ((old, -1, counted[1]), (new, 1, counted[0])):
                if atom is not None:
                    parts[_alone(atom, key[0], other)] += sign * atom.kg
    rows = [(part, math.fsum(d[part] for d in detail.values())) for part in PARTS]
    result = pd.DataFrame(rows, columns=["part", "kg"])
    result.attrs["detail"] = pd.DataFrame.from_dict(detail, orient="index", columns=list(PARTS))
    result.attrs["notes"] = list(dict.fromkeys(notes))
    result.attrs["total_kg"] = b.total_kg - a.total_kg
    return result


def _counted(balance: Footprint) -> frozenset[str]:
    """Return what a footprint counted: groups, their fields where a sum covers whole fields."""
    covered = {name for item in balance.inputs.items for name in item.covers}
    return frozenset(balance.lines["group"]) | set(balance.inputs.counted) | covered


def _alone(atom: Atom, activity: str, other: frozenset[str]) -> str:
    """Name the part of what only one footprint has; ``other`` is what the other one counted."""
    if atom.group == PUBLISHED:
        return (atom.reason or "remainder") if atom.covers & other else "scope"
    known = {atom.group, activities()[activity].field}
    return "activity" if known & other else "scope"  # another fuel is a change, a new field is not


def _atoms(balance: Footprint) -> Atoms:
    """Return the products of a footprint; heat is split into heating and hot water."""
    found: Atoms = {}
    counts: dict[Key, int] = defaultdict(int)
    items = iter(balance.inputs.items)
    columns = (balance.lines[name].to_list() for name in ("activity", "name", "kg", "factor"))
    for activity, name, kg, factor in zip(*columns, strict=True):
        item = next(i for i in items if i.activity == activity and i.name == name)
        for suffix, atom in _products(kg, factor, item, balance):
            key = (activity, name, suffix)
            counts[key] += 1
            found[(*key, str(counts[key]))] = atom  # the n-th bill of a meter
    return found


def _pool(before: Atoms, after: Atoms) -> list[str]:
    """Put the bills of a meter together where their number differs; return what that costs."""
    said = []
    for meter in {key[:2] for key in before} & {key[:2] for key in after}:
        mine, others = ([key for key in side if key[:2] == meter] for side in (before, after))
        if len(mine) == len(others) or meter[0] == PUBLISHED:
            continue
        for side, keys in ((before, mine), (after, others)):
            atoms = [side.pop(key) for key in keys]
            kg = math.fsum(atom.kg for atom in atoms)
            side[(*meter, "", "1")] = replace(atoms[0], kg=kg, weather=None)
        said.append(
            f"{activities()[meter[0]].name}: Die Zahl der Posten unterscheidet sich; das Wetter "
            "steckt im Verhalten."
        )
    return said


def _products(kg: float, factor: float, item: Item, balance: Footprint) -> list[tuple[str, Atom]]:
    if item.activity == PUBLISHED:
        covers = frozenset(item.covers)
        return [("", Atom(kg, PUBLISHED, covers=covers, reason=item.reason))]
    activity = activities()[item.activity]
    inputs = balance.inputs
    size = inputs.persons if activity.size == "persons" else inputs.floor_area_m2
    whole = Atom(kg, activity.group, factor, None, size)
    if not activity.weather or item.degree_days is None or item.heating_share is None:
        return [("", whole)]
    heating = replace(whole, kg=kg * item.heating_share, weather=item.degree_days)
    return [("", heating), ("rest", replace(whole, kg=kg - heating.kg))]


def _merge(before: Atoms, after: Atoms) -> None:
    """Put together what published sums make inseparable.

    A published sum and all that it covers on the other side can only be compared as a whole; so
    can a second sum that covers some of the same.
    """
    sides = (before, after)
    nodes = [(side, key) for side in (0, 1) for key in sides[side]]
    seen: set[tuple[int, Key]] = set()
    for node in nodes:
        whole, waiting = [], [node]
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            whole.append(here)
            atom = sides[here[0]][here[1]]
            waiting += [
                (1 - here[0], key)
                for key, other in sides[1 - here[0]].items()
                if _overlap(atom, here[1][0], other, key[0])
            ]
        keys = {key for _, key in whole}
        if len(keys) == 1 or len({side for side, _ in whole}) == 1:
            continue  # the same sum on both sides, or nothing opposite
        merged = (PUBLISHED, *sorted(" ".join(key) for key in keys))
        for side in (0, 1):
            kg = math.fsum(sides[side].pop(key).kg for s, key in whole if s == side)
            sides[side][merged] = Atom(kg, PUBLISHED)


def _overlap(atom: Atom, activity: str, other: Atom, its_activity: str) -> bool:
    """Tell whether one of two is a published sum that covers (part of) the other."""
    if atom.group == PUBLISHED and other.group == PUBLISHED:
        return bool(atom.covers & other.covers)
    if PUBLISHED not in (atom.group, other.group):
        return False
    covers = atom.covers | other.covers
    single = its_activity if atom.group == PUBLISHED else activity
    known = activities()[single]
    return bool({known.group, known.field} & covers)


def _split(old: Atom, new: Atom) -> dict[str, float]:
    """Split the difference of two products over what drives them."""
    if PUBLISHED in (old.group, new.group):
        return {new.reason or old.reason or "remainder": new.kg - old.kg}
    return _shapley(_product(old, new), _product(new, old))


def _product(atom: Atom, other: Atom) -> dict[str, float]:
    """Return the drivers of a product; what is unknown on one side stays with the activity."""
    weather = atom.weather if atom.weather and other.weather else 1.0
    size = atom.size if atom.size and other.size else 1.0
    rest = atom.factor * weather * size
    if rest:
        return {
            "factor_edition": atom.factor,
            "weather": weather,
            "occupancy": size,
            "activity": atom.kg / rest,
        }
    # A factor of zero hides the amount: the whole difference is the factor's.
    return {"factor_edition": 0.0, "weather": weather, "occupancy": size, "activity": 1.0}


def _shapley(old: dict[str, float], new: dict[str, float]) -> dict[str, float]:
    """Return the Shapley value of each driver for the product of all drivers."""
    n = len(DRIVERS)
    parts = dict.fromkeys(DRIVERS, 0.0)
    for driver in DRIVERS:
        others = [d for d in DRIVERS if d != driver]
        for count in range(n):
            weight = math.factorial(count) * math.factorial(n - count - 1) / math.factorial(n)
            for changed in combinations(others, count):
                common = math.prod(new[d] if d in changed else old[d] for d in others)
                parts[driver] += weight * common * (new[driver] - old[driver])
    return parts


def _label(activity: str) -> str:
    return activities()[activity].name if activity in activities() else "Veröffentlichte Summe"
