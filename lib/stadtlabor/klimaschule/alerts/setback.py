"""Heat when nobody is there: nights, weekends, holidays, the early morning."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import Profile
from stadtlabor.klimaschule.alerts.steps import steps
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import clock, day, number, percent

__all__ = ["heat_early", "heat_holiday", "heat_night", "heat_weekend"]

Floats = npt.NDArray[np.float64]

DAY = slice(8, 16)
NIGHT = (22, 23, 0, 1)
EVENING = 20
USUAL_LIMIT_C = 15.0
LEAST_WARM_DAYS = 5


def _per_kelvin(view: View, heat: Profile) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return heat per hour and kelvin below the heating limit, and the days cold enough."""
    model = view.model or view.model_now
    limit = min(max(model.balance_point_c, 10.0), 20.0) if model else USUAL_LIMIT_C
    felt = 0.4 * view.hourly_c + 0.6 * view.temperature_c[:, None]
    cold = np.isfinite(view.temperature_c) & (view.temperature_c < limit - 5)
    with np.errstate(invalid="ignore"):
        kelvin = np.where(limit - felt > 1, limit - felt, np.nan)
    return (heat.hourly - _hot_water(view, heat, limit)) / kelvin, cold


def _hot_water(view: View, heat: Profile, limit: float) -> Floats:
    """Return the usual heat of each hour of warm days, apart for school days and others."""
    water = np.zeros_like(heat.hourly)
    warm = (view.temperature_c > limit + 1) & np.isfinite(heat.hourly).all(axis=1)
    for mine in (view.is_school, ~view.is_school):
        if (warm & mine).sum() >= LEAST_WARM_DAYS:
            water[mine] = np.median(heat.hourly[warm & mine], axis=0)
    return water


def _middle(table: Floats) -> Floats:
    known = np.isfinite(table)
    number_of = known.sum(axis=1)
    total = np.where(known, table, 0).sum(axis=1)
    enough = number_of >= 0.75 * table.shape[1]
    return np.asarray(np.where(enough, total / np.maximum(number_of, 1), np.nan))


def _school_near(view: View, figure: Floats, cold: npt.NDArray[np.bool_]) -> Floats:
    usable = view.is_school & cold & np.isfinite(figure)
    series = pd.Series(np.where(usable, figure, np.nan))
    return np.asarray(series.rolling(43, center=True, min_periods=5).median().to_numpy(dtype=float))


def _finding(
    view: View, heat: Profile, key: str, at: npt.NDArray[np.int64], ratio: Floats, part: float,
    hours: float, words: dict[str, str],
) -> Finding:  # fmt: skip
    """Return a finding on the days ``at`` whose heat is ``ratio`` of that of open hours."""
    limit = limits(key)
    usual = limit["usual"]
    use = heat.daily[at] * hours
    more = float(np.nansum(use * np.maximum(0, 1 - usual / np.maximum(ratio[at], 1e-9))))
    frame = pd.DataFrame({"ratio": ratio, "kind": view.kinds}, index=view.days)
    return Finding(
        key, heat.meter.medium, *view.span(at[0], at[-1]),
        {"percent": percent(part), "days": number(len(at)), **words}, frame, "setback",
        more, more * limit["usual_spread"], False, len(at), len(at),
        more / max(float(np.nansum(use)), 1e-9),
    )  # fmt: skip


def heat_weekend(view: View) -> Iterator[Finding]:
    """Weekends that are heated like school days."""
    if (heat := view.heat) is None:
        return
    limit = limits("heat_weekend")
    table, cold = _per_kelvin(view, heat)
    figure = _middle(table[:, DAY])
    ratio = figure / _school_near(view, figure, cold)
    good = view.term_weekend & cold & np.isfinite(ratio)
    # A gym in use on Saturdays is no fault as long as Sunday is cool.
    sunday = np.append(ratio[1:], np.nan)
    saturday = good & (view.weekday == 5) & np.isfinite(sunday)
    ratio = np.where(saturday, np.minimum(ratio, sunday + limit["gym"]), ratio)
    yield from _groups(view, heat, "heat_weekend", np.flatnonzero(good), ratio)


def _groups(
    view: View, heat: Profile, key: str, at: npt.NDArray[np.int64], ratio: Floats,
    hours: float = 1.0,
) -> Iterator[Finding]:  # fmt: skip
    """Find runs of days whose rolling median ratio is as high as that of open hours."""
    allowed = limits(key)
    least = int(allowed["days"])
    if len(at) < least:
        return
    rolled = pd.Series(ratio[at]).rolling(least).median().to_numpy()
    low = pd.Series(ratio[at]).rolling(least).quantile(0.25).to_numpy()
    n = 0
    while n < len(at):
        if rolled[n] >= allowed["ratio"] and low[n] >= allowed["low"]:
            end = n + 1
            while end < len(at) and rolled[end] >= allowed["ratio"]:
                end += 1
            mine = at[n - least + 1 : end]
            # Days at the edge that were still lowered do not belong to it.
            over = np.flatnonzero(ratio[mine] >= allowed["low"])
            mine = mine[over[0] : over[-1] + 1]
            mine = mine[mine >= view.first]
            if len(mine):
                part = float(np.median(ratio[mine]))
                yield _finding(view, heat, key, mine, ratio, part, hours, {})
            n = end
        n += 1


