"""An information desk about an invented class: how much it gives away depends on its guard."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from stadtlabor.lessons.scene import SceneError
from stadtlabor.settings import settings
from stadtlabor.simulation.dice import dice
from stadtlabor.ui.texts import number, text

__all__ = ["LEAST", "NAMES", "Guard", "Release", "invented_class"]

Guard = Literal["none", "k", "noise"]
LEAST = 5
"""Fewer persons are not answered where a guard is on."""

NAMES = (
    "Ada", "Ben", "Can", "Dilan", "Emil", "Finja", "Gero", "Hanna", "Ida", "Jaro", "Kim", "Lena",
    "Mika", "Noa", "Ole", "Pia", "Quirin", "Rosa", "Sami", "Tilda", "Uli", "Vera", "Wim", "Yara",
)  # fmt: skip
_WAYS = ("Bus",) * 11 + ("Fahrrad",) * 10 + ("zu Fuß",) * 3
_NAME, _WAY, _HOURS = "Name", "Schulweg", "Stunden"


def invented_class() -> pd.DataFrame:
    """Return names, ways to school and hours at the phone per week; nobody of them exists."""
    throw = dice(settings().simulation.seed, "lesson/class", 0)
    hours = throw.integers(8, 60, len(NAMES)) / 2
    return pd.DataFrame({_NAME: NAMES, _WAY: throw.permutation(_WAYS), _HOURS: hours})


class Release:
    """Answers questions about sums, and counts them.

    Parameters
    ----------
    guard
        ``none`` answers everything; ``k`` only about five persons or more; ``noise`` also adds
        chance to each answer, always the same for the same persons.
    """

    def __init__(self, guard: Guard = "none") -> None:
        self.guard = guard
        self.questions = 0
        self._class = invented_class()

    def total(self, without: str = "", way: str = "") -> float:
        """Return the hours of the class together.

        Parameters
        ----------
        without
            Name that is left out.
        way
            Only who comes this way.

        Raises
        ------
        SceneError
            In German, if there is no such name or way, or the guard does not answer.
        """
        found = self._class
        for column, wanted in ((_NAME, without), (_WAY, way)):
            known = sorted(set(self._class[column]))
            if wanted and wanted not in known:
                raise SceneError(text("differenzangriff.unknown", what=wanted,
                                      known=", ".join(known)))  # fmt: skip
        if without:
            found = found[found[_NAME] != without]
        if way:
            found = found[found[_WAY] == way]
        self.questions += 1
        if self.guard != "none" and len(found) < LEAST:
            raise SceneError(text("differenzangriff.refused", k=number(LEAST)))
        return float(found[_HOURS].sum()) + self._noise(found)

    def _noise(self, found: pd.DataFrame) -> float:
        if self.guard != "noise":
            return 0.0
        who = "/".join(sorted(found[_NAME]))
        throw = dice(settings().simulation.seed, f"lesson/noise/{who}", 0)
        return float(throw.choice([-1, 1]) * throw.integers(20, 61) / 10)
