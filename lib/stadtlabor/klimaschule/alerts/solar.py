"""The roof: does it produce, and does the surplus leave the house."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import runs
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, short

__all__ = ["feed_in_silent", "solar_silent"]


def solar_silent(view: View) -> Iterator[Finding]:
    """Days on which the roof produces next to nothing for longer than snow lies."""
    found = view.profiles.get("solar")
    if found is None:
        return
    limit = limits("solar_silent")
    daily = found.daily
    known = daily[np.isfinite(daily) & (daily > 0)]
    if len(known) < limit["known_days"]:
        return
    typical = float(np.median(known))
    nothing = np.isfinite(daily) & (daily < limit["part"] * typical)
    month = view.days.month.to_numpy()
    for a, b in runs(nothing):
        winter = month[a] in (11, 12, 1, 2) or month[b - 1] in (11, 12, 1, 2)
        if b <= view.first or b - a < (limit["winter_days"] if winter else limit["days"]):
            continue
        near = np.abs(view.days.day_of_year.to_numpy() - int(view.days.day_of_year[a]))
        near = np.minimum(near, 365 - near) <= 30
        usual = daily[near & ~nothing & np.isfinite(daily)]
        level = float(np.median(usual)) if len(usual) else typical
        spread = float(np.std(usual)) if len(usual) > 2 else level
        yield Finding(
            "solar_silent", "solar", *view.span(a, b - 1),
            {"days": number(b - a), "since": day(view.days[a]), "usual": short(level)},
            pd.DataFrame({"energy_kwh": daily, "nothing": nothing}, index=view.days),
            "daily_energy", level * (b - a), spread * np.sqrt(b - a), False, b - a, b - a, 1.0,
        )  # fmt: skip


def feed_in_silent(view: View) -> Iterator[Finding]:
    """Sunny days without school on which nothing is fed in."""
    solar, out = view.profiles.get("solar"), view.profiles.get("feed_in")
    if solar is None or out is None:
        return
    limit = limits("feed_in_silent")
    both = np.isfinite(solar.daily) & np.isfinite(out.daily)
    known = solar.daily[both & (solar.daily > 0)]
    if len(known) < limit["known_days"] or not (out.daily[both] > 0).any():
        return
    # Only days on which the own past had something left over are asked.
    sunny = both & ~view.is_school & (solar.daily > float(np.quantile(known, 0.5)))
    usual = out.daily[sunny & (out.daily > 0)]
    if len(usual) < 5:
        return
    at = np.flatnonzero(sunny)
    nothing = out.daily[at] < limit["part"] * float(np.median(usual))
    for a, b in runs(nothing):
        if b - a < limit["days"] or at[b - 1] < view.first:
            continue
        first, last = int(at[a]), int(at[b - 1])
        # It may have begun on a school day between two sunny free days.
        while first > 0 and both[first - 1] and out.daily[first - 1] < 1e-6:
            first -= 1
        level = float(np.median(usual))
        yield Finding(
            "feed_in_silent", "feed_in", *view.span(first, last),
            {"days": number(b - a), "since": day(view.days[first]), "usual": short(level)},
            pd.DataFrame({"solar_kwh": solar.daily, "feed_in_kwh": out.daily}, index=view.days),
            "daily_energy", level * (b - a), float(np.std(usual)) * np.sqrt(b - a), False, b - a,
            b - a, 1.0,
        )  # fmt: skip
