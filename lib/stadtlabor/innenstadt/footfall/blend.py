"""Mix forecasts by how well each did of late; the weights move only as evidence comes."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.settings import hour_groups, settings

__all__ = ["blended"]

YEAR = 365.0


def blended(
    values: Floats, parts: list[Floats], history_days: Floats, special: npt.NDArray[np.bool_]
) -> Floats:
    """Return the mixture for each day, from the errors of the days before it.

    The weights are those that would have had the smallest absolute error over the last weeks, held
    back towards starting weights: with little history the learner starts with little trust. Each
    group of hours has its own.

    Parameters
    ----------
    values
        Counts, shape (counter, day, 24).
    parts
        Day-type median, adjusted median, learner; the last may be NaN.
    history_days
        Days of history before each day.
    special
        Days that are like hardly any of the last weeks, whose errors therefore say little: there
        the learner, which knows last year's, has most of the weight.
    """
    rule = settings()["blend"]
    steps = np.round(np.arange(0, 1 + 1e-9, rule["step"]), 6)
    choices = np.array([w for w in product(steps, repeat=3) if abs(sum(w) - 1) < 1e-9])
    start = np.array(rule["start"])
    without = np.isnan(parts[2])
    filled = [np.where(np.isfinite(p), p, parts[0]) for p in parts]
    filled[2] = np.where(without, filled[1], filled[2])
    out = np.full_like(values, np.nan)
    groups = hour_groups()
    trust = np.clip((history_days - 30) / (YEAR - 30), 0.3, 1.0)
    for group in np.unique(groups):
        hours = groups == group
        real = values[:, :, hours]
        some = [part[:, :, hours] for part in filled]
        usable = np.isfinite(real) & ~without[:, :, hours] & np.isfinite(some[0])
        loss = np.empty((len(choices), values.shape[1]))
        for n, weights in enumerate(choices):
            mixed = sum(w * part for w, part in zip(weights, some, strict=True))
            loss[n] = np.where(usable, np.abs(real - mixed), 0.0).sum(axis=(0, 2))
        window = pd.DataFrame(loss.T).rolling(rule["days"], min_periods=1).sum().shift(1)
        past = window.fillna(0.0).to_numpy()
        count = pd.Series(usable.any(axis=(0, 2)).astype(float)).rolling(rule["days"], 1).sum()
        per_day = past.min(axis=1) / np.maximum(count.shift(1).fillna(0.0).to_numpy(), 1.0)
        for day in range(values.shape[1]):
            learner = start[2] * trust[day]
            first = np.array([start[0], 1 - start[0] - learner, learner])
            far = ((choices - first) ** 2).sum(axis=1)
            weights = choices[np.argmin(past[day] + rule["caution_days"] * per_day[day] * far)]
            if past[day].max() == 0:
                weights = first
            if special[day] and history_days[day] >= YEAR + 10:
                weights = np.array([0.0, 1 - rule["special"], rule["special"]])
            out[:, day, hours] = sum(
                w * part[:, day] for w, part in zip(weights, some, strict=True)
            )
    return out
