"""Rules, weights and the table of zoning (``weights.toml``, ``zoning.toml``), checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["CRITERIA", "RULES", "Criterion", "Rule", "Weights", "Zoning", "weights", "zoning"]

RULES = ("zoning", "area", "step_free", "wc", "extraction", "popup")
CRITERIA = ("area", "rent", "footfall", "complements", "rivals", "clock", "target")
PARAMETERS = {
    "area": ("zero_at",),
    "rent": ("full_until", "zero_from"),
    "complements": ("within_m", "enough"),
    "rivals": ("within_m", "enough"),
    "clock": ("full_days",),
}
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Part(BaseModel):
    """Base: unknown keys are an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Part):
    """A hard rule: what happens where nothing is recorded, and why the rule is there."""

    unknown: Literal["excluded", "open"]
    reason: str


class Criterion(Part):
    """A criterion: its weight in points, why, and the limits of its scale."""

    weight: Annotated[float, Field(ge=0, le=100)]
    reason: str
    zero_at: Positive = 1.0
    full_until: Positive = 1.0
    zero_from: Positive = 2.0
    within_m: Positive = 1.0
    enough: Positive = 1.0
    full_days: Positive = 1.0


class Weights(Part):
    """The whole file."""

    version: str
    threshold: Annotated[float, Field(ge=0, le=100)]
    threshold_reason: str
    unknown_points: Annotated[float, Field(ge=0, le=1)]
    rules: dict[str, Rule]
    criteria: dict[str, Criterion]

    @model_validator(mode="after")
    def _complete(self) -> Weights:
        if set(self.rules) != set(RULES) or set(self.criteria) != set(CRITERIA):
            raise ValueError("Regeln oder Kriterien fehlen oder sind unbekannt")
        total = sum(c.weight for c in self.criteria.values())
        if abs(total - 100) > 1e-9:
            raise ValueError(f"die Gewichte ergeben {total} statt 100")
        for name, wanted in PARAMETERS.items():
            missing = [p for p in wanted if p not in self.criteria[name].model_fields_set]
            if missing:
                raise ValueError(f"bei {name} fehlt {', '.join(missing)}")
        if self.criteria["rent"].full_until >= self.criteria["rent"].zero_from:
            raise ValueError("bei rent muss full_until kleiner als zero_from sein")
        return self


class Zoning(Part):
    """Which kind of use is allowed in which area."""

    kinds: dict[str, str]
    areas: dict[str, dict[str, str]]


def _read(name: str) -> str:
    return files("stadtlabor.innenstadt.matching").joinpath(name).read_text("utf-8")


@cache
def weights() -> Weights:
    """Return the weights of this installation."""
    return Weights.model_validate(tomllib.loads(_read("weights.toml")))


@cache
def zoning() -> Zoning:
    """Return the table of zoning."""
    return Zoning.model_validate(tomllib.loads(_read("zoning.toml")))
