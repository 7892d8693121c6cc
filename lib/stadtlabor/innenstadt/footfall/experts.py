"""Simple forecasts of every hour from days before it: the parts that the learner corrects."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.medians import (
    day_type_median,
    last_year,
    recent_ratio,
    trailing_median,
)
from stadtlabor.innenstadt.footfall.prepare import Prepared
from stadtlabor.innenstadt.footfall.settings import settings

__all__ = ["Experts", "experts"]

FLOOR = 3.0
"""Persons per hour below which ratios say nothing."""

RANGE = (0.4, 2.5)
"""A week with less or more than this of the usual does not tell the level of the next day."""


@dataclass(frozen=True)
class Experts:
    """Forecasts by rule, each of shape (counter, day, 24), for each day from days before it.

    Attributes
    ----------
    parts
        Name → forecast: ``day_type`` (median of the last days of that kind), ``short``, ``week``
        (same weekday), ``week_short``, the first and the last two adjusted to the level of the last
        days (``…_level``), ``year`` (same time last year at today's level).
    adjusted
        Mean of the adjusted medians: what the learner starts from.
    """

    parts: dict[str, Floats]
    adjusted: Floats

    @property
    def median(self) -> Floats:
        """The rule of thumb: median of the last eight days of the same kind."""
        return self.parts["day_type"]


def experts(prepared: Prepared) -> Experts:
    """Compute all forecasts by rule."""
    rule = settings()["median"]
    values, kind, week = prepared.training, prepared.kind, prepared.kind_of_week
    day_type = day_type_median(values, kind, rule["days"])
    parts = {"day_type": day_type, "short": trailing_median(values, kind, 5)}
    for name, count in (("week", rule["days"]), ("week_short", rule["weekday_days"])):
        own = trailing_median(values, week, count)
        parts[name] = np.where(np.isfinite(own), own, day_type)

    def level(base: Floats, days: int) -> Floats:
        ratio = np.nan_to_num(recent_ratio(values, base, days), nan=1.0)
        lasting: Floats = base * np.clip(ratio, *RANGE)[:, :, None] ** rule["level_power"]
        return lasting

    parts["day_type_level"] = level(day_type, rule["level_days"])
    parts["week_level"] = level(parts["week"], rule["level_days"])
    parts["week_short_level"] = level(parts["week_short"], 3)
    year = last_year(values)
    parts["year"] = year * recent_ratio(values, year, 28)[:, :, None]
    chosen = [parts[n] for n in ("day_type_level", "week_level", "week_short")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # nothing known yet: NaN, as meant
        adjusted = np.nanmean(chosen, axis=0)
    return Experts(parts, adjusted)
