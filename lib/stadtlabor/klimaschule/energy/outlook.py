"""What a heating model expects for some days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Outlook"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Outlook:
    """What a model expects for some days, with everything needed to add the days up.

    Attributes
    ----------
    days
        The days.
    mean
        Expected use, kWh per day.
    slopes
        Derivatives of ``mean`` by the model's parameters (days × parameters).
    spread
        Standard deviation of a single day's chance, kWh.
    with_memory
        Part 0–1 of ``spread`` that depends on the day before.
    """

    days: pd.DatetimeIndex
    mean: Floats
    slopes: Floats
    spread: Floats
    with_memory: Floats

    def part(self, chosen: npt.NDArray[np.bool_]) -> Outlook:
        """Return the chosen days alone."""
        return Outlook(
            self.days[chosen], self.mean[chosen], self.slopes[chosen],
            self.spread[chosen], self.with_memory[chosen],
        )  # fmt: skip
