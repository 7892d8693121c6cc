"""What a school's footprint consists of: fields of action and the activities in them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["Activity", "Field", "activities", "fields", "packaged"]


class Part(BaseModel):
    """Base of the tables of facts: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Field(Part):
    """A Handlungsfeld of the Bavarian programme, or water.

    Attributes
    ----------
    name
        German name.
    needs
        Groups of activities without which the field is incomplete.
    who
        German: who at the school or in the city has the numbers.
    """

    name: str
    needs: list[str]
    who: str


class Activity(Part):
    """Something that causes emissions, with the unit that its amount is counted in.

    Attributes
    ----------
    name
        German name.
    field
        Key of the field it belongs to.
    group
        What is counted, or not counted, together with it.
    unit
        Unit of the amount.
    size
        What the amount grows with when the school grows.
    weather
        True where part of the amount follows the outdoor temperature.
    """

    name: str
    field: str
    group: str
    unit: str
    size: Literal["persons", "area"]
    weather: bool = False


def packaged(name: str) -> str:
    """Return the text of a table of facts beside this module."""
    return files("stadtlabor.klimaschule.footprint").joinpath(name).read_text("utf-8")


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(packaged("activities.toml"))


@cache
def fields() -> dict[str, Field]:
    """Return the fields by key, in the order of a report."""
    return {key: Field.model_validate(row) for key, row in _tables()["fields"].items()}


@cache
def activities() -> dict[str, Activity]:
    """Return the activities by key (``heat.gas``)."""
    return {key: Activity.model_validate(row) for key, row in _tables()["activities"].items()}
