"""A meter as a table of days and hours, with its faults taken out and remembered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.klimaschule.alerts.limits import limits
from stadtlabor.klimaschule.school import Meter
from stadtlabor.observations import Quality

__all__ = ["Profile", "Run", "profile", "runs"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

DAY_S = 86_400
FINEST_S = 900
COVERAGE = 0.9


@dataclass(frozen=True)
class Run:
    """Consecutive intervals: first, one after the last, and their value."""

    first: int
    last: int
    value: float = float("nan")


@dataclass(frozen=True)
class Profile:
    """One meter on the days of a :class:`~stadtlabor.klimaschule.alerts.view.View`.

    Attributes
    ----------
    meter
        Where it comes from.
    slots
        Amount per interval, shape (days, intervals of a day), local wall time; NaN where missing
        or faulty. Empty second axis for meters that report less than hourly.
    hourly
        Amount per hour, shape (days, 24).
    daily
        Amount per day, NaN where less than 90 % was measured.
    base
        Mean of the lowest four hours of the day, amount per hour.
    measured, filled
        Per day: part of the intervals with a value; whether more than a tenth was filled in.
    silent, stuck, jumps
        Runs of intervals (row by row) without a value, with one and the same value, and single
        impossible values.
    """

    meter: Meter
    slots: Floats
    hourly: Floats
    daily: Floats
    base: Floats
    measured: Floats
    filled: Flags
    silent: tuple[Run, ...]
    stuck: tuple[Run, ...]
    jumps: tuple[Run, ...]

    @property
    def per_day(self) -> int:
        """Intervals of a day (0 for meters that report less than hourly)."""
        return int(self.slots.shape[1])


def runs(flags: Flags) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of the runs of true values."""
    edges = np.diff(np.concatenate([[0], flags.astype(np.int8), [0]]))
    starts, ends = np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist()
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True)]


