"""How much stands empty: a rate per street with its denominator and an interval."""

from __future__ import annotations

import math
from statistics import NormalDist

import pandas as pd

from stadtlabor.innenstadt.vacancy.address import street_key
from stadtlabor.innenstadt.vacancy.machine import Standing
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.rules import rules

__all__ = ["rates", "wilson"]


def wilson(hits: int, of: int, confidence: float | None = None) -> tuple[float, float]:
    """Return the interval of a share (0 to 1), after Wilson 1927.

    The stock of a street is counted in full, so the interval answers another question: how far
    the share would differ if the same street filled its shops anew. It keeps small streets from
    looking alarming.

    Parameters
    ----------
    hits, of
        Counts.
    confidence
        Default ``rules().rate.confidence``.
    """
    if of == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + (confidence or rules().rate.confidence) / 2)
    share = hits / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return low, high


def rates(register: Register) -> pd.DataFrame:
    """Return the vacancy rate per street.

    Units that were reported but not checked yet count as before (in use), or not at all where they
    are new; how many there are stands beside.

    Returns
    -------
    DataFrame
        ``street``, ``vacant``, ``stock`` (denominator), ``rate``, ``low``, ``high`` (shares 0–1),
        ``area_vacant_m2`` (0 where no area is recorded), ``unchecked``; by street, all streets
        together in the last row with an empty name.
    """
    rows = []
    for standing in register.units().values():
        if standing.state in ("rejected", "archived") or standing.facts is None:
            continue
        was_known = standing.checked_at is not None
        unchecked = standing.state == "reported"
        vacant = _counts(standing)
        rows.append(
            {
                "key": street_key(standing.facts.street),
                "street": standing.facts.street,
                "vacant": vacant,
                "stock": was_known or not unchecked,
                "unchecked": unchecked,
                "area_vacant_m2": (standing.facts.area_m2 or 0.0) if vacant else 0.0,
            }
        )
    columns = ["key", "street", "vacant", "stock", "unchecked", "area_vacant_m2"]
    table = pd.DataFrame(rows, columns=columns)
    kinds = {"vacant": "int64", "stock": "int64", "unchecked": "int64", "area_vacant_m2": "float64"}
    table = table.astype(kinds)
    # Spellings of a street are one street; the most frequent one names it.
    names = pd.Series(
        {key: str(some.mode().iloc[0]) for key, some in table.groupby("key")["street"]}, dtype="str"
    )
    sums = table.drop(columns="street").groupby("key").sum()
    by_street = sums.assign(street=names).sort_values("street").reset_index(drop=True)
    whole = table.drop(columns=["key", "street"]).sum().to_frame().T.assign(street="")
    found = pd.concat([by_street, whole], ignore_index=True).astype(kinds)
    pairs = list(zip(found["vacant"], found["stock"], strict=True))
    found["rate"] = [v / n if n else math.nan for v, n in pairs]
    found["low"] = [wilson(v, n)[0] for v, n in pairs]
    found["high"] = [wilson(v, n)[1] for v, n in pairs]
    order = ["street", "vacant", "stock", "rate", "low", "high", "area_vacant_m2", "unchecked"]
    return found[order]


def _counts(standing: Standing) -> bool:
    if standing.state == "placed":
        return standing.placed_as == "popup" and rules().rate.popup_is_vacant
    return standing.state in ("checked", "marketed")