def heat_night(view: View) -> Iterator[Finding]:
    """Nights before and after school days that are heated like the day."""
    if (heat := view.heat) is None:
        return
    table, cold = _per_kelvin(view, heat)
    by_day = _middle(table[:, DAY])
    ratio = _middle(table[:, list(NIGHT)]) / np.where(by_day > 0, by_day, np.nan)
    # The night before Monday belongs to the weekend.
    good = view.is_school & cold & np.isfinite(ratio) & (view.weekday > 0) & (view.weekday < 4)
    at = np.flatnonzero(good)
    yield from _groups(view, heat, "heat_night", at, ratio, 10 / 24)


def heat_holiday(view: View) -> Iterator[Finding]:
    """Holidays that are heated like school days."""
    if (heat := view.heat) is None:
        return
    limit = limits("heat_holiday")
    table, cold = _per_kelvin(view, heat)
    figure = _middle(table[:, DAY])
    usable = view.is_school & cold & np.isfinite(figure)
    for a, b in view.holidays:
        if b <= view.first:
            continue
        near = np.arange(max(0, a - 28), min(len(view.days), b + 28))
        school = near[usable[near]]
        at = np.arange(a, b)
        at = at[cold[at] & np.isfinite(figure[at])]
        if len(school) < 5 or len(at) < limit["days"]:
            continue
        ratio = figure / float(np.median(figure[school]))
        part = float(np.median(ratio[at]))
        if part >= limit["ratio"] and float(np.quantile(ratio[at], 0.25)) >= limit["low"]:
            yield _finding(view, heat, "heat_holiday", at, ratio, part, 1.0, {})


def heat_early(view: View) -> Iterator[Finding]:
    """Heating up that starts earlier in the morning than before."""
    if (heat := view.heat) is None:
        return
    limit = limits("heat_early")
    table, cold = _per_kelvin(view, heat)
    whole = np.isfinite(table).all(axis=1)
    usable = view.is_school & cold & whole & (view.weekday > 0)
    # The noise of single hours would move the start of a single day.
    at, width = np.flatnonzero(usable), int(limit["smooth"])
    if len(at) < limit["recent"] + limit["before"] + width:
        return
    smooth = np.lib.stride_tricks.sliding_window_view(table[at], width, axis=0).mean(axis=-1)
    start = np.full(len(view.days), np.nan)
    start[at[width - 1 :]] = _starts(smooth)
    usable = np.isfinite(start)
    early = 24 - start
    found = steps(
        early, usable, view.first, recent=int(limit["recent"]), before=int(limit["before"]),
        ratio=(24 - limit["usual_hour"] + limit["hours"]) / (24 - limit["usual_hour"]),
        sigmas=limit["sigmas"],
    )  # fmt: skip
    for step in found:
        hours = step.after - step.before
        use = heat.daily[step.first : step.last][view.is_school[step.first : step.last]]
        more = float(np.nansum(use)) * hours / 24 * limit["part"]
        yield Finding(
            "heat_early", heat.meter.medium, *view.span(step.first, step.last - 1),
            {
                "clock": clock(24 - step.after), "before": clock(24 - step.before),
                "since": day(view.days[step.first]), "hours": number(hours, 1),
            },
            pd.DataFrame({"start_hour": start, "usable": usable}, index=view.days), "heating_start",
            more, more * 0.5, False, step.days, step.days, hours / 24,
        )  # fmt: skip


def _starts(hourly: Floats) -> Floats:
    """Return the time at which the morning's heat passes the middle between night and day."""
    night = np.concatenate([hourly[:, EVENING:], hourly[:, :5]], axis=1)
    low = np.lib.stride_tricks.sliding_window_view(night, 3, axis=1).mean(axis=2).min(axis=1)
    high = np.median(hourly[:, 7:13], axis=1)
    middle = (low + high) / 2
    early = hourly[:, :10]
    under = early <= middle[:, None]
    # The last hour below the middle ends the night.
    last = np.where(under.any(axis=1), 9 - np.argmax(under[:, ::-1], axis=1), -1)
    rows = np.arange(len(early))
    before, after = early[rows, np.maximum(last, 0)], early[rows, np.minimum(last + 1, 9)]
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(after > before, (middle - before) / (after - before), 0.0)
    clear = (high > 1.15 * np.maximum(low, 1e-9)) & (last < 9)
    return np.asarray(np.where(clear, np.maximum(last + np.clip(inside, 0, 1), 0), np.nan))