def profile(meter: Meter, days: pd.DatetimeIndex, zone: str) -> Profile:
    """Lay a meter out on days.

    Parameters
    ----------
    meter
        Any order, doubled times and impossible values are allowed.
    days
        Consecutive local days without zone.
    zone
        Time zone of the school, for values that carry another one.
    """
    step = max(int(meter.interval_s), FINEST_S)
    index = pd.DatetimeIndex(meter.values.index)
    wall = index if index.tz is None else index.tz_convert(zone).tz_localize(None)
    values = pd.to_numeric(meter.values, errors="coerce").to_numpy(dtype=float)
    quality = np.zeros(len(values), dtype=np.int64)
    if meter.quality is not None and len(meter.quality) == len(values):
        quality = meter.quality.fillna(0).to_numpy(dtype=np.int64)
    day = _since(wall.normalize(), days)
    inside = (day >= 0) & (day < len(days)) & ~np.asarray(wall.isna())
    suspect = (quality & int(Quality.SUSPECT)) != 0
    # The register jumps of a cleaned file are already marked as suspect.
    values = np.where(np.isfinite(values), values, np.nan)
    day, wall, values = day[inside], wall[inside], values[inside]
    filled_in, suspect = ((quality & int(Quality.FILLED)) != 0)[inside], suspect[inside]
    count = len(days)
    if step > 3600 or DAY_S % step:
        return _coarse(meter, count, day, np.where(suspect, np.nan, values))
    width = DAY_S // step
    second = ((wall - wall.normalize()).total_seconds().to_numpy() // step).astype(int)
    place = day * width + second
    # Readings finer than a quarter of an hour add up; the doubled hour in autumn is averaged.
    parts = max(1, round(step / max(int(meter.interval_s), 1)))
    raw = _gather(place, values, count * width) * parts
    jumps = _jumps(raw)
    clean = raw.copy()
    marked = _gather(place, suspect.astype(float), count * width) > 0
    for run in jumps:
        clean[run.first : run.last] = np.nan
    clean[marked] = np.nan
    stuck = _stuck(clean, meter.medium, width)
    # Water that runs evenly may be a leak: it is kept, the rule decides.
    for run in stuck if meter.medium != "water" else ():
        clean[run.first : run.last] = np.nan
    slots = clean.reshape(count, width)
    slots = _spring_hour(slots, width)
    measured = np.isfinite(slots).mean(axis=1)
    hourly = _mean(slots.reshape(count, 24, width // 24)) * (width // 24)
    daily = np.where(measured >= COVERAGE, _mean(slots) * width, np.nan)
    ordered = np.sort(hourly, axis=1)[:, :4]
    base = np.where(measured >= COVERAGE, ordered.mean(axis=1), np.nan)
    filled = np.nan_to_num(_gather(place, filled_in.astype(float), count * width))
    present = np.isfinite(raw)
    first, last = (np.flatnonzero(present)[[0, -1]]) if present.any() else (0, -1)
    gap = ~present
    gap[:first], gap[last + 1 :] = False, False
    silent = [Run(a, b) for a, b in runs(gap)]
    if present.any() and last + 1 < len(raw):
        silent.append(Run(int(last) + 1, len(raw)))
    return Profile(
        meter, slots, hourly, daily, base, measured,
        filled.reshape(count, width).mean(axis=1) > 0.1,
        tuple(silent), tuple(stuck), tuple(jumps),
    )  # fmt: skip


def _since(times: pd.DatetimeIndex, days: pd.DatetimeIndex) -> npt.NDArray[np.int64]:
    return np.asarray(
        times.to_numpy().astype("datetime64[D]").astype(np.int64)
        - days[:1].to_numpy().astype("datetime64[D]").astype(np.int64)
    )


def _gather(place: npt.NDArray[np.int64], values: Floats, size: int) -> Floats:
    """Return the mean of the values of each place; NaN where there is none."""
    known = np.isfinite(values)
    total = np.bincount(place[known], values[known], size)
    number = np.bincount(place[known], minlength=size)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def _mean(table: Floats) -> Floats:
    known = np.isfinite(table)
    number = known.sum(axis=-1)
    total = np.where(known, table, 0.0).sum(axis=-1)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _coarse(meter: Meter, count: int, day: npt.NDArray[np.int64], values: Floats) -> Profile:
    daily = _gather(day, values, count)
    none = np.full((count, 24), np.nan)
    empty = np.empty((count, 0))
    no = np.zeros(count, dtype=bool)
    known = np.isfinite(daily)
    return Profile(
        meter, empty, none, daily, np.full(count, np.nan), known.astype(float), no, (), (), ()
    )


def _jumps(raw: Floats) -> list[Run]:
    """Find values that no building can draw: far above its own highest, or negative."""
    known = raw[np.isfinite(raw)]
    if len(known) < 96 or not (known > 0).any():
        return []
    allowed = limits("register_jump")
    top = float(np.quantile(known[known > 0], allowed["quantile"]))
    wild = np.isfinite(raw) & ((raw > allowed["times"] * top) | (raw < -0.1 * top))
    return [Run(a, b, float(raw[a])) for a, b in runs(wild)]


def _stuck(values: Floats, medium: str, width: int) -> list[Run]:
    """Find runs of one and the same value; zero counts for electricity alone."""
    allowed = limits("meter_stuck")
    least = max(3, round(allowed["hours"] * width / 24))
    known = np.isfinite(values)
    same = known[1:] & known[:-1] & (np.abs(np.diff(values)) < 1e-9)
    if medium != "electricity":
        same &= values[1:] > 0
    change = np.abs(np.diff(values[known]))
    change = change[change > 1e-9]
    step = float(np.quantile(change, 0.01)) if len(change) else 0.0
    # Few steps of the counter repeat themselves by chance, many do not.
    few = allowed["few_steps"] * step
    found = [
        Run(a, b + 1, float(values[a]))
        for a, b in runs(same)
        if b + 1 - a >= least * (allowed["times"] if 0 < values[a] < few else 1)
    ]
    # A coarse meter repeats itself every night: then only what lasts far longer proves something.
    if len(found) > allowed["often"]:
        usual = float(np.median([run.last - run.first for run in found]))
        return [run for run in found if run.last - run.first >= allowed["times"] * usual]
    return found


def _spring_hour(slots: Floats, width: int) -> Floats:
    """Give the hour that does not exist in March its neighbours' mean."""
    per = width // 24
    hole = np.isnan(slots[:, 2 * per : 3 * per]).all(axis=1)
    hole &= np.isfinite(slots[:, per : 2 * per]).all(axis=1)
    hole &= np.isfinite(slots[:, 3 * per : 4 * per]).all(axis=1)
    around = (slots[:, per : 2 * per] + slots[:, 3 * per : 4 * per]) / 2
    slots[hole, 2 * per : 3 * per] = around[hole]
    return slots
