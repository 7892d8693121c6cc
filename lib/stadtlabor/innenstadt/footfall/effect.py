"""Did it help? The effect of an event on one counter, with a placebo test."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar
from stadtlabor.innenstadt.footfall.daily import Daily, daily
from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.words import day, number, words

__all__ = ["Effect", "effect", "effect_of"]

YEAR = 365.25
ROUNDS = 4
CLIP = 2.0
CHANCE = 0.05


@dataclass(frozen=True)
class Effect:
    """What an event did to the persons counted in opening hours.

    Attributes
    ----------
    percent, low, high
        Change against what was to be expected without it, per cent, with a 95 % interval.
    p_value
        Part of ordinary periods of the same length in which the counter strays as far by itself.
    detectable
        Change, per cent, that would be found in four of five cases.
    method
        ``donors`` (compared with other counters) or ``before_after`` (with its own past alone).
    donors
        The other counters.
    placebos
        Number of ordinary periods.
    sentence
        The result in German.
    """

    percent: float
    low: float
    high: float
    p_value: float
    detectable: float
    method: str
    donors: tuple[str, ...]
    placebos: int
    sentence: str


@cache
def _rules() -> dict[str, Any]:
    text = files("stadtlabor.innenstadt.footfall").joinpath("effect.toml").read_text("utf-8")
    return tomllib.loads(text)


def effect(
    frame: pd.DataFrame,
    *,
    counter: str,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    donors: Sequence[str] | None = None,
    calendar: str | tuple[str, str] | Calendar | None = None,
) -> Effect:
    """Measure how a period changed the counts of one counter.

    Where at least four other counters have counted throughout, they say what was to be expected: a
    weighted mix of them (ridge regression on the days before, with weekday, season and Christmas)
    that went along with the counter. Otherwise the counter's own days must do, which cannot tell
    the event from the weather; the method and the sentence say so. The difference is measured
    against the weeks just before and, where already counted, after the period. The same sum for
    every ordinary period of that length before it is the measure of chance (placebo test).

    Parameters
    ----------
    frame
        Counts of one city, flagged or not.
    counter
        Where the event was.
    start, end
        First and last day (local, both included).
    donors
        Counters to compare with, for example without those next door; default: all others.
    calendar
        Country and state.

    Returns
    -------
    Effect

    Raises
    ------
    ValueError
        In German, if counter or donors are unknown or too few days were counted.
    """
    return effect_of(daily(frame, calendar), counter, start, end, donors)


def effect_of(
    days: Daily,
    counter: str,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    donors: Sequence[str] | None = None,
) -> Effect:
    """Do the work of :func:`effect` on daily figures, for many questions to the same counts."""
    for name in (counter, *(donors or ())):
        if name not in days.counters:
            raise ValueError(
                words("location.unknown", counter=name, known=", ".join(days.counters))
            )
    first = int((pd.Timestamp(start) - days.days[0]).days)
    length = int((pd.Timestamp(end) - pd.Timestamp(start)).days) + 1
    own = days.counters.index(counter)
    rule = _rules()
    begin = max(0, first - rule["history_days"])
    if length < 1 or first - begin < rule["least_history_days"]:
        raise ValueError(
            words("effect.too_short", counter=counter, days=number(rule["least_history_days"]))
        )
    chosen = _donors(days, own, begin, first + length, donors)
    after = rule["beside_days"] if first + length + rule["fade_days"] < len(days.days) else 0
    error = _errors(days, own, chosen, begin, first, length)
    found = _difference(error, first, length, after)
    # Ordinary periods end where the period begins, so that it does not lie beside one of them.
    last = first - length - (rule["beside_days"] if after else 0)
    earliest = max(0, first - rule["placebo_days"]) + rule["beside_days"]
    places = range(earliest, last + 1, rule["placebo_step_days"])
    placebo = np.array([_difference(error, place, length, after) for place in places])
    placebo = placebo[np.isfinite(placebo)]
    if not np.isfinite(found) or len(placebo) < rule["least_placebos"]:
        raise ValueError(words("effect.gaps", counter=counter))
    if not after:
        placebo = placebo * rule["one_sided"]
    size = np.abs(placebo) * rule["caution"]
    edge = float(np.quantile(size, 1 - CHANCE))
    result = Effect(
        percent=_percent(found),
        low=_percent(found - edge),
        high=_percent(found + edge),
        p_value=float((1 + (size >= abs(found)).sum()) / (1 + len(size))),
        detectable=_percent(edge + 0.84 * float(np.sqrt((placebo**2).mean()))),
        method="donors" if chosen else "before_after",
        donors=tuple(days.counters[n] for n in chosen),
        placebos=len(placebo),
        sentence="",
    )
    return replace(result, sentence=_sentence(result, counter, start, end))


def _percent(logarithm: float) -> float:
    return float(100 * np.expm1(logarithm))


def _donors(days: Daily, own: int, begin: int, end: int, asked: Sequence[str] | None) -> list[int]:
    """Return the counters that have counted throughout; none where they are too few."""
    rule = _rules()
    names = days.counters if asked is None else asked
    places = [days.counters.index(name) for name in names]
    counted = np.isfinite(days.busy[:, begin:end])
    chosen = [
        n
        for n in places
        if n != own
        and counted[n].mean() >= rule["donor_part"]
        and counted[n][-min(end - begin, 60) :].mean() >= rule["donor_part"]
    ]
    return chosen if len(chosen) >= rule["donors"] else []


def _errors(
    days: Daily, own: int, donors: list[int], begin: int, first: int, length: int
) -> Floats:
    """Return how far each day lies from what calendar and donors let expect (logarithm)."""
    table = days.table
    week = np.where(table["kind"] == 2, 6, table["weekday"])
    columns: list[npt.NDArray[Any]] = [days.busy[n] for n in donors]
    columns += [week == n for n in range(7)]
    until = table["christmas"].to_numpy()
    columns += [(until >= 0) & (until <= 35), np.abs(until) <= 6]
    if first - begin > YEAR:
        angle = 2 * np.pi * table["day_of_year"].to_numpy() / YEAR
        columns += [wave(k * angle) for k in (1, 2) for wave in (np.sin, np.cos)]
    known = np.column_stack([np.asarray(column, dtype="float64") for column in columns])
    value = days.busy[own]
    usable = np.isfinite(known).all(axis=1) & np.isfinite(value)
    fit = np.zeros(len(value), dtype=bool)
    fit[begin:first] = True
    after = first + length
    fit[after : after + _rules()["beside_days"]] = True
    fit &= usable
    x, y = known[fit], value[fit]
    if len(y) < x.shape[1] + 30:
        return np.full(len(value), np.nan)
    held = np.full(x.shape[1], 0.1)
    held[: len(donors)] = _rules()["ridge"] * len(y)
    weight = np.ones(len(y))
    for _ in range(ROUNDS):  # days out of the ordinary count less (Huber)
        left = (x * weight[:, None]).T
        factor = np.linalg.solve(left @ x + np.diag(held), left @ y)
        off = y - x @ factor
        weight = 1 / np.maximum(1.0, np.abs(off) / (1.5 * _scatter(off)))
    return np.where(usable, value - known @ factor, np.nan)


def _difference(error: Floats, first: int, length: int, after: int) -> float:
    """Compare a window with the days beside it, the nearer the more."""
    rule = _rules()
    inside = error[first : first + length]
    if np.isfinite(inside).sum() < max(1, rule["part_of_window"] * length):
        return float("nan")
    sides = [error[max(0, first - rule["beside_days"]) : first]]
    if after:
        sides.append(error[first + length : first + length + after][::-1])
    return _level(inside, None) - float(np.mean([_level(s, rule["fade_days"]) for s in sides]))


def _level(values: Floats, fade: float | None) -> float:
    """Return the mean of days, single ones far off pulled in; NaN where too few are there."""
    there = np.isfinite(values)
    if there.sum() < (7 if fade else 1):
        return float("nan")
    weight = np.exp(-np.arange(len(values))[::-1] / fade) if fade else np.ones(len(values))
    kept, weight = values[there], weight[there]
    middle = float(np.median(kept))
    if len(kept) >= 7:
        reach = CLIP * _scatter(kept)
        kept = np.clip(kept, middle - reach, middle + reach)
    return float((weight * kept).sum() / weight.sum())


def _scatter(values: Floats) -> float:
    return float(1.4826 * np.median(np.abs(values - np.median(values))) + 1e-9)


def _sentence(
    result: Effect, counter: str, start: str | pd.Timestamp, end: str | pd.Timestamp
) -> str:
    sign = "more" if result.percent >= 0 else "fewer"
    found = "found" if result.p_value < CHANCE else "not_found"
    gaps = {
        "counter": counter,
        "start": day(pd.Timestamp(start)),
        "end": day(pd.Timestamp(end)),
        "percent": number(abs(result.percent), 1),
        "direction": words(f"effect.{sign}"),
        "low": number(result.low, 1),
        "high": number(result.high, 1),
        "chance": number(max(100 * result.p_value, 1)),
        "detectable": number(result.detectable),
        "donors": number(len(result.donors)),
    }
    return " ".join(words(f"effect.{key}", **gaps) for key in (found, result.method))
