"""The sections of a card and the kinds of text that stand in them."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, model_validator

from stadtlabor.catalogue.vocabulary import known
from stadtlabor.city import Identifier, Latitude, Longitude

__all__ = [
    "Contact",
    "ContractRights",
    "Controller",
    "File",
    "Grain",
    "Owner",
    "Part",
    "Period",
    "Personal",
    "Promise",
    "Retention",
    "Sensor",
    "SensorsFrom",
    "Sentence",
    "Words",
    "code",
]


class Part(BaseModel):
    """Base of all sections: unknown keys are an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _whole(text: str) -> str:
    if not text.endswith((".", "!", "?", ".“", ".)")) or " " not in text:
        raise ValueError("muss ein ganzer Satz mit Punkt am Ende sein")
    return text


SPAN = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?")


def _duration(text: str) -> str:
    if not SPAN.fullmatch(text):
        raise ValueError("muss eine Dauer nach ISO 8601 sein")
    return text


def code(table: str) -> AfterValidator:
    """Return a check that a text is a code of a table (see :mod:`.vocabulary`)."""

    def check(text: str) -> str:
        if text not in known(table):
            raise ValueError(f"ist „{text}“; möglich sind {', '.join(known(table))}")
        return text

    return AfterValidator(check)


Words = Annotated[str, Field(min_length=2)]
Sentence = Annotated[str, Field(min_length=2), AfterValidator(_whole)]
Email = Annotated[str, Field(pattern=r"^[^@\s{}]+@[^@\s{}]+\.[^@\s{}]+$")]
Url = Annotated[str, Field(pattern=r"^https?://\S+$")]
Duration = Annotated[str, AfterValidator(_duration)]


class Controller(Part):
    """Who decides about the data and answers for them (Art. 4 Nr. 7 DSGVO)."""

    name: Words
    contact: Email


class Owner(Part):
    """Who keeps the data set in order."""

    organisation: Words
    department: Words


class Contact(Part):
    """Who answers questions."""

    name: Words
    email: Email
    url: Url | None = None


class Personal(Part):
    """Whether the data say something about persons, and why that is so."""

    level: Annotated[Words, code("personal")]
    reason: Sentence


class Grain(Part):
    """What one value stands for: a span of time (ISO 8601) and a piece of the city."""

    time: Duration
    space: Sentence


class Retention(Part):
    """How long single values stay, days (0: without limit), and what follows.

    ``aggregates`` is the period that they are gathered into before they are erased (see
    :mod:`stadtlabor.retention`), ``none`` where nothing stays.
    """

    raw_days: Annotated[int, Field(ge=0)]
    afterwards: Sentence
    aggregates: Literal["hour", "day", "month", "none"] = "day"


class ContractRights(Part):
    """What the contract with the provider leaves to the city; ``source`` says how that is known."""

    raw_access: StrictBool
    exclusive: StrictBool
    redistribution: StrictBool
    source: Sentence


class Sensor(Part):
    """One device: where it is and what it sees."""

    id: Identifier
    lat: Latitude
    lon: Longitude
    field_of_view: Sentence


class SensorsFrom(Part):
    """The devices stand in the city file; all of a kind see the same."""

    city: Literal["counters", "gauges", "beds", "schools", "station", "radars"]
    field_of_view: Sentence


class File(Part):
    """A file of the data set below the city's address, for what is not kept as observations."""

    title: Words
    path: Annotated[str, Field(pattern=r"^/[a-z0-9/._-]+$")]
    format: Annotated[Words, code("formats")]
    media_type: Annotated[str, Field(pattern=r"^[a-z]+/[a-z0-9.+-]+$")]


class Period(Part):
    """Days that the data set covers; without ``end`` it goes on."""

    start: date
    end: date | None = None


class Promise(Part):
    """What one observed property holds to: unit, least and greatest value, interval in seconds."""

    observed_property: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    unit: Annotated[str, Field(min_length=1)]
    low: float
    high: float
    interval_s: Annotated[int, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Promise:
        if self.low >= self.high:
            raise ValueError("braucht ein low, das kleiner als high ist")
        return self
