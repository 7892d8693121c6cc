"""Waste: weeks with much more than the school's own weeks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.steps import mad
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, percent, short

__all__ = ["waste_spike"]


def waste_spike(view: View) -> Iterator[Finding]:
    """Weeks (or weighings) whose waste per school day lies far above the own weeks before."""
    found = view.profiles.get("waste")
    if found is None:
        return
    limit = limits("waste_spike")
    at = np.flatnonzero(np.isfinite(found.daily))
    if len(at) < limit["weeks"] + 1:
        return
    length = int(np.clip(np.median(np.diff(at)), 1, 31))
    lessons = np.array([view.is_school[n : n + length].sum() for n in at])
    weight = found.daily[at]
    full = lessons >= max(1, round(0.5 * length * 5 / 7))
    rate = np.where(full, weight / np.maximum(lessons, 1), np.nan)
    for n in np.flatnonzero(full & (at + length > view.first)):
        past = rate[:n][np.isfinite(rate[:n])][-26:]
        if len(past) < limit["weeks"]:
            continue
        usual, wide = float(np.median(past)), float(mad(past))
        wide = max(wide, limit["least_spread"] * usual)
        if rate[n] < usual + limit["sigmas"] * wide or rate[n] < limit["ratio"] * usual:
            continue
        more = float(weight[n] - usual * lessons[n])
        last = min(int(at[n]) + length, len(view.days)) - 1
        yield Finding(
            "waste_spike", "waste", *view.span(at[n], last),
            {
                "kg": short(float(weight[n])), "usual": short(usual * lessons[n]),
                "percent": percent(rate[n] / max(usual, 1e-9) - 1), "since": day(view.days[at[n]]),
            },
            pd.DataFrame({"weight_kg": weight, "per_school_day_kg": rate}, index=view.days[at]),
            "waste_weeks", more, wide * lessons[n], False, 1, 1, rate[n] / max(usual, 1e-9) - 1,
        )  # fmt: skip
