"""One anonymous answer to the survey on the way to school."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from stadtlabor.klimaschule.mobility.modes import modes

__all__ = ["GROUPS", "Answer", "Leg"]

GROUPS = {
    "1-4": "Jahrgang 1–4",
    "5-7": "Jahrgang 5–7",
    "8-10": "Jahrgang 8–10",
    "11-13": "Jahrgang 11–13",
    "staff": "Beschäftigte",
}
"""Coarse on purpose: a class would be small enough to recognise somebody in it."""


class Part(BaseModel):
    """Base: unknown keys are an error, so that no name can slip in."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Leg(Part):
    """One part of the way, there only.

    Attributes
    ----------
    mode
        Key of ``modes.toml``.
    km, minutes
        Distance, or else time; at least one.
    persons
        Persons in the car, with the driver.
    only_for_school
        True if the car drives only because of school: then it also drives back empty.
    """

    mode: str
    km: Annotated[float, Field(ge=0, le=150)] | None = None
    minutes: Annotated[float, Field(ge=0, le=180)] | None = None
    persons: Annotated[int, Field(ge=1, le=9)] = 1
    only_for_school: bool = False

    @field_validator("mode")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in modes():
            raise ValueError(f"„{value}“ ist kein bekanntes Verkehrsmittel")
        return value

    @model_validator(mode="after")
    def _some_length(self) -> Leg:
        if self.km is None and self.minutes is None:
            raise ValueError("Länge oder Dauer fehlt")
        return self

    @property
    def distance_km(self) -> float:
        """Distance in km, from the time where it is not stated."""
        if self.km is not None:
            return self.km
        return (self.minutes or 0.0) / 60 * modes()[self.mode].speed_kmh

    @property
    def counted_km(self) -> float:
        """Kilometres that emissions are counted for: the person's, or its share of the car's."""
        if not modes()[self.mode].vehicle:
            return self.distance_km
        driven = self.distance_km * (2 if self.only_for_school else 1)
        # Who only drives somebody to school does not travel to school: the others share the way.
        riders = self.persons - 1 if self.only_for_school else self.persons
        return driven / max(1, riders)


class Answer(Part):
    """The usual way to school of one person.

    Attributes
    ----------
    group
        Key of :data:`GROUPS`.
    legs
        Parts of the way, in order.
    days
        School days per week that this way is taken, 1–5.
    season
        ``summer`` or ``winter`` half of the year, or ``all``.
    """

    group: Literal["1-4", "5-7", "8-10", "11-13", "staff"]
    legs: Annotated[tuple[Leg, ...], Field(min_length=1, max_length=5)]
    days: Annotated[float, Field(ge=0.5, le=5)] = 5
    season: Literal["summer", "winter", "all"] = "all"

    @property
    def main_mode(self) -> str:
        """The way of travelling for most of the distance."""
        return max(self.legs, key=lambda leg: leg.distance_km).mode
