"""Food that is thrown away in the canteen, in grams per meal."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["Canteen", "canteen"]

STAGES = {"kitchen": "Küche", "serving": "Ausgabe", "plate": "Teller"}
"""Where food is lost: never served, served too much, left on the plate."""


@dataclass(frozen=True)
class Canteen:
    """Waste per meal.

    Attributes
    ----------
    stages
        Per stage ``name``, ``g_per_meal``, ``low``, ``high`` (90 %) and ``kg`` of the period.
    days, meals
        Days that were weighed and meals of those days.
    by_weekday
        g per meal and weekday (0 Monday), plate only; NaN for weekdays with fewer than 3 days.
    """

    stages: pd.DataFrame
    days: int
    meals: int
    by_weekday: pd.Series


def canteen(days: pd.DataFrame) -> Canteen:
    """Evaluate weighed days.

    Parameters
    ----------
    days
        Index: day. Columns ``meals`` and some of ``kitchen``, ``serving``, ``plate`` in kg.

    Raises
    ------
    ValueError
        In German, if fewer than three days hold meals and a weight.
    """
    from scipy.special import stdtrit

    known = [stage for stage in STAGES if stage in days]
    good = days[(days["meals"] > 0) & days[known].notna().any(axis=1)] if known else days.iloc[:0]
    if len(good) < 3:
        raise ValueError(
            "Bitte an mindestens drei Tagen wiegen und die Zahl der Essen dazu aufschreiben."
        )
    rows = {}
    for stage in known:
        weighed = good[good[stage].notna()]
        n = len(weighed)
        grams = weighed[stage].sum() / weighed["meals"].sum() * 1000
        # Ratio estimator: days with many meals weigh more (Cochran 1977, section 6.4).
        rest = weighed[stage] * 1000 - grams * weighed["meals"]
        error = math.sqrt(rest.pow(2).sum() / (n - 1) / n) / weighed["meals"].mean() if n > 1 else 0
        half = float(stdtrit(max(1, n - 1), 0.95) * error)
        rows[stage] = (
            STAGES[stage],
            grams,
            max(0.0, grams - half),
            grams + half,
            weighed[stage].sum(),
        )
    stages = pd.DataFrame.from_dict(
        rows, orient="index", columns=["name", "g_per_meal", "low", "high", "kg"]
    )
    return Canteen(stages, len(good), int(good["meals"].sum()), _weekdays(good))


def _weekdays(days: pd.DataFrame) -> pd.Series:
    if "plate" not in days:
        return pd.Series(dtype="float64")
    groups = days.groupby(pd.DatetimeIndex(days.index).day_of_week)
    grams = groups["plate"].sum() / groups["meals"].sum() * 1000
    return grams.where(groups.size() >= 3, np.nan)
