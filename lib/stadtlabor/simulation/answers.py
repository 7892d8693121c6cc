"""Answers of an invented school to the survey on the way to school."""

from __future__ import annotations

import numpy as np
import pandas as pd

from stadtlabor.simulation.dice import dice

__all__ = ["MODES", "school_ways"]

MODES = {"zu Fuß": 0.18, "Fahrrad": 0.27, "Bus": 0.38, "Auto": 0.17}
"""Shares of the ways of travelling: invented, near to a Gymnasium in a town of 70,000."""

TYPICAL_KM = {"zu Fuß": 0.9, "Fahrrad": 2.4, "Bus": 6.5, "Auto": 4.5}


def school_ways(seed: int, persons: int) -> pd.DataFrame:
    """Return the way of every person of the school.

    Returns
    -------
    DataFrame
        ``Verkehrsmittel`` and ``Kilometer`` (one way), one row per person.
    """
    throw = dice(seed, "school-ways", persons)
    mode = throw.choice(list(MODES), persons, p=list(MODES.values()))
    typical = np.array([TYPICAL_KM[m] for m in mode])
    km = np.round(typical * throw.lognormal(0, 0.4, persons), 1)
    return pd.DataFrame({"Verkehrsmittel": mode, "Kilometer": np.maximum(km, 0.1)})
