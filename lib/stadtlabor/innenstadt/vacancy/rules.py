"""States, moves, roles and limits (``rules.toml``), checked when they are read."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["NEW", "Move", "Role", "Rules", "State", "rules"]

NEW = "new"
"""Name of the state before a unit is in the register."""

Role = Literal["citizen", "editor", "agent", "publisher"]
State = str


class Part(BaseModel):
    """Base: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Move(Part):
    """One thing that may happen.

    Attributes
    ----------
    sources
        States from which it is possible (``from`` in the file).
    to
        State afterwards; None leaves it.
    roles
        Who may do it.
    needs
        What has to be told with it.
    checks
        True where somebody has looked at the place: the age of the record starts anew.
    """

    sources: Annotated[tuple[State, ...], Field(alias="from", min_length=1)]
    to: State | None = None
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    needs: tuple[str, ...] = ()
    checks: bool = False


class Age(Part):
    """Days without a check after which a record is marked and then hidden."""

    mark_after_days: Annotated[int, Field(gt=0)]
    hide_after_days: Annotated[int, Field(gt=0)]
    warn_before_days: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Age:
        if not self.warn_before_days < self.mark_after_days < self.hide_after_days:
            raise ValueError("warn_before_days < mark_after_days < hide_after_days muss gelten")
        return self


class Clock(Part):
    """The vacancy clock (months, months, days) and whether a pop-up stops it."""

    whole_months: int
    window_months: int
    days_in_window: int
    popup_is_use: bool


class Rate(Part):
    """How the rate counts."""

    popup_is_vacant: bool
    confidence: Annotated[float, Field(gt=0.5, lt=1)]


class Duplicates(Part):
    """Limits of the search for duplicates; similarities 0 to 100."""

    distance_m: float
    street_similarity: float
    text_similarity: float
    area_tolerance: float
    threshold: float


class Photo(Part):
    """Limits of photos."""

    longest_side_px: int
    quality: int
    most_bytes: int
    most_pixels: int
    most_per_unit: int


class Public(Part):
    """Fields that leave the house; those left out where a unit is blurred; those with free text."""

    fields: tuple[str, ...]
    blurred: tuple[str, ...]
    texts: tuple[str, ...]


class Rules(Part):
    """The whole file."""

    states: tuple[State, ...]
    vacant: frozenset[State]
    offered: frozenset[State]
    moves: dict[str, Move]
    age: Age
    clock: Clock
    rate: Rate
    duplicates: Duplicates
    photo: Photo
    public: Public

    @model_validator(mode="after")
    def _states_exist(self) -> Rules:
        known = {*self.states, NEW}
        named = {s for m in self.moves.values() for s in (*m.sources, *([m.to] if m.to else []))}
        unknown = sorted((named | self.vacant | self.offered) - known)
        if unknown:
            raise ValueError(f"unbekannte Zustände: {', '.join(unknown)}")
        return self

    def possible(self, state: State) -> list[str]:
        """Return the names of moves that a state allows."""
        return [name for name, move in self.moves.items() if state in move.sources]


@cache
def rules() -> Rules:
    """Return the rules of this installation."""
    text = files("stadtlabor.innenstadt.vacancy").joinpath("rules.toml").read_text("utf-8")
    return Rules.model_validate(tomllib.loads(text))
