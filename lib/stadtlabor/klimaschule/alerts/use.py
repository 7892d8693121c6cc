"""Electricity on days: weekends, holidays, peaks and the own expectation of a school day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import Profile
from stadtlabor.klimaschule.alerts.steps import mad, season_free, steps
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, percent, short

__all__ = ["electricity_change", "holiday_high", "peak_up", "weekend_high"]

Floats = npt.NDArray[np.float64]


def _above_base(view: View, found: Profile) -> Floats:
    """Return what a day uses above the steady power of the same weeks, kWh."""
    base = pd.Series(found.base).rolling(15, center=True, min_periods=3).median().to_numpy()
    steady = np.fmin(found.base, base) if np.isfinite(base).any() else found.base
    return np.asarray(found.daily - 24 * steady)


def _school_level(view: View, above: Floats) -> Floats:
    """Return the median school day within four weeks of each day."""
    figure = pd.Series(np.where(view.is_school, above, np.nan))
    near = figure.rolling(57, center=True, min_periods=5).median()
    return np.asarray(near.ffill().bfill().to_numpy(dtype=float))


def weekend_high(view: View) -> Iterator[Finding]:
    """Weekends in school time that use much more than the steady power."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("weekend_high")
    above = _above_base(view, found)
    part = above / np.maximum(_school_level(view, above), 1e-9)
    good = view.term_weekend & np.isfinite(part)
    # A weekend is as high as its lower day: an event on one day is no fault.
    numbers = (np.arange(len(view.days)) - view.weekday) // 7
    weeks = np.unique(numbers[good])
    level = np.array([part[good & (numbers == week)].min() for week in weeks])
    high = level >= limit["part"]
    least = int(limit["weekends"])
    for a, b in _streaks(high, least):
        # A loud weekend before holidays belongs to nothing that comes after them.
        a += int(weeks[a + 1] - weeks[a] > 2)
        inside = good & np.isin(numbers, weeks[a:b])
        at = np.flatnonzero(inside)
        if at[-1] < view.first:
            continue
        more = float(above[at].sum())
        yield Finding(
            "weekend_high", "electricity", *view.span(at[0], at[-1]),
            {
                "percent": percent(float(np.median(part[at]))), "weekends": number(b - a),
                "kwh": short(float(np.median(found.daily[at]))),
            },
            pd.DataFrame({"energy_kwh": found.daily, "kind": view.kinds}, index=view.days),
            "days_by_kind", more, float(mad(above[at])) * np.sqrt(len(at)), False, len(at),
            2 * (b - a), more / max(float(found.daily[at].sum()), 1e-9),
        )  # fmt: skip


def _streaks(high: npt.NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Return runs of high values that single low ones do not end."""
    found: list[tuple[int, int]] = []
    n = 0
    while n < len(high):
        if not high[n]:
            n += 1
            continue
        end, misses = n + 1, 0
        while end < len(high) and misses <= 1:
            misses = 0 if high[end] else misses + 1
            end += 1
        end -= misses
        if high[n:end].sum() >= least:
            found.append((n, end))
        n = max(end, n + 1)
    return found


def holiday_high(view: View) -> Iterator[Finding]:
    """Holidays whose weekdays use much more than the steady power."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("holiday_high")
    above = _above_base(view, found)
    level = _school_level(view, above)
    for a, b in view.holidays:
        if b <= view.first:
            continue
        at = np.arange(a, b)
        at = at[(view.weekday[at] < 5) & np.isfinite(above[at])]
        if len(at) < limit["days"]:
            continue
        usual = max(float(np.nanmedian(level[at])), 1e-9)
        part = above[at] / usual
        high = part >= limit["part"]
        # Some days are cleaned and repaired in every holiday; most of them make a finding.
        if high.mean() < limit["share"] or not np.isfinite(usual):
            continue
        more = float(above[at].sum())
        yield Finding(
            "holiday_high", "electricity", *view.span(a, b - 1),
            {
                "percent": percent(float(np.median(part))), "high": number(int(high.sum())),
                "days": number(len(at)), "kwh": short(float(np.median(found.daily[at]))),
            },
            pd.DataFrame({"energy_kwh": found.daily, "kind": view.kinds}, index=view.days),
            "days_by_kind", more, float(mad(above[at])) * np.sqrt(len(at)), False, len(at), len(at),
            more / max(float(found.daily[at].sum()), 1e-9),
        )  # fmt: skip


def peak_up(view: View) -> Iterator[Finding]:
    """Highest power of school days that has risen."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    limit = limits("peak_up")
    with np.errstate(invalid="ignore"):
        top = np.where(
            np.isfinite(found.daily),
            np.nanmax(np.nan_to_num(found.slots), axis=1, initial=0),
            np.nan,
        )
    top = top * max(found.per_day, 1) / 24
    usable = view.is_school & np.isfinite(top) & (top > 0)
    figure = season_free(top, view.days.day_of_year.to_numpy().astype(np.int64), usable, view.first)
    for step in steps(
        figure, usable, view.first, recent=int(limit["recent"]), before=int(limit["before"]),
        ratio=limit["ratio"], sigmas=limit["sigmas"],
    ):  # fmt: skip
        yield Finding(
            "peak_up", "electricity", *view.span(step.first, step.last - 1),
            {
                "before": short(step.before), "kw": short(step.after),
                "percent": percent(step.after / step.before - 1),
                "since": day(view.days[step.first]),
            },
            pd.DataFrame({"peak_kw": top, "usable": usable}, index=view.days), "daily_peaks",
            days=step.days, of_days=step.days, share=step.after / step.before - 1,
        )  # fmt: skip


def electricity_change(view: View) -> Iterator[Finding]:
    """School days that use more or less than the school's own expectation."""
    found = view.profiles.get("electricity")
    if found is None:
        return
    usable = view.is_school & np.isfinite(found.daily)
    figure = season_free(
        found.daily,
        view.days.day_of_year.to_numpy().astype(np.int64),
        usable & (found.daily > 0),
        view.first,
    )
    # Afternoon lessons make some weekdays longer: each is compared with its own.
    for weekday in range(5):
        mine = usable & (view.weekday == weekday)
        if mine.sum() >= 8:
            figure[mine] /= np.median(figure[mine]) / max(float(np.median(figure[usable])), 1e-9)
    ended: list[int] = []
    for key in ("electricity_down", "electricity_up"):
        limit = limits(key)
        for step in steps(
            figure, usable, view.first, recent=int(limit["recent"]), before=int(limit["before"]),
            ratio=limit["ratio"], sigmas=limit["sigmas"], down=key == "electricity_down",
        ):  # fmt: skip
            # The end of a fall is no rise.
            if any(abs(step.first - end) <= limit["apart"] for end in ended):
                continue
            ended.append(step.last)
            more = abs(step.after - step.before)
            yield Finding(
                key, "electricity", *view.span(step.first, step.last - 1),
                {
                    "before": short(step.before), "kwh": short(step.after),
                    "percent": percent(abs(step.after / step.before - 1)),
                    "since": day(view.days[step.first]),
                },
                pd.DataFrame({"energy_kwh": found.daily, "kind": view.kinds}, index=view.days),
                "days_by_kind", more * step.days, step.spread * np.sqrt(3 * step.days), False,
                step.days, step.days, more / step.before,
            )  # fmt: skip
