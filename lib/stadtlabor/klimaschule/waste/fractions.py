"""Fractions of waste (``fractions.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict

__all__ = ["Fraction", "fractions"]


class Fraction(BaseModel):
    """A kind of waste.

    Attributes
    ----------
    name
        German name.
    activity
        Key of the activity in the footprint.
    density_kg_l, density_pct
        Assumed bulk density in kg per litre and half of its 90 % range in per cent; unverified.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    activity: str
    density_kg_l: float
    density_pct: float


@cache
def fractions() -> dict[str, Fraction]:
    """Return the fractions by key."""
    text = files("stadtlabor.klimaschule.waste").joinpath("fractions.toml").read_text("utf-8")
    return {key: Fraction.model_validate(row) for key, row in tomllib.loads(text).items()}
