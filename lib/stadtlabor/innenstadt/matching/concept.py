"""What somebody wants to open: needs, means and opening hours."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stadtlabor.faults import sentences
from stadtlabor.innenstadt.matching.weights import zoning
from stadtlabor.innenstadt.matching.words import words

__all__ = ["Concept", "ConceptError", "Hours", "concept_of"]

Area = Annotated[float, Field(gt=0, lt=100_000, allow_inf_nan=False)]
Use = Annotated[str, Field(min_length=1, max_length=80)]


class ConceptError(ValueError):
    """A concept contradicts itself; German, naming each field."""


class Part(BaseModel):
    """Base: unknown keys are an error, so that no name can slip into a score."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Hours(Part):
    """Opening hours on some weekdays.

    Attributes
    ----------
    days
        0 = Monday … 6 = Sunday.
    start, end
        Full hours, local time; ``end`` is when it closes.
    """

    days: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)]
    start: Annotated[int, Field(ge=0, le=23)]
    end: Annotated[int, Field(ge=1, le=24)]

    @model_validator(mode="after")
    def _ordered(self) -> Hours:
        if self.start >= self.end:
            raise ValueError(words()["faults"]["hours"])
        return self


class Concept(Part):
    """A concept that looks for a place.

    Attributes
    ----------
    name
        What it is called. Never looked at: neither names nor persons count.
    kind
        Kind of use for the zoning (``zoning.toml``): ``retail``, ``gastronomy`` …
    area_least_m2
        Smaller does not work.
    area_ideal_m2
        Wished range, m².
    rent_most_eur_m2
        What can be paid, Euro per m² and month.
    step_free, wc, extraction
        Whether it needs that.
    short
        True for a pop-up.
    hours
        Opening hours.
    footfall_per_hour
        Persons who must pass per hour in these; 0 if it does not live on passers-by.
    complements, rivals
        Uses of neighbours that help, and that offer the same.
    use
        Its own use, for the street's target picture.
    """

    name: Annotated[str, Field(max_length=120)] = ""
    kind: str = "retail"
    area_least_m2: Area
    area_ideal_m2: tuple[Area, Area]
    rent_most_eur_m2: Annotated[float, Field(gt=0, lt=10_000, allow_inf_nan=False)]
    step_free: bool = False
    wc: bool = False
    extraction: bool = False
    short: bool = False
    hours: Annotated[tuple[Hours, ...], Field(min_length=1)] = (
        Hours(days=(0, 1, 2, 3, 4, 5), start=10, end=18),
    )
    footfall_per_hour: Annotated[float, Field(ge=0, lt=100_000, allow_inf_nan=False)] = 0.0
    complements: tuple[Use, ...] = ()
    rivals: tuple[Use, ...] = ()
    use: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="after")
    def _sound(self) -> Concept:
        faults = words()["faults"]
        if self.area_ideal_m2[0] > self.area_ideal_m2[1]:
            raise ValueError(faults["ideal"])
        if self.area_least_m2 > self.area_ideal_m2[1]:
            raise ValueError(faults["minimum"])
        if self.kind not in zoning().kinds:
            possible = ", ".join(zoning().kinds)
            raise ValueError(faults["kind"].format(kind=self.kind, possible=possible))
        return self


def concept_of(told: dict[str, object]) -> Concept:
    """Return a concept made of what a form says.

    Raises
    ------
    ConceptError
        In German, naming each field.
    """
    try:
        return Concept.model_validate(told)
    except ValidationError as error:
        said = [s.split(": ", 1)[1] for s in sentences("Konzept", "", error)]
        raise ConceptError("Das Konzept passt nicht: " + " ".join(said)) from error
