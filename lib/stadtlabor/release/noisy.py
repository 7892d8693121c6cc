"""Sums and counts by group with Laplace noise, each person's part in them bounded."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from stadtlabor.release.budget import Budget

__all__ = ["Release", "ReleaseError", "counts", "sums"]


class ReleaseError(ValueError):
    """A release cannot be made; the message says in German why."""


@dataclass(frozen=True)
class Release:
    """Numbers that may be published.

    Attributes
    ----------
    table
        Columns ``group``, ``value`` and ``error``: with 95 % probability the true number, computed
        with bounded parts, lies within ``value`` ± ``error``.
    epsilon
        What it has cost.
    note
        German sentence to be printed beside it.
    """

    table: pd.DataFrame
    epsilon: float
    note: str


def counts(
    frame: pd.DataFrame, *, group: str, groups: Sequence[str], person: str, epsilon: float,
    budget: Budget, most: int = 1,
) -> Release:  # fmt: skip
    """Count the people of each group.

    Parameters
    ----------
    frame
        One row per person and group, or several.
    group, person
        Columns of groups and of people.
    groups
        All groups of the table, also those without anybody: a group that only shows when someone
        is in it would tell just that.
    epsilon
        Cost, taken off the budget before anything is drawn.
    budget
        Ledger of the data set.
    most
        Groups that one person counts in; of more a fixed choice is made.

    Raises
    ------
    ReleaseError, BudgetError
        In German.
    """
    once = frame.drop_duplicates([person, group]).assign(_one=1.0)
    return sums(
        once, group=group, groups=groups, person=person, value="_one", low=0.0, high=1.0,
        epsilon=epsilon, budget=budget, most=most,
    )  # fmt: skip


def sums(
    frame: pd.DataFrame, *, group: str, groups: Sequence[str], person: str, value: str,
    low: float, high: float, epsilon: float, budget: Budget, most: int = 1,
) -> Release:  # fmt: skip
    """Add up the values of each group.

    Parameters
    ----------
    value
        Column of the values; those of one person in one group are added first.
    low, high
        What one person can add to one group at most; beyond, their part is cut to it. To be known
        beforehand, never taken from the data.

    Other parameters are those of :func:`counts`.
    """
    _check(frame, (group, person, value), groups, low, high, most)
    budget.spend(epsilon, f"sums of {value} by {group}, {len(groups)} groups")
    parts = _bounded(frame, group, person, value, most)
    measure, scale = _measurement(low, high, epsilon / most)
    noisy = [measure(parts.loc[parts[group] == each, value].tolist()) for each in groups]
    # Two-sided: |Laplace(b)| stays below b · ln 20 with probability 95 %.
    table = pd.DataFrame({"group": list(groups), "value": noisy, "error": scale * math.log(20)})
    spent = f"{epsilon:g}".replace(".", ",")
    note = (
        f"Werte mit Rauschen (Differential Privacy, ε = {spent} je Person), jede Person zählt in "
        f"höchstens {most} Gruppe{'n' if most > 1 else ''}. Kleine und negative Werte sind möglich."
    )
    return Release(table, epsilon, note)


def _bounded(frame: pd.DataFrame, group: str, person: str, value: str, most: int) -> pd.DataFrame:
    """Return one part per person and group, of at most so many groups per person."""
    parts = frame.groupby([person, group], as_index=False, sort=False, observed=True)[value].sum()
    # Which groups stay must not hang on the values: a fixed shuffle by the names decides.
    mixed = [
        hashlib.sha256(f"{p}\0{g}".encode()).hexdigest()
        for p, g in zip(parts[person], parts[group], strict=True)
    ]
    parts = parts.assign(_mixed=mixed).sort_values("_mixed", kind="stable")
    kept: pd.DataFrame = parts.groupby(person, sort=False).head(most)
    return kept


def _measurement(low: float, high: float, epsilon: float) -> tuple[Any, float]:
    """Return OpenDP's noisy sum of bounded parts, and the scale of its noise."""
    try:
        import opendp.prelude as dp
    except ImportError as error:
        raise ReleaseError(
            "OpenDP fehlt. Bitte einrichten: pip install 'stadtlabor[privacy]'"
        ) from error
    dp.enable_features("contrib")
    space = dp.vector_domain(dp.atom_domain(T=float, nan=False)), dp.symmetric_distance()
    added = space >> dp.t.then_clamp((low, high)) >> dp.t.then_sum()
    scale = dp.binary_search(
        lambda s: (added >> dp.m.then_laplace(s)).map(1) <= epsilon, bounds=(1e-9, 1e12)
    )
    return added >> dp.m.then_laplace(scale), float(scale)


def _check(
    frame: pd.DataFrame, columns: Sequence[str], groups: Sequence[str], low: float, high: float,
    most: int,
) -> None:  # fmt: skip
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise ReleaseError(f"Die Spalte „{missing[0]}“ fehlt in der Tabelle.")
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ReleaseError("„low“ und „high“ müssen Zahlen sein, „low“ die kleinere.")
    if len(set(groups)) != len(groups) or not groups:
        raise ReleaseError("„groups“ muss jede Gruppe genau einmal nennen.")
    if not 1 <= most <= len(groups):
        raise ReleaseError(f"„most“ muss zwischen 1 und {len(groups)} liegen.")
    if frame[columns[2]].isna().any() or frame[columns[1]].isna().any():
        raise ReleaseError("In der Tabelle fehlen Werte oder Personen. Bitte vorher entscheiden.")
