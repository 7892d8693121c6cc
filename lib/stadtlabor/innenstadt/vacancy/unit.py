"""A unit: rooms on one floor of a house that one business can use."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stadtlabor.faults import sentences
from stadtlabor.innenstadt.vacancy.errors import MoveError

__all__ = ["Unit", "unit_of"]

Text = Annotated[str, Field(max_length=200)]
LEAST_BLUR_M = 1.0
Metres = Annotated[float, Field(gt=0, lt=100_000, allow_inf_nan=False)]


class Unit(BaseModel):
    """The facts of a unit; None means: not recorded.

    Attributes
    ----------
    id
        Identifier, lower-case ASCII.
    street, house_number
        Address; the number as it stands at the house ("12 a").
    floor
        Position in the house ("EG links").
    area_m2, frontage_m
        Usable area and width of the shop window.
    rent_eur_m2
        Asked rent without heating, Euro per m² and month.
    rent_public
        The owner agrees to show the rent; otherwise it stays inside.
    equipment
        What is there ("Theke", "Schaufensterlicht").
    step_free, wc, extraction
        Reached without a step; toilet; kitchen extraction.
    former_use
        Kind of the last use, no name of a person.
    description
        Free text for the public, screened before it is shown.
    zoning
        Area of the land-use plan that decides which uses are allowed ("MK", "MI", "WA").
    lat, lon
        Position, WGS 84, degrees.
    blur_m
        The public sees the position only to within this radius, metres (1 to 1000); 0 shows it.
    popup_possible
        The owner agrees to short uses.
    invented
        True for units of the simulation, which do not exist.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    street: Annotated[str, Field(min_length=1, max_length=120)]
    house_number: Annotated[str, Field(max_length=20)] = ""
    floor: Annotated[str, Field(max_length=60)] = ""
    area_m2: Metres | None = None
    frontage_m: Metres | None = None
    rent_eur_m2: Annotated[float, Field(ge=0, lt=10_000, allow_inf_nan=False)] | None = None
    rent_public: bool = False
    equipment: Annotated[tuple[Text, ...], Field(max_length=30)] = ()
    step_free: bool | None = None
    wc: bool | None = None
    extraction: bool | None = None
    former_use: Text = ""
    description: Annotated[str, Field(max_length=2000)] = ""
    zoning: Annotated[str, Field(max_length=20)] = ""
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    blur_m: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)] = 0.0
    popup_possible: bool = False
    invented: bool = False

    @model_validator(mode="after")
    def _whole_position(self) -> Unit:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat und lon gehören zusammen")
        if 0 < self.blur_m < LEAST_BLUR_M:
            raise ValueError("blur_m muss 0 oder mindestens 1 sein")
        return self

    @property
    def address(self) -> str:
        """Street and number, with the position in the house where it is known."""
        plain = f"{self.street} {self.house_number}".strip()
        return f"{plain}, {self.floor}" if self.floor else plain

    def changed(self, facts: dict[str, Any]) -> Unit:
        """Return the unit with some facts replaced.

        Raises
        ------
        MoveError
            In German, naming each field that cannot be so.
        """
        return unit_of({**self.model_dump(), **facts, "id": self.id})


def unit_of(facts: dict[str, Any]) -> Unit:
    """Return a unit made of facts.

    Raises
    ------
    MoveError
        In German, naming each field that cannot be so.
    """
    try:
        return Unit.model_validate(facts)
    except ValidationError as error:
        told = [s.split(": ", 1)[1] for s in sentences("Einheit", "", error)]
        raise MoveError("Die Angaben passen nicht: " + " ".join(told)) from error
