"""The level of the heating: too warm, too long, too much, or none in frost."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import runs
from stadtlabor.klimaschule.alerts.rises import rises
from stadtlabor.klimaschule.alerts.steps import mad
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, percent, short
from stadtlabor.klimaschule.energy import HeatingModel

__all__ = ["frost_off", "heat_change", "heat_limit_high", "heat_warm", "hot_water_loss"]

Floats = npt.NDArray[np.float64]


def _expected(view: View) -> Floats | None:
    """Return the heat that the time before lets expect of each day, kWh."""
    if view.model is None or not np.isfinite(view.temperature_c).any():
        return None
    table = view.model.predict(
        pd.Series(view.temperature_c, view.days), pd.Series(view.kinds, view.days)
    )
    return table["mean"].to_numpy(dtype=float)


def heat_limit_high(view: View) -> Iterator[Finding]:
    """A building that is heated up to a high outdoor temperature."""
    model, heat = view.model_now, view.heat
    if model is None or heat is None:
        return
    limit = limits("heat_limit_high")
    low, high = model.balance_point_interval
    if model.balance_point_c < limit["balance_point_c"] or low < limit["low_c"]:
        return
    over = model.balance_point_c - limit["usual_c"]
    part = slice(view.first, None)
    mild = (view.temperature_c[part] < model.balance_point_c) & view.is_school[part]
    more = model.slope_kwh_per_k * over * float(mild.sum())
    wide = model.slope_kwh_per_k * float(mild.sum()) * max(high - low, 0.1) / 3.29
    frame = pd.DataFrame(
        {"temperature_c": view.temperature_c[part], "energy_kwh": heat.daily[part]},
        index=view.days[part],
    )
    yield Finding(
        "heat_limit_high", heat.meter.medium, *view.span(view.first, -1),
        {
            "limit": number(model.balance_point_c, 1), "low": number(low, 1),
            "high": number(high, 1),
        },
        frame, "heat_by_temperature", more, wide, False, model.n, len(frame),
        more / max(float(np.nansum(heat.daily[part])), 1e-9),
    )  # fmt: skip


def heat_warm(view: View) -> Iterator[Finding]:
    """Warm days with much more heat than hot water needs."""
    heat, expected, model = view.heat, _expected(view), view.model
    if heat is None or expected is None or model is None:
        return
    limit = limits("heat_warm")
    floor = max(limit["warm_c"], model.balance_point_c + 1)
    warm = np.isfinite(heat.daily) & np.isfinite(expected) & (view.temperature_c >= floor)
    at = np.flatnonzero(warm)
    least = int(limit["days"])
    if len(at) < least:
        return
    over = heat.daily - expected
    high = over > limit["kelvin"] * model.slope_kwh_per_k
    n = 0
    while n + least <= len(at):
        window = at[n : n + least]
        close = view.days[window[-1]] - view.days[window[0]] <= pd.Timedelta(days=limit["within"])
        if not (high[window[0]] and close and high[window].mean() >= limit["share"]):
            n += 1
            continue
        end = n + least
        while end < len(at) and high[at[end - least + 1 : end + 1]].mean() >= limit["share"]:
            end += 1
        mine = at[n:end]
        n = end
        if mine[-1] < view.first:
            continue
        more = float(over[mine].sum())
        yield Finding(
            "heat_warm", heat.meter.medium, *view.span(mine[0], mine[-1]),
            {"days": number(len(mine)), "warm": number(floor), "kwh": short(more / len(mine))},
            pd.DataFrame(
                {"temperature_c": view.temperature_c, "energy_kwh": heat.daily}, index=view.days
            ),
            "heat_by_temperature", more, float(mad(over[mine])) * np.sqrt(len(mine)), False,
            len(mine), len(mine), more / max(float(heat.daily[mine].sum()), 1e-9),
        )  # fmt: skip


def heat_change(view: View) -> Iterator[Finding]:
    """Heat that has risen against the model of the time before.

    A small rise looks like warmer rooms, a large one like a fault.
    """
    heat, expected, model = view.heat, _expected(view), view.model
    if heat is None or expected is None or model is None:
        return
    limit = limits("room_warmer")
    slope = _slopes(view, model)
    usable = np.isfinite(heat.daily) & np.isfinite(expected) & ~view.holiday
    usable &= view.temperature_c < model.balance_point_c - 3
    kelvin = (heat.daily - expected) / slope
    frame = pd.DataFrame({"energy_kwh": heat.daily, "expected_kwh": expected}, index=view.days)
    for rise in rises(kelvin, usable, view.first, limit):
        at = np.arange(rise.first, rise.last)
        at = at[usable[at]]
        level = float(np.sum(slope[at]))
        part = rise.size * level / max(float(np.sum(expected[at])), 1e-9)
        yield Finding(
            "heat_jump" if part >= limits("heat_jump")["part"] else "room_warmer",
            heat.meter.medium, *view.span(rise.first, rise.last - 1),
            {
                "percent": percent(part), "kelvin": number(rise.size, 1),
                "wide": number(1.645 * rise.error, 1), "since": day(view.days[rise.first]),
            },
            frame, "heat_expected", rise.size * level, rise.error * level, False, len(at), len(at),
            part,
        )  # fmt: skip


def _slopes(view: View, model: HeatingModel) -> Floats:
    """Return the model's slope of each day, kWh per kelvin."""
    table = model.by_day_type["slope_kwh_per_k"]
    slopes = np.full(len(view.days), max(model.slope_kwh_per_k, 1e-9))
    for kind, leading in model.groups.items():
        if leading in table.index:
            slopes[view.kinds == kind] = max(float(table.loc[leading]), 1e-9)
    return slopes


