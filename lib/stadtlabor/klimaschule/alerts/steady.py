"""Electricity at times when nobody needs any: nights, fridges in holidays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.steps import mad, season_free, steps
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import WEEKDAYS, day, number, percent, short

__all__ = ["baseload_high", "baseload_up", "fridge_on", "night_weekday"]

HOURS_PER_YEAR = 8760
NIGHT = slice(0, 5)


def baseload_high(view: View) -> Iterator[Finding]:
    """Night power that alone would use up most of what a good school of this size needs."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("baseload_high")
    part = slice(view.first, None)
    base, daily = found.base[part], found.daily[part]
    good = np.isfinite(base)
    if good.sum() < limit["days"]:
        return
    level, wide = float(np.median(base[good])), float(mad(base[good]))
    share = level * 24 / max(float(np.mean(daily[good])), 1e-9)
    area = view.school.floor_area_m2
    if area is not None and area > 0:
        high = level * 1000 / area >= limit["watt_per_m2"]
    else:
        high = share >= limit["share"]
    if not high or share < limit["least_share"]:
        return
    frame = pd.DataFrame({"base_kw": base}, index=view.days[part])
    yield Finding(
        "baseload_high", "electricity", *view.span(view.first, -1),
        {"kw": short(level), "wide": short(1.645 * wide), "share": percent(min(share, 1.0))},
        frame, "daily_base", level * HOURS_PER_YEAR, wide / np.sqrt(good.sum() / 7) * 8760,
        True, int(good.sum()), len(base), min(share, 1.0),
    )  # fmt: skip


def baseload_up(view: View) -> Iterator[Finding]:
    """Night power that has risen against the own weeks before."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("baseload_up")
    usable = np.isfinite(found.base) & ~view.holiday
    year = view.days.day_of_year.to_numpy().astype(np.int64)
    figure = season_free(found.base, year, usable, view.first)
    for step in steps(
        figure, usable, view.first, recent=int(limit["recent"]), before=int(limit["before"]),
        ratio=limit["ratio"], sigmas=limit["sigmas"],
    ):  # fmt: skip
        more = step.after - step.before
        span = step.last - step.first
        yield Finding(
            "baseload_up", "electricity", *view.span(step.first, step.last - 1),
            {
                "before": short(step.before), "kw": short(step.after),
                "percent": percent(step.after / step.before - 1),
                "since": day(view.days[step.first]),
            },
            pd.DataFrame({"base_kw": found.base, "usable": usable}, index=view.days),
            "daily_base", more * 24 * span, step.spread / np.sqrt(step.days / 4) * 24 * span,
            False, step.days, span, more / max(step.before, 1e-9),
        )  # fmt: skip


def night_weekday(view: View) -> Iterator[Finding]:
    """Nights after one weekday that use more than the other nights."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("night_weekday")
    # The night after day n are the early hours of day n + 1.
    night = np.full(len(view.days), np.nan)
    night[:-1] = np.where(
        np.isfinite(found.hourly[1:, NIGHT]).all(axis=1),
        found.hourly[1:, NIGHT].mean(axis=1),
        np.nan,
    )
    usable = np.isfinite(night) & view.is_school
    weeks = int(limit["weeks"])
    for weekday in range(5):
        mine = np.flatnonzero(usable & (view.weekday == weekday))
        ratios: list[float] = []
        kept: list[int] = []
        for n in map(int, mine):
            near = np.arange(max(0, n - 6), min(len(night), n + 7))
            other = near[usable[near] & (view.weekday[near] != weekday)]
            if len(other) >= 3:
                ratios.append(night[n] / max(float(np.median(night[other])), 1e-9))
                kept.append(n)
        high = np.array([r >= limit["ratio"] for r in ratios], dtype=bool)
        place = np.array(kept, dtype=int)
        for a, b in _mostly(high, weeks, limit["share"]):
            if place[b - 1] < view.first:
                continue
            days = place[a:b]
            values = np.array(ratios)[a:b]
            usual = float(np.median(night[days] / values))
            more = (float(np.median(night[days])) - usual) * 9
            yield Finding(
                "night_weekday", "electricity", *view.span(days[0], days[-1]),
                {
                    "weekday": WEEKDAYS[weekday], "kw": short(float(np.median(night[days]))),
                    "usual": short(usual), "percent": percent(float(np.median(values)) - 1),
                    "nights": number(len(days)),
                },
                pd.DataFrame({"night_kw": night, "weekday": view.weekday}, index=view.days),
                "nights_by_weekday", more * len(days),
                float(mad(night[days])) * 9 * np.sqrt(len(days)), False, len(days), len(days),
                float(np.median(values)) - 1,
            )  # fmt: skip


def _mostly(high: np.ndarray, least: int, share: float) -> list[tuple[int, int]]:
    """Return runs of at least so many values of which this share is high."""
    found: list[tuple[int, int]] = []
    n = 0
    while n + least <= len(high):
        if high[n] and high[n : n + least].mean() >= share:
            end = n + least
            while end < len(high) and high[max(n, end - least + 1) : end + 1].mean() >= share:
                end += 1
            found.append((n, end))
            n = end
        else:
            n += 1
    return found


def fridge_on(view: View) -> Iterator[Finding]:
    """Long holidays in which the night power does not fall as in earlier ones."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("fridge_on")
    past: list[float] = []
    good = np.isfinite(found.base)
    term = good & ~view.holiday
    for a, b in view.holidays:
        if b - a < limit["days"]:
            continue
        inside = np.flatnonzero(good[a:b]) + a
        # The weeks before stand for the normal state; a rise that lasts is another finding.
        around = np.concatenate([np.flatnonzero(term[max(0, a - 28) : a]) + max(0, a - 28)])
        if len(inside) < limit["days"] - 4 or len(around) < 10:
            continue
        here, there = float(np.median(found.base[inside])), float(np.median(found.base[around]))
        ratio = here / max(there, 1e-9)
        usual = float(np.median(past)) if past else float("nan")
        close = max(past) if past else float("nan")
        wide = float(mad(found.base[inside])) / max(there, 1e-9)
        if (
            b > view.first
            and past
            and ratio - usual > limit["points"]
            and ratio - close > limit["points"] / 2
            and ratio - usual > limit["sigmas"] * wide / np.sqrt(len(inside) / 3)
        ):
            more = (ratio - usual) * there
            yield Finding(
                "fridge_on", "electricity", *view.span(a, b - 1),
                {"kw": short(here), "usual": short(usual * there), "more": short(more)},
                pd.DataFrame({"base_kw": found.base, "holiday": view.holiday}, index=view.days),
                "daily_base", more * 24 * (b - a),
                float(mad(np.array([*past, usual]))) * there * 24 * (b - a) + wide * there * 24,
                False, len(inside), b - a, more / max(here, 1e-9),
            )  # fmt: skip
        else:
            past.append(ratio)
