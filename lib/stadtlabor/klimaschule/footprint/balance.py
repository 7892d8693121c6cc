"""The footprint: amount times factor, per activity, with its range and what is missing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from stadtlabor.klimaschule.footprint.activities import activities, fields
from stadtlabor.klimaschule.footprint.factors import (
    STANDARD,
    Factor,
    Selection,
    factors,
    selections,
)
from stadtlabor.klimaschule.footprint.inputs import PUBLISHED, Inputs, Item
from stadtlabor.klimaschule.footprint.quality import qualities
from stadtlabor.klimaschule.footprint.remarks import german, missing, notes

__all__ = ["Footprint", "factor_sets", "footprint"]


@dataclass(frozen=True)
class Footprint:
    """Emissions of a school in a period.

    Attributes
    ----------
    inputs
        What it was computed from.
    selection
        Which factors were taken.
    lines
        One row per stated amount: ``field``, ``activity``, ``label``, ``amount``, ``unit``,
        ``factor_id``, ``factor`` (kg per unit), ``kg``, ``low``, ``high`` (90 %, of this row
        alone), ``market_kg``, ``kind``, ``check`` and ``source``.
    total_kg, low_kg, high_kg
        Sum and its 90 % range, kg; location-based: electricity by the mix of the grid.
    market_kg
        The same sum with the factor of the school's own electricity contract; None where the
        contract's factor is not stated.
    missing
        German sentences: what is not in the sum, and who would know it.
    notes
        German sentences: what must be said beside the sum.
    """

    inputs: Inputs
    selection: Selection
    lines: pd.DataFrame
    total_kg: float
    low_kg: float
    high_kg: float
    market_kg: float | None
    missing: list[str]
    notes: list[str]

    @property
    def by_field(self) -> pd.DataFrame:
        """Sum per field in kg, NaN for fields without any counted amount."""
        sums = self.lines.groupby("field")["kg"].sum()
        rows = [(f.name, float(sums.get(key, math.nan))) for key, f in fields().items()]
        return pd.DataFrame(rows, columns=["name", "kg"], index=list(fields()))

    @property
    def per_person_kg(self) -> float | None:
        """Total by pupils and staff; None where their number is not stated."""
        persons = self.inputs.persons
        return self.total_kg / persons if persons else None

    @property
    def unverified(self) -> pd.DataFrame:
        """Rows whose factor has not been verified at its source."""
        return self.lines[self.lines["check"] == "unverified"]


def footprint(inputs: Inputs, factors: str | Selection = STANDARD) -> Footprint:
    """Compute the footprint of a school.

    Parameters
    ----------
    inputs
        Amounts, size and period.
    factors
        Key of a selection (``selections.toml``) or a selection.

    Raises
    ------
    ValueError
        If the selection is unknown.
    """
    chosen = factors if isinstance(factors, Selection) else selections().get(factors)
    if chosen is None:
        names = ", ".join(selections())
        raise ValueError(f"Die Faktorauswahl „{factors}“ gibt es nicht. Es gibt: {names}.")
    rows: list[dict[str, object]] = []
    without: list[str] = []
    for item in inputs.items:
        row = _row(item, inputs, chosen)
        if row is None:
            label = activities()[item.activity].name
            without.append(
                f"{label}: Für {german(item.amount)} {item.unit} ist kein Faktor hinterlegt. "
                "Sie fehlen in der Summe, bis ein Faktor mit Quelle eingetragen ist."
            )
        else:
            rows.append(row)
    lines = pd.DataFrame(rows, columns=[*COLUMNS])
    total = math.fsum(lines["kg"])
    half = _half_range(lines)
    market = _market(lines)
    return Footprint(
        inputs=inputs,
        selection=chosen,
        lines=lines,
        total_kg=total,
        low_kg=max(0.0, total - half),
        high_kg=total + half,
        market_kg=market,
        missing=[*missing(inputs), *without],
        notes=notes(lines, inputs, market),
    )


def factor_sets(inputs: Inputs, keys: Iterable[str] | None = None) -> pd.DataFrame:
    """Compute the same amounts with several sets of factors, side by side.

    Returns
    -------
    DataFrame
        Per selection ``name``, ``kg``, ``replaced`` (rows whose factor differs from the
        standard) and ``why``; selections that change no row are left out.
    """
    standard = footprint(inputs).lines
    found = []
    for key in keys or selections():
        chosen = selections()[key]
        lines = footprint(inputs, chosen).lines
        replaced = int((lines["factor_id"].to_numpy() != standard["factor_id"].to_numpy()).sum())
        if key == STANDARD or replaced:
            found.append((key, chosen.name, math.fsum(lines["kg"]), replaced, chosen.why))
    return pd.DataFrame(found, columns=["key", "name", "kg", "replaced", "why"]).set_index("key")


COLUMNS = (
    "field", "activity", "group", "name", "label", "amount", "unit", "factor_id", "factor", "kg",
    "low", "high", "market_kg", "amount_pct", "factor_pct", "kind", "check", "source",
)  # fmt: skip


def _row(item: Item, inputs: Inputs, chosen: Selection) -> dict[str, object] | None:
    """Return the row of an item; None where no factor is known."""
    stated = item.uncertainty_pct
    amount_pct = qualities()[item.kind].percent if stated is None else stated
    common = {
        "name": item.name,
        "amount_pct": amount_pct,
        "kind": item.kind,
        "source": item.source,
        "market_kg": math.nan,
    }
    if item.activity == PUBLISHED:
        field = next((c for c in item.covers if c in fields()), "")
        return {
            **common,
            "field": field,
            "activity": PUBLISHED,
            "group": PUBLISHED,
            "label": item.name or "Veröffentlichte Summe",
            "amount": item.amount,
            "unit": "kg CO2e",
            "factor_id": "",
            "factor": 1.0,
            "kg": item.amount,
            "low": item.amount,
            "high": item.amount,
            "factor_pct": 0.0,
            "check": "quoted",
        }
    activity = activities()[item.activity]
    own = [f for f in inputs.own_factors if f.activity == item.activity]
    bought = next((f.factor() for f in own if not f.market), None)
    factor = bought or chosen.factor(item.activity, inputs.year)
    if factor is None:
        return None
    market = next((f.value for f in own if f.market), math.nan)
    factor_pct = _factor_percent(factor)
    kg = item.base_amount * factor.value
    half = kg / 100 * math.hypot(amount_pct, 0.0 if factor_pct is None else factor_pct)
    return {
        **common,
        "field": activity.field,
        "activity": item.activity,
        "group": activity.group,
        "label": f"{activity.name}, {item.name}" if item.name else activity.name,
        "amount": item.base_amount,
        "unit": activity.unit,
        "factor_id": factor.id,
        "factor": factor.value,
        "kg": kg,
        "low": max(0.0, kg - half),
        "high": kg + half,
        "market_kg": item.base_amount * market,
        "factor_pct": math.nan if factor_pct is None else factor_pct,
        "check": factor.check,
    }


def _factor_percent(factor: Factor) -> float | None:
    """Return half of the range of a factor in per cent.

    Where the source states none, the distance to the other sets tells how far official values
    for the same gases and a similar year lie apart; None where there is no other.
    """
    if factor.uncertainty_pct is not None:
        return factor.uncertainty_pct
    if factor.value == 0 or factor.check == "own":
        return 0.0
    others = [
        f.value
        for f in factors().values()
        if f.activity == factor.activity
        and f.gases == factor.gases
        and f.set != factor.set
        and abs(f.year - factor.year) <= 5
        and f.value > 0
    ]
    if not others:
        return None
    return max(abs(value - factor.value) for value in others) / factor.value * 100


def _half_range(lines: pd.DataFrame) -> float:
    """Combine the ranges: amounts err one by one, rows with the same factor err together."""
    amounts = (lines["kg"] * lines["amount_pct"] / 100).pow(2).sum()
    shared = (lines["kg"] * lines["factor_pct"].fillna(0) / 100).groupby(lines["factor_id"]).sum()
    return math.sqrt(amounts + shared.pow(2).sum())


def _market(lines: pd.DataFrame) -> float | None:
    grid = lines["activity"] == "electricity.grid"
    if not grid.any() or lines.loc[grid, "market_kg"].isna().any():
        return None
    return math.fsum(lines.loc[~grid, "kg"]) + math.fsum(lines.loc[grid, "market_kg"])
