"""Goods: what came into the school, where it left it, and what cannot be accounted for.

A balance of mass per material: purchases = waste + what stays in stock + what is taken home. What
does not close is drawn and named, never spread over the known flows.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

__all__ = ["MATERIALS", "Balance", "Flow", "balance"]

MATERIALS = {
    "paper": "Papier",
    "plastics": "Kunststoff",
    "food": "Essen",
    "glass": "Glas",
    "devices": "Geräte",
    "other": "Sonstiges",
}


@dataclass(frozen=True)
class Flow:
    """A flow of one material.

    Attributes
    ----------
    material
        Key of :data:`MATERIALS`.
    source, target
        German names of the ends ("Einkauf", "Schule", "Altpapier").
    kg, uncertainty_kg
        Mass of the year and half of its 90 % range.
    evidence
        German: list, weighing or assumption behind it.
    """

    material: str
    source: str
    target: str
    kg: float
    uncertainty_kg: float
    evidence: str


@dataclass(frozen=True)
class Balance:
    """Balance of mass of a school.

    Attributes
    ----------
    flows
        ``material``, ``source``, ``target``, ``kg``, ``low``, ``high``, ``evidence`` and
        ``known``: False for what closes the balance.
    materials
        Per material ``name``, ``in_kg``, ``out_kg``, ``gap_kg``, ``range_kg`` (half of the 90 %
        range of the gap) and ``closes``.
    said
        German sentences: which material does not close, and what may be missing.
    """

    flows: pd.DataFrame
    materials: pd.DataFrame
    said: list[str]


SCHOOL = "Schule"


def balance(flows: Sequence[Flow], likely: Mapping[str, str] | None = None) -> Balance:
    """Balance what comes in with what leaves.

    Parameters
    ----------
    flows
        Flows into the school (``target`` is "Schule") and out of it (``source`` is "Schule").
    likely
        Per material a German guess at what is missing, for the sentence.

    Raises
    ------
    ValueError
        In German, if a flow is negative, touches the school at neither end or its material is
        unknown.
    """
    for flow in flows:
        if flow.material not in MATERIALS:
            raise ValueError(
                f"„{flow.material}“ ist kein bekannter Stoff ({', '.join(MATERIALS)})."
            )
        if not (math.isfinite(flow.kg) and flow.kg >= 0 and flow.uncertainty_kg >= 0):
            raise ValueError(
                f"{flow.source} → {flow.target}: Die Masse {flow.kg:g} kg ist negativ oder fehlt."
            )
        if SCHOOL not in (flow.source, flow.target) or flow.source == flow.target:
            raise ValueError(f"{flow.source} → {flow.target}: Ein Ende muss „{SCHOOL}“ heißen.")
    rows, materials, said = [_row(flow, True) for flow in flows], {}, []
    for key, name in MATERIALS.items():
        mine = [flow for flow in flows if flow.material == key]
        if not mine:
            continue
        inside = math.fsum(f.kg for f in mine if f.target == SCHOOL)
        outside = math.fsum(f.kg for f in mine if f.source == SCHOOL)
        gap = inside - outside
        half = math.sqrt(math.fsum(f.uncertainty_kg**2 for f in mine))
        closes = abs(gap) <= half
        materials[key] = (name, inside, outside, gap, half, closes)
        if gap:
            open_end = "nicht erfasst: Verbleib" if gap > 0 else "nicht erfasst: Herkunft"
            ends = (SCHOOL, open_end) if gap > 0 else (open_end, SCHOOL)
            rows.append(_row(Flow(key, *ends, abs(gap), half, "Rest der Bilanz"), False))
        said.append(_sentence(name, inside, outside, gap, half, (likely or {}).get(key)))
    columns = ["material", "source", "target", "kg", "low", "high", "evidence", "known"]
    return Balance(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame.from_dict(
            materials,
            orient="index",
            columns=["name", "in_kg", "out_kg", "gap_kg", "range_kg", "closes"],
        ),
        said,
    )


def _row(flow: Flow, known: bool) -> tuple[str, str, str, float, float, float, str, bool]:
    low, high = max(0.0, flow.kg - flow.uncertainty_kg), flow.kg + flow.uncertainty_kg
    return flow.material, flow.source, flow.target, flow.kg, low, high, flow.evidence, known


def _sentence(
    name: str, inside: float, outside: float, gap: float, half: float, likely: str | None
) -> str:
    first = f"{name}: {_kg(inside)} kamen herein, {_kg(outside)} gingen hinaus."
    if abs(gap) <= half:
        return f"{first} Die Bilanz schließt innerhalb von ± {_kg(half)}."
    what = f"{_kg(abs(gap))} ± {_kg(half)} fehlen"
    where = "auf der Seite des Verbleibs" if gap > 0 else "auf der Seite des Einkaufs"
    guess = f" Vielleicht: {likely}." if likely else ""
    return f"{first} {what} {where}.{guess}"


def _kg(value: float) -> str:
    return f"{value:,.0f} kg".replace(",", ".")
