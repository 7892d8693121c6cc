"""Single published figures that lessons use, each with its source (``facts.csv``)."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Fact", "fact"]


class Fact(BaseModel):
    """One row of ``facts.csv``.

    Texts of tables have less than 50 signs: notebooks cut longer ones.

    Attributes
    ----------
    id
        Key.
    value, unit
        The figure.
    what
        German: what it is.
    short, source
        German: where it was published, in a few words and in full.
    check
        ``read`` (read in the source itself) or ``quoted`` (read in another named source).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    value: float
    unit: str
    what: str = Field(min_length=5, max_length=48)
    short: str = Field(min_length=5, max_length=48)
    source: str = Field(min_length=5)
    check: Literal["read", "quoted"]


@cache
def _facts() -> dict[str, Fact]:
    rows = resources.files(__package__).joinpath("facts.csv").read_text("utf-8").splitlines()
    return {row["id"]: Fact.model_validate(row) for row in csv.DictReader(rows)}


def fact(key: str) -> Fact:
    """Return a figure with its source.

    Raises
    ------
    KeyError
        If there is none.
    """
    return _facts()[key]