def hot_water_loss(view: View) -> Iterator[Finding]:
    """Summer holidays that use nearly as much heat as warm school days."""
    if (heat := view.heat) is None:
        return
    limit = limits("hot_water_loss")
    model = view.model or view.model_now
    edge = min(limit["warm_c"], model.balance_point_c + 1) if model else limit["warm_c"]
    warm = view.temperature_c >= edge
    if model is not None and model.summer_off:
        warm |= np.asarray(view.days.month.isin((6, 7, 8)))
    warm &= np.isfinite(heat.daily)
    for a, b in view.holidays:
        if b <= view.first or b - a < limit["days"]:
            continue
        near = np.arange(max(0, a - 42), a)
        school = near[(warm & view.is_school)[near]]
        free = np.arange(a, b)
        free = free[warm[free]]
        if len(school) < 5 or len(free) < limit["warm_days"]:
            continue
        usual, here = float(np.median(heat.daily[school])), float(np.median(heat.daily[free]))
        # A boiler that is off, or a use that heating hides, says nothing.
        day_of_heating = (
            float(np.nanquantile(heat.daily, 0.9)) if np.isfinite(heat.daily).any() else 0
        )
        if usual < limit["least"] * day_of_heating or here < limit["ratio"] * usual:
            continue
        more = (here - limit["usual"] * usual) * (b - a)
        wide = float(mad(heat.daily[free])) / np.sqrt(len(free))
        if here - 2 * wide < limit["low"] * usual:
            continue
        yield Finding(
            "hot_water_loss", heat.meter.medium, *view.span(a, b - 1),
            {"kwh": short(here), "percent": percent(here / usual), "usual": short(usual)},
            pd.DataFrame({"energy_kwh": heat.daily, "kind": view.kinds}, index=view.days),
            "days_by_kind", more, wide * (b - a), False, len(free), b - a, 1 - limit["usual"],
        )  # fmt: skip


def frost_off(view: View) -> Iterator[Finding]:
    """Hours of frost without any heat."""
    if (heat := view.heat) is None:
        return
    limit = limits("frost_off")
    hours, outside = heat.hourly.ravel(), view.hourly_c.ravel()
    cold = np.isfinite(hours) & (outside < limit["cold_c"])
    if (cold & (hours > 0)).sum() < 48:
        return
    usual = float(np.median(hours[cold & (hours > 0)]))
    nothing = np.isfinite(hours) & (hours < limit["part"] * usual) & (outside < limit["cold_c"] + 5)
    for a, b in runs(nothing):
        frost = outside[a:b] < limit["frost_c"]
        if b - a < limit["hours"] or frost.sum() < limit["frost_hours"] or b <= 24 * view.first:
            continue
        first, last = a // 24, (b - 1) // 24
        yield Finding(
            "frost_off", heat.meter.medium, *view.span(first, last),
            {
                "hours": number(b - a), "coldest": number(float(outside[a:b].min()), 0),
                "since": day(view.days[first]),
            },
            pd.DataFrame(
                {"energy_kwh": heat.daily, "temperature_c": view.temperature_c}, index=view.days
            ),
            "heat_and_temperature", days=last - first + 1, of_days=last - first + 1,
        )  # fmt: skip
