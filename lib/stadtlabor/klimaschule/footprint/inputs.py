"""What a school states for its footprint: amounts with their evidence, its size, its period."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field as Limits
from pydantic import ValidationError, model_validator

from stadtlabor.faults import not_toml, sentences
from stadtlabor.klimaschule.footprint.activities import Part, activities, fields
from stadtlabor.klimaschule.footprint.factors import Factor, conversions
from stadtlabor.klimaschule.footprint.quality import Kind

__all__ = ["PUBLISHED", "InputError", "Inputs", "Item", "OwnFactor", "read_inputs"]

PUBLISHED = "published"
"""Activity of a sum that somebody published in kg CO2e without the amounts behind it."""

Amount = Annotated[float, Limits(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Limits(ge=0, le=1)]
Positive = Annotated[float, Limits(gt=0, allow_inf_nan=False)]


class InputError(ValueError):
    """The inputs cannot be used; the message says in German where and why."""


class Item(Part):
    """One stated amount.

    Attributes
    ----------
    activity
        Key of the activity (``heat.gas``), or :data:`PUBLISHED` for a published sum in kg CO2e.
    amount, unit
        How much in which unit. Litres, cubic metres and kilograms of fuel become kWh by
        ``conversions.csv``.
    source
        German: bill, reading, survey that the amount was taken from.
    kind
        How it is known.
    name
        Which meter, building or class, where there are several.
    uncertainty_pct
        Half of the 90 % range in per cent, where it is known better than the kind tells.
    heating_share
        Part of the heat that follows the weather, 0–1 (the rest is hot water).
    degree_days
        Gradtagszahl G20/15 of the period, Kd.
    covers
        Fields or groups that a published sum stands for.
    reason
        Part of a difference that a published sum belongs to, where the publication says so.
    """

    activity: str
    amount: Annotated[float, Limits(allow_inf_nan=False)]
    unit: str
    source: Annotated[str, Limits(min_length=3)]
    kind: Kind = "measured"
    name: str = ""
    uncertainty_pct: Annotated[float, Limits(ge=0, le=100)] | None = None
    heating_share: Share | None = None
    degree_days: Positive | None = None
    covers: tuple[str, ...] = ()
    reason: str | None = None

    @model_validator(mode="after")
    def _known(self) -> Item:
        if self.activity == PUBLISHED:
            if self.unit != "kg":
                raise ValueError("Eine veröffentlichte Summe steht in kg")
            return self
        known = activities().get(self.activity)
        if known is None:
            raise ValueError(f"Die Tätigkeit „{self.activity}“ gibt es nicht")
        if self.amount < 0:
            raise ValueError(f"{known.name}: Die Menge {self.amount:g} ist negativ")
        if self.unit != known.unit and (self.activity, self.unit) not in conversions():
            raise ValueError(
                f"{known.name} wird in {known.unit} angegeben, nicht in „{self.unit}“. "
                "Bitte umrechnen"
            )
        return self

    @property
    def base_amount(self) -> float:
        """Amount in the unit of the activity."""
        return self.amount * conversions().get((self.activity, self.unit), 1.0)


class OwnFactor(Part):
    """A factor that the school brings along, with its source.

    ``market`` marks the factor of the school's own electricity contract (Stromkennzeichnung):
    it never replaces the grid's factor, it is shown beside it.
    """

    activity: str
    value: Amount
    year: int
    source: Annotated[str, Limits(min_length=3)]
    market: bool = False

    def factor(self) -> Factor:
        """Return it in the form of the registry."""
        unit = f"kg/{activities()[self.activity].unit}"
        return Factor(
            id=f"eigener/{self.activity}/{self.year}",
            activity=self.activity,
            value=self.value,
            unit=unit,
            year=self.year,
            set="eigener Faktor",
            edition=str(self.year),
            gases="CO2e",
            boundary="wie in der Quelle",
            check="own",
            source=self.source,
            licence="Angabe der Schule",
        )

    @model_validator(mode="after")
    def _known(self) -> OwnFactor:
        if self.activity not in activities():
            raise ValueError(f"Die Tätigkeit „{self.activity}“ gibt es nicht")
        return self


class Inputs(Part):
    """Everything that a footprint is computed from.

    Attributes
    ----------
    school, title
        German names of the school and of this balance ("Schuljahr 2024/25").
    start, end
        First and last day of the period.
    pupils, staff
        Persons; None where unknown.
    floor_area_m2
        Heated floor area; None where unknown.
    presence
        Share of normal operation, 1 for a usual year (a year of closed schools is less).
    items
        Stated amounts.
    counted
        Groups that were counted although they have no item (they are really zero).
    own_factors
        Factors that the school brings along.
    compensation_kg
        Bought compensation, shown beside and never subtracted.
    """

    school: str
    title: str
    start: date
    end: date
    pupils: Annotated[int, Limits(gt=0)] | None = None
    staff: Annotated[int, Limits(ge=0)] | None = None
    floor_area_m2: Positive | None = None
    presence: Annotated[float, Limits(gt=0, le=1.5)] = 1.0
    items: tuple[Item, ...] = ()
    counted: tuple[str, ...] = ()
    own_factors: tuple[OwnFactor, ...] = ()
    compensation_kg: Amount | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Inputs:
        if self.end < self.start:
            raise ValueError("Das Ende liegt vor dem Anfang")
        groups = {a.group for a in activities().values()}
        covered = groups | set(fields())
        for name in self.counted:
            if name not in groups:
                raise ValueError(f"Die Gruppe „{name}“ gibt es nicht")
        for item in self.items:
            for name in item.covers:
                if name not in covered:
                    raise ValueError(f"„{name}“ ist weder Handlungsfeld noch Gruppe")
        return self

    @property
    def year(self) -> int:
        """Year that the larger part of the period lies in: its factors are taken."""
        return (self.start + (self.end - self.start) / 2).year

    @property
    def persons(self) -> float | None:
        """Pupils and staff, weighted with the share of normal operation."""
        return None if self.pupils is None else (self.pupils + (self.staff or 0)) * self.presence


def read_inputs(path: Path) -> Inputs:
    """Read the inputs of a footprint from a TOML file.

    Raises
    ------
    InputError
        In German, with line and key of each fault.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return Inputs.model_validate(tomllib.loads(text))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: Die Datei ist nicht lesbar. Bitte Datei prüfen.") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(not_toml(path.name, error)) from error
    except ValidationError as error:
        raise InputError("\n".join(sentences(path.name, text, error))) from error
