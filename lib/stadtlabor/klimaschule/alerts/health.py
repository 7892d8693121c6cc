"""Faults of meters: silent, stuck, jumping, or with a clock that is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.alert import Finding
from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.alerts.profile import Profile
from stadtlabor.klimaschule.alerts.view import View
from stadtlabor.klimaschule.alerts.words import day, number, short

__all__ = ["clock_shift", "meter_silent", "meter_stuck", "register_jump"]

Floats = npt.NDArray[np.float64]


def _with_slots(view: View) -> Iterator[tuple[str, Profile]]:
    return ((medium, found) for medium, found in view.profiles.items() if found.per_day)


def _coverage(view: View, found: Profile) -> pd.DataFrame:
    return pd.DataFrame({"measured": found.measured, "daily": found.daily}, index=view.days)


def meter_silent(view: View) -> Iterator[Finding]:
    """A meter without values for days, or up to now."""
    limit = limits("meter_silent")
    for medium, found in _with_slots(view):
        size = len(view.days) * found.per_day
        for run in found.silent:
            to_the_end = run.last == size
            least = limit["end_days"] if to_the_end else limit["days"]
            length = (run.last - run.first) / found.per_day
            if length < least or run.last <= view.first * found.per_day:
                continue
            first, last = run.first // found.per_day, (run.last - 1) // found.per_day
            yield Finding(
                "meter_silent", medium, *view.span(first, last),
                {"days": number(length, 0 if length >= 3 else 1), "since": day(view.days[first])},
                _coverage(view, found), "coverage", days=last - first + 1, of_days=last - first + 1,
            )  # fmt: skip


def meter_stuck(view: View) -> Iterator[Finding]:
    """A meter that repeats one value for hours."""
    for medium, found in _with_slots(view):
        for run in found.stuck:
            if run.last <= view.first * found.per_day:
                continue
            first, last = run.first // found.per_day, (run.last - 1) // found.per_day
            if medium == "water" and not _lessons(view, found, run.first, run.last):
                continue
            hours = (run.last - run.first) * 24 / found.per_day
            yield Finding(
                "meter_stuck", medium, *view.span(first, last),
                {
                    "hours": number(hours), "value": short(run.value),
                    "since": day(view.days[first]), "unit": found.meter.unit,
                },
                _coverage(view, found), "coverage", days=last - first + 1, of_days=last - first + 1,
            )  # fmt: skip


def _lessons(view: View, found: Profile, first: int, last: int) -> bool:
    """Tell whether four hours of lessons lie inside: nobody uses water evenly then."""
    at = np.arange(first, last)
    hour = at % found.per_day * 24 // found.per_day
    inside = view.is_school[at // found.per_day] & (hour >= 8) & (hour < 13)
    return bool(inside.sum() * 24 >= 4 * found.per_day)


def register_jump(view: View) -> Iterator[Finding]:
    """Single values that no building can draw."""
    for medium, found in _with_slots(view):
        for run in found.jumps:
            if run.last <= view.first * found.per_day:
                continue
            first, last = run.first // found.per_day, (run.last - 1) // found.per_day
            hour = (run.first % found.per_day) * 24 / found.per_day
            yield Finding(
                "register_jump", medium, *view.span(first, last),
                {
                    "value": short(run.value), "since": day(view.days[first]),
                    "clock": number(np.floor(hour)), "unit": found.meter.unit,
                },
                _coverage(view, found), "coverage", days=1, of_days=last - first + 1,
            )  # fmt: skip


def clock_shift(view: View) -> Iterator[Finding]:
    """A daily curve of electricity that lies an hour beside its own earlier one."""
    found = view.profiles.get("electricity")
    if found is None or found.per_day < 24:
        return
    limit = limits("clock_shift")
    hour = max(1, found.per_day // 24)
    whole = view.is_school & np.isfinite(found.slots).all(axis=1)
    at = np.flatnonzero(whole)
    recent, before = int(limit["recent"]), int(limit["before"])
    if len(at) < recent + before:
        return
    curves, weekday = found.slots[at], view.weekday[at]
    curves = curves - curves.mean(axis=1, keepdims=True)
    # How much better does each day fit the weeks before if it is moved by an hour?
    blocked, n = -1, before
    while n + recent <= len(at):
        # Afternoon lessons make weekdays differ: each is compared with its own.
        past = slice(max(0, n - 2 * before), n)
        usual = _of_weekday(curves[past], weekday[past], weekday[n:])
        now = curves[n : n + recent]
        gain = {move: _gain(now, usual[:recent], move) for move in (-hour, hour)}
        move = max(gain, key=lambda m: float(np.median(gain[m])))
        better = gain[move]
        if (better > limit["gain"]).mean() < limit["share"] or n <= blocked:
            n += 1
            continue
        end = n + recent
        rest = _gain(curves[end:], usual[recent:], move) > 0
        end += len(rest) if rest.all() else int(np.argmin(rest))
        if at[end - 1] >= view.first:
            first, last = int(at[n]), int(at[end - 1])
            yield Finding(
                "clock_shift", "electricity", *view.span(first, last),
                {
                    "direction": "später" if move > 0 else "früher", "since": day(view.days[first]),
                    "days": number(end - n),
                },
                pd.DataFrame(
                    {
                        "before": np.median(curves[past], axis=0),
                        "now": np.median(curves[n:end], axis=0),
                    },
                    index=pd.RangeIndex(found.per_day, name="interval"),
                ),
                "daily_curve", days=end - n, of_days=end - n,
            )  # fmt: skip
        # After it ends, the curve is back: that is no second shift.
        blocked = end + before
        n = end


def _of_weekday(past: Floats, was: npt.NDArray[np.int32], now: npt.NDArray[np.int32]) -> Floats:
    """Return the usual curve of each asked weekday; all days' where it was seen too rarely."""
    usual = np.repeat(np.median(past, axis=0)[None, :], 7, axis=0)
    for weekday in range(5):
        if (was == weekday).sum() >= 2:
            usual[weekday] = np.median(past[was == weekday], axis=0)
    return np.asarray(usual[now])


def _gain(curves: Floats, usual: Floats, move: int) -> npt.NDArray[np.float64]:
    """Return by which part of the deviation each curve is nearer to the moved one."""
    here = ((curves - usual) ** 2).sum(axis=1)
    moved = ((curves - np.roll(usual, move, axis=1)) ** 2).sum(axis=1)
    return np.asarray((here - moved) / np.maximum(np.maximum(here, moved), 1e-12))
