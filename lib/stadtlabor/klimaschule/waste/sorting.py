"""What is in the bin: a sorting analysis of some bags, projected to a year."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Sorting", "divide", "sorting"]

MATERIALS = {
    "plastics": "Kunststoff",
    "paper": "Papier",
    "organic": "Essensreste und Bioabfall",
    "glass": "Glas",
    "metal": "Metall",
    "composite": "Verbundstoff",
    "rest": "Rest, der hierher gehört",
}
BELONGS = {
    "residual": {"rest"},
    "paper": {"paper"},
    "organic": {"organic"},
    "packaging": {"plastics", "metal", "composite"},
    "glass": {"glass"},
}
"""Which materials belong into which bin."""


@dataclass(frozen=True)
class Sorting:
    """Result of a sorting analysis.

    Attributes
    ----------
    shares
        Per material ``name``, ``share``, ``low``, ``high`` (90 %) of the mass.
    wrong, wrong_low, wrong_high
        Share of the mass that belongs into another bin.
    bags
        Bags that were sorted.
    """

    shares: pd.DataFrame
    wrong: float
    wrong_low: float
    wrong_high: float
    bags: int


def sorting(bags: pd.DataFrame, bin_: str, seed: int = 1) -> Sorting:
    """Evaluate sorted bags.

    Whole bags are drawn again and again (bootstrap), because what lies in one bag was thrown away
    together; single pieces are no independent evidence.

    Parameters
    ----------
    bags
        One row per bag, columns are materials, kg.
    bin_
        Key of the bin they come from (``residual``).
    seed
        Of the drawing.

    Raises
    ------
    ValueError
        In German, if fewer than three bags were sorted, nothing was weighed or a material is
        unknown.
    """
    unknown = [str(c) for c in bags.columns if c not in MATERIALS]
    if unknown:
        raise ValueError(f"„{unknown[0]}“ ist kein bekanntes Material ({', '.join(MATERIALS)}).")
    if len(bags) < 3:
        raise ValueError("Bitte mindestens drei Säcke sortieren: Ein Sack sagt nichts über andere.")
    kg = bags.reindex(columns=list(MATERIALS)).fillna(0.0).to_numpy(dtype="float64")
    if (kg < 0).any() or kg.sum() == 0:
        raise ValueError("Die Gewichte sind leer oder negativ. Bitte die Wägung prüfen.")
    draws = np.random.default_rng(seed).integers(0, len(kg), (2000, len(kg)))
    sums = kg[draws].sum(axis=1)
    drawn = sums / sums.sum(axis=1, keepdims=True)
    share = kg.sum(axis=0) / kg.sum()
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    astray = np.array([m not in BELONGS[bin_] for m in MATERIALS])
    wrong = drawn[:, astray].sum(axis=1)
    shares = pd.DataFrame(
        {"name": list(MATERIALS.values()), "share": share, "low": low, "high": high},
        index=list(MATERIALS),
    )
    return Sorting(
        shares,
        float(share[astray].sum()),
        float(np.quantile(wrong, 0.05)),
        float(np.quantile(wrong, 0.95)),
        len(bags),
    )


def divide(kg: float, result: Sorting) -> pd.DataFrame:
    """Divide a year's mass of a bin by the shares of its materials.

    Returns
    -------
    DataFrame
        Per material ``name``, ``kg``, ``low``, ``high``; ``kg`` sums to the mass.
    """
    table = result.shares
    found = pd.DataFrame(
        {
            "name": table["name"],
            "kg": table["share"] * kg,
            "low": table["low"] * kg,
            "high": table["high"] * kg,
        }
    )
    assert math.isclose(found["kg"].sum(), kg, rel_tol=1e-9, abs_tol=1e-9)  # noqa: S101
    return found
