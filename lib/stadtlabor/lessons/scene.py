"""What a lesson shows and computes: data, pictures, right values and typical wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from stadtlabor.ui.figure import Figure

__all__ = ["Scene", "SceneError"]


class SceneError(ValueError):
    """A lesson cannot be opened with these parameters; the message says in German why."""


@dataclass(frozen=True)
class Scene:
    """The material of one lesson for one school.

    Attributes
    ----------
    intro
        German sentence: which school, which period, how much data.
    raw
        Some raw rows with German heads, shown before anything is computed.
    data
        All data with German column names, for pupils who compute themselves (level C).
    truths
        Right and typical wrong values by the names that the tasks use.
    pictures
        Makes each picture by its German name, on demand.
    simulated
        True where the data were invented; said in ``intro`` and on every picture.
    """

    intro: str
    raw: pd.DataFrame
    data: pd.DataFrame
    truths: Mapping[str, float]
    pictures: Mapping[str, Callable[[], Figure]] = field(default_factory=dict)
    simulated: bool = False
