"""The factor registry: every emission factor with year, edition, boundary, source and check.

Several official-looking sets disagree, because they count different things (only the burning, or
mining and transport too; carbon dioxide alone, or all greenhouse gases) and different years. So
nothing is averaged: sets stand side by side and each figure names the one it uses.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import Field as Limits
from pydantic import field_validator

from stadtlabor.klimaschule.footprint.activities import Part, activities, packaged

__all__ = ["STANDARD", "Factor", "Selection", "conversions", "factors", "selections"]

STANDARD = "standard"


class Factor(Part):
    """One value of one edition of one set (a row of ``factors.csv``).

    Attributes
    ----------
    id
        ``<set>/<activity>/<year>``.
    activity
        Key of the activity.
    value
        Emissions per unit, kg.
    unit
        For example ``kg/kWh``.
    year
        Year that the value describes.
    set, edition
        Where it was published, and in which edition.
    gases
        ``CO2`` alone or ``CO2e`` (all greenhouse gases as CO2 equivalents).
    boundary
        German: what is counted.
    uncertainty_pct
        Half of the 90 % range in per cent, where the source states it.
    check
        ``read`` (read in the source itself), ``quoted`` (read in another named source) or
        ``unverified`` (known by hearsay; every figure that uses it says so).
    source, licence, note
        German; for the factor card.
    """

    id: str
    activity: str
    value: Annotated[float, Limits(ge=0, allow_inf_nan=False)]
    unit: str
    year: Annotated[int, Limits(ge=1990, le=2100)]
    set: str
    edition: str
    gases: Literal["CO2", "CO2e"]
    boundary: str
    uncertainty_pct: Annotated[float, Limits(ge=0, le=200)] | None = None
    check: Literal["read", "quoted", "unverified", "own"]
    source: Annotated[str, Limits(min_length=3)]
    licence: str
    note: str = ""

    @field_validator("uncertainty_pct", mode="before")
    @classmethod
    def _empty_is_unknown(cls, value: object) -> object:
        return None if value == "" else value


@cache
def factors() -> dict[str, Factor]:
    """Return all factors by id.

    Raises
    ------
    ValueError
        If two rows share an id or a row names an unknown activity.
    """
    found: dict[str, Factor] = {}
    for row in csv.DictReader(packaged("factors.csv").splitlines()):
        factor = Factor.model_validate(row)
        if factor.id in found or factor.activity not in activities():
            raise ValueError(f"factors.csv: {factor.id} is doubled or names no activity")
        found[factor.id] = factor
    return found


@cache
def conversions() -> dict[tuple[str, str], float]:
    """Return kWh per unit by activity and unit (``conversions.csv``)."""
    rows = csv.DictReader(packaged("conversions.csv").splitlines())
    return {(row["activity"], row["unit"]): float(row["kwh_per_unit"]) for row in rows}


@dataclass(frozen=True)
class Selection:
    """Which factor is taken.

    Attributes
    ----------
    key, name, why
        Key, German name and German reason.
    sets
        Sets in order; the first that holds the activity wins.
    year
        Take the factors of this year whatever the year of the inputs (constant factors); None:
        the newest factor that is not younger than the inputs.
    """

    key: str
    name: str
    why: str
    sets: tuple[str, ...]
    year: int | None = None

    def factor(self, activity: str, year: int) -> Factor | None:
        """Return the factor of an activity for a year, or None where no set holds it.

        Years of the pandemic are passed over where a set holds another one for the activity:
        empty buses are no measure of buses.
        """
        wanted = self.year or year
        for name in self.sets:
            held = [f for f in factors().values() if f.set == name and f.activity == activity]
            usual = [f for f in held if "Pandemie" not in f.note] or held
            if usual:
                past = [f for f in usual if f.year <= wanted]
                return max(past, key=lambda f: f.year) if past else min(usual, key=lambda f: f.year)
        return None


@cache
def selections() -> dict[str, Selection]:
    """Return the selections of ``selections.toml`` by key."""
    rows = tomllib.loads(packaged("selections.toml"))
    common = tuple(rows[STANDARD]["sets"])
    return {
        key: Selection(key, row["name"], row["why"], tuple(dict.fromkeys([*row["sets"], *common])))
        for key, row in rows.items()
    }
