"""How much waste: number × volume × emptyings × fill × density, per fraction and year.

Source of the method: umweltschulen.de, Checkliste zur Ermittlung des Abfallaufkommens.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator

from stadtlabor.klimaschule.footprint import Item
from stadtlabor.klimaschule.waste.fractions import fractions

__all__ = ["Bins", "WasteYear", "year_from_bins", "year_from_weighing"]

FILL_POINTS = 15.0
"""Half of the 90 % range of a fill level estimated by eye, percentage points (assumption)."""


class Bins(BaseModel):
    """Bins of one fraction with the same rhythm.

    Attributes
    ----------
    fraction
        Key of ``fractions.toml``.
    number, litres
        How many bins of which volume.
    fill_percent
        How full they are when they are emptied.
    emptyings
        Emptyings of a year.
    weighed_kg
        Weight of the content of one full bin, where somebody weighed it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fraction: str
    number: Annotated[int, Field(ge=0, le=200)]
    litres: Annotated[float, Field(gt=0, le=10_000)]
    fill_percent: Annotated[float, Field(ge=0, le=120)]
    emptyings: Annotated[float, Field(ge=0, le=366)]
    weighed_kg: Annotated[float, Field(gt=0, le=5_000)] | None = None

    @field_validator("fraction")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in fractions():
            names = ", ".join(fractions())
            raise ValueError(f"„{value}“ ist keine bekannte Abfallart ({names})")
        return value


@dataclass(frozen=True)
class WasteYear:
    """Waste of a year.

    Attributes
    ----------
    table
        Per fraction ``name``, ``kg``, ``low``, ``high`` (90 %).
    notes
        German sentences.
    """

    table: pd.DataFrame
    notes: list[str]

    def items(self, source: str) -> list[Item]:
        """Return the amounts for the footprint."""
        found = []
        for key, row in self.table.iterrows():
            kg = float(row["kg"])
            half = (float(row["high"]) - float(row["low"])) / 2
            found.append(
                Item(
                    activity=fractions()[str(key)].activity,
                    amount=kg,
                    unit="kg",
                    source=source,
                    kind="estimated",
                    uncertainty_pct=min(100.0, half / kg * 100) if kg else 0.0,
                )
            )
        return found


def year_from_bins(bins: Sequence[Bins]) -> WasteYear:
    """Estimate the waste of a year from bins.

    Raises
    ------
    ValueError
        In German, if there are no bins.
    """
    if not bins:
        raise ValueError("Es ist keine Tonne angegeben. Bitte mindestens eine Tonne eintragen.")
    rows: dict[str, list[tuple[float, float]]] = {}
    unweighed = False
    for each in bins:
        fraction = fractions()[each.fraction]
        litres = each.number * each.litres * each.emptyings
        if each.weighed_kg is None:
            density, percent = fraction.density_kg_l, fraction.density_pct
            unweighed = unweighed or litres > 0
        else:
            density, percent = each.weighed_kg / each.litres, 5.0
        kg = litres * each.fill_percent / 100 * density
        by_eye = litres * FILL_POINTS / 100 * density
        rows.setdefault(each.fraction, []).append((kg, math.hypot(kg * percent / 100, by_eye)))
    notes = ["Der Füllgrad ist mit dem Auge geschätzt; die Spanne enthält das."]
    if unweighed:
        notes.append(
            "Die Dichte ist eine ungeprüfte Annahme. Genauer wird es, wenn ihr eine volle Tonne "
            "wiegt."
        )
    return WasteYear(_table(rows), notes)


def year_from_weighing(weeks: pd.DataFrame, weeks_of_year: float = 52.0) -> WasteYear:
    """Project weighed weeks to a year.

    Parameters
    ----------
    weeks
        One row per weighed week, columns are fractions, kg; NaN where not weighed.
    weeks_of_year
        How many such weeks a year has (38 where only school weeks were weighed).

    Raises
    ------
    ValueError
        In German, if a fraction was weighed in fewer than two weeks.
    """
    from scipy.special import stdtrit

    rows: dict[str, list[tuple[float, float]]] = {}
    for key in weeks.columns:
        weighed = weeks[key].dropna()
        n = len(weighed)
        if n < 2:
            raise ValueError(
                f"{fractions()[key].name}: Bitte mindestens zwei Wochen wiegen, sonst ist nicht zu "
                "sehen, wie stark die Wochen sich unterscheiden."
            )
        left = math.sqrt(max(0.0, 1 - n / weeks_of_year))
        half = stdtrit(n - 1, 0.95) * weighed.std(ddof=1) / math.sqrt(n) * left
        rows[key] = [(float(weighed.mean()) * weeks_of_year, float(half) * weeks_of_year)]
    return WasteYear(_table(rows), [f"Gewogen: {len(weeks)} Wochen."])


def _table(rows: dict[str, list[tuple[float, float]]]) -> pd.DataFrame:
    """Sum bins of a fraction; they share density and eye, so their errors add up."""
    found = {}
    for key in fractions():
        if key in rows:
            kg = math.fsum(k for k, _ in rows[key])
            half = math.fsum(h for _, h in rows[key])
            found[key] = (fractions()[key].name, kg, max(0.0, kg - half), kg + half)
    return pd.DataFrame.from_dict(found, orient="index", columns=["name", "kg", "low", "high"])
