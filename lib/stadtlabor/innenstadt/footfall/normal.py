"""An index of footfall without weather, holidays and single events, with an interval."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import Calendar, calendar_of
from stadtlabor.innenstadt.footfall.daily import Daily, daily
from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.weather import weather_grid
from stadtlabor.innenstadt.footfall.words import words

__all__ = ["index"]

DRAWS = 400
SEED = 95
ROUNDS = 5
OPEN = slice(9, 20)
LEAST_DAYS = 7
"""Sound days that a period needs."""


def index(
    frame: pd.DataFrame,
    *,
    counter: str | None = None,
    weather: pd.DataFrame | None = None,
    calendar: str | tuple[str, str] | Calendar | None = None,
    base: str | None = None,
    freq: str = "M",
) -> pd.DataFrame:
    """Tell how footfall moved from period to period, as if weather and calendar were the same.

    A robust regression of the logarithm of each day's busyness (9 to 20 h) on the period, the
    counter, the weekday, holidays and the days around them, Advent and the weather. Single days far
    off (festivals, storms) hardly count. Counters that come or go do not bend the index: each is
    compared with itself. Seasons stay in it; compare the same month of two years.

    Parameters
    ----------
    frame
        Counts, flagged or not.
    counter
        One counter; default: all of them together.
    weather
        See :func:`stadtlabor.innenstadt.forecast`; without it, weather stays in the index.
    calendar
        Country and state.
    base
        Period that is 100, for example ``2024-03``; default: the mean of all.
    freq
        Length of a period: ``M`` month, ``Q`` quarter, ``W`` week.

    Returns
    -------
    DataFrame
        ``period`` (first day), ``index``, ``low``, ``high`` (95 %, whole weeks drawn anew), ``raw``
        (the same without weather, holidays and events taken out) and ``days`` (sound days of all
        counters).

    Raises
    ------
    ValueError
        In German, if the counter or the base is unknown or too few days were counted.
    """
    holds = calendar_of(frame, calendar)
    days = daily(frame, holds)
    if counter is not None and counter not in days.counters:
        raise ValueError(words("location.unknown", counter=counter, known=", ".join(days.counters)))
    chosen = list(range(len(days.counters))) if counter is None else [days.counters.index(counter)]
    sky = weather_grid(weather, days.days, holds.timezone)
    period = days.days.to_period(freq)
    rows = [(n, d) for n in chosen for d in np.flatnonzero(np.isfinite(days.busy[n]))]
    place = np.array(rows, dtype="int64").reshape(-1, 2)
    names, code = np.unique(np.asarray(period)[place[:, 1]], return_inverse=True)
    count = np.bincount(code)
    keep = (count >= LEAST_DAYS)[code] if len(code) else np.zeros(0, dtype=bool)
    place, code = place[keep], code[keep]
    if not len(place):
        raise ValueError(words("index.too_short", days=LEAST_DAYS))
    kept, code = np.unique(code, return_inverse=True)
    reference = _reference(names[kept], base)
    y = days.busy[place[:, 0], place[:, 1]]
    nuisance = _nuisance(days, place, chosen, sky)
    level = _fit(code, nuisance, y, np.ones(len(y)))
    week = (place[:, 1] // 7).astype("int64")
    _, week = np.unique(week, return_inverse=True)
    rng = np.random.default_rng(SEED)
    draws = np.full((DRAWS, len(kept)), np.nan)
    for n in range(DRAWS):
        often = rng.multinomial(week.max() + 1, np.full(week.max() + 1, 1 / (week.max() + 1)))
        draws[n] = _fit(code, nuisance, y, often[week].astype("float64"), rounds=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a period that no draw has met
        centred = draws - np.nanmean(draws[:, reference], axis=1, keepdims=True)
        low, high = np.nanquantile(centred, [0.025, 0.975], axis=0)
    middle = level - level[reference].mean()
    spread = np.nanmedian(centred, axis=0)
    raw = _raw(days, place, code, len(kept))
    return pd.DataFrame(
        {
            "period": pd.PeriodIndex(names[kept]).to_timestamp(),
            "index": 100 * np.exp(middle),
            "low": 100 * np.exp(middle + np.minimum(low - spread, 0.0)),
            "high": 100 * np.exp(middle + np.maximum(high - spread, 0.0)),
            "raw": 100 * raw / raw[reference].mean(),
            "days": np.bincount(code),
        }
    )


def _reference(names: np.ndarray, base: str | None) -> list[int]:
    if base is None:
        return list(range(len(names)))
    found = [n for n, name in enumerate(names) if str(name) == base]
    if not found:
        raise ValueError(words("index.base", base=base, first=str(names[0]), last=str(names[-1])))
    return found


def _nuisance(days: Daily, place: np.ndarray, chosen: list[int], sky: dict[str, Floats]) -> Floats:
    """Return what is to be taken out, each column with mean zero."""
    table = days.table.iloc[place[:, 1]]
    columns = [place[:, 0] == n for n in chosen[1:]]
    columns += [table["weekday"] == n for n in range(1, 7)]
    for name in ("holiday", "bridge", "half_day"):
        columns.append(table[name])
    columns += [table["since"] == 1, table["until"] == 1, table["advent"] > 0]
    columns.append(table["christmas"].abs() <= 2)
    columns.append(table["school_free"].fillna(0.0))
    for name, block in sky.items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a day without weather
            day = np.nanmean(block[:, OPEN], axis=1)
        day = np.where(np.isfinite(day), day, np.nanmean(day))
        columns.append(day[place[:, 1]])
        if name == "temperature_c":
            columns.append(np.square(day - 15.0)[place[:, 1]])
    out = np.column_stack([np.asarray(c, dtype="float64") for c in columns])
    out -= out.mean(axis=0)
    size = out.std(axis=0)
    scaled: Floats = out[:, size > 0] / size[size > 0]
    return scaled


def _fit(
    code: np.ndarray, nuisance: Floats, y: Floats, weight: Floats, rounds: int = ROUNDS
) -> Floats:
    """Return the level of each period (weighted Huber regression, lightly held)."""
    x = np.hstack([np.eye(code.max() + 1)[code], nuisance])
    hold = np.r_[np.full(code.max() + 1, 1e-6), np.full(nuisance.shape[1], 0.5)]
    robust = _first_weights(code, y)
    factor = np.zeros(x.shape[1])
    for _ in range(rounds):
        left = (x * (weight * robust)[:, None]).T
        factor = np.linalg.solve(left @ x + np.diag(hold), left @ y)
        off = y - x @ factor
        robust = 1 / np.maximum(1.0, np.abs(off) / (1.5 * _scatter(off)))
    level: Floats = factor[: code.max() + 1]
    met = np.bincount(code, weight, minlength=len(level)) > 0
    return np.where(met, level, np.nan)


def _first_weights(code: np.ndarray, y: Floats) -> Floats:
    middle = pd.Series(y).groupby(code).transform("median").to_numpy()
    off = y - middle
    return np.asarray(1 / np.maximum(1.0, np.abs(off) / (2.5 * _scatter(off))))


def _scatter(off: Floats) -> float:
    return float(1.4826 * np.median(np.abs(off)) + 1e-9)


def _raw(days: Daily, place: np.ndarray, code: np.ndarray, count: int) -> Floats:
    """Return persons seen over persons usual on an ordinary day, per period."""
    usual = days.usual[place[:, 0], place[:, 1]]
    seen = np.exp(days.busy[place[:, 0], place[:, 1]]) * usual
    per_counter = pd.Series(usual).groupby(place[:, 0]).transform("mean").to_numpy()
    part: Floats = np.bincount(code, seen / per_counter, minlength=count) / np.bincount(
        code, minlength=count
    )
    return part
