"""Water: leaks by night, toilets that run over a weekend, use that jumps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import runs
from stadtlabor.klimaschule.alerts.steps import steps
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, percent, short

__all__ = ["water_flow", "water_jump"]

Floats = npt.NDArray[np.float64]


def _night_flow(hourly: Floats, hours: int) -> Floats:
    """Return the highest flow that some ``hours`` of the night (0–6) never fall below."""
    night = hourly[:, :6]
    windows = np.lib.stride_tricks.sliding_window_view(night, hours, axis=1)
    whole = np.isfinite(windows).all(axis=2)
    least = np.where(whole, windows.min(axis=2), -1.0).max(axis=1)
    return np.asarray(np.where(least < 0, np.nan, least))


def water_flow(view: View) -> Iterator[Finding]:
    """Flow that never stops: a leak if by weeknights too, a toilet if at a weekend only."""
    found = view.profiles.get("water")
    if found is None:
        return
    limit = limits("water_leak")
    flow = _night_flow(found.hourly, int(limit["hours"]))
    # Buildings whose nights are never dry (cooling, clubs) are measured against themselves.
    quiet = float(np.nanquantile(flow, 0.25)) if np.isfinite(flow).any() else 0.0
    least = quiet * limit["times"] + limit["least_m3_h"]
    wet = np.isfinite(flow) & (flow >= least)
    weekend = np.isin(view.weekday, (5, 6, 0))
    for a, b in runs(wet):
        if b <= view.first:
            continue
        per_hour = float(np.median(flow[a:b])) - quiet
        at_weekend = bool(weekend[a:b].all())
        long = b - a >= limit["nights"] and not at_weekend
        running = found.hourly[a : max(a + 1, b - 1)] >= least
        over = at_weekend and b - a >= 2 and running.mean() >= limits("water_weekend")["share"]
        if not (long or over):
            continue
        key = "water_leak" if long else "water_weekend"
        total = per_hour * 24 * (b - a)
        wide = float(np.std(flow[a:b])) * 24 * (b - a) / np.sqrt(b - a) + 0.1 * total
        yield Finding(
            key, "water", *view.span(a, b - 1),
            {
                "liters": short(1000 * per_hour), "nights": number(b - a),
                "since": day(view.days[a]), "day_m3": short(24 * per_hour),
            },
            pd.DataFrame({"night_m3_h": flow, "use_m3": found.daily}, index=view.days),
            "night_flow", total, wide, False, b - a, b - a,
            total / max(float(np.nansum(found.daily[a:b])), 1e-9),
        )  # fmt: skip


def water_jump(view: View) -> Iterator[Finding]:
    """School days that use lastingly more water than before."""
    found = view.profiles.get("water")
    if found is None:
        return
    limit = limits("water_jump")
    usable = view.is_school & np.isfinite(found.daily)
    for step in steps(
        found.daily, usable, view.first, recent=int(limit["recent"]), before=int(limit["before"]),
        ratio=limit["ratio"], sigmas=limit["sigmas"],
    ):  # fmt: skip
        more = (step.after - step.before) * step.days
        yield Finding(
            "water_jump", "water", *view.span(step.first, step.last - 1),
            {
                "before": short(step.before), "now": short(step.after),
                "percent": percent(step.after / max(step.before, 1e-9) - 1),
                "since": day(view.days[step.first]),
            },
            pd.DataFrame({"use_m3": found.daily, "kind": view.kinds}, index=view.days),
            "days_by_kind", more, step.spread * np.sqrt(2 * step.days), False, step.days,
            step.days, step.after / max(step.before, 1e-9) - 1,
        )  # fmt: skip
