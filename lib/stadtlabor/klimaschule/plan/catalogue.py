"""Measures for schools (``measures.toml``) and what the programme asks (``rules.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Level", "Rules", "State", "Suggestion", "rules", "suggestions"]

State = Literal["done", "running", "planned"]
Share = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """Base: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Suggestion(Part):
    """A measure of the catalogue.

    Attributes
    ----------
    key, field, title, how
        Key, field of action, German title and German way.
    group
        Group of activities whose emissions it lowers; "" where it cannot be counted.
    saves
        Part of the group's emissions that is expected to be saved, low and high end.
    source
        German: where the expectation comes from.
    """

    key: str
    field: str
    title: str
    how: str
    group: str = ""
    saves: tuple[Share, Share] | None = None
    source: str = ""

    @model_validator(mode="after")
    def _counted_with_source(self) -> Suggestion:
        if (self.saves is None) != (self.group == "") or (self.saves and not self.source):
            raise ValueError(f"{self.key}: an expectation needs group and source")
        return self


class Level(Part):
    """A level of the certificate."""

    key: str
    name: str
    fields: int
    path: bool = False


class Step(Part):
    """A step of the certification."""

    key: str
    name: str


class Rules(Part):
    """What the programme asks for."""

    source: str
    deadline: str
    climate_neutral_by: int
    per_field: list[State]
    levels: list[Level]
    states: dict[State, str]
    steps: list[Step]


@cache
def suggestions() -> dict[str, Suggestion]:
    """Return the measures by key."""
    rows = tomllib.loads(_packaged("measures.toml"))["measure"]
    return {row["key"]: Suggestion.model_validate(row) for row in rows}


@cache
def rules() -> Rules:
    """Return the rules of the programme."""
    return Rules.model_validate(tomllib.loads(_packaged("rules.toml")))


def _packaged(name: str) -> str:
    return files("stadtlabor.klimaschule.plan").joinpath(name).read_text("utf-8")
