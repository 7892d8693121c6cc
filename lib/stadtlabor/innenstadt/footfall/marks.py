"""The rules by which counts are doubted, each comparing a counter with itself."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.grid import Floats

__all__ = [
    "Marks", "Places", "commissioning", "imbalance", "recurring", "stuck", "usual", "zero_runs",
]  # fmt: skip

Marks = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


@cache
def _rules() -> dict[str, dict[str, float]]:
    text = files("stadtlabor.innenstadt.footfall").joinpath("flag_rules.toml").read_text("utf-8")
    return tomllib.loads(text)


def usual(values: Floats, slot: Places, looking_ahead: bool) -> Floats:
    """Return how many persons pass at such a time when the counter counts: a careful figure.

    The lower quartile of the values above zero at the same kind of time in the weeks around (or
    before), so that seasons and a counter that grows blind at night do not make a quiet hour
    suspicious.
    """
    count = int(_rules()["usual"]["values"])
    above = pd.Series(np.where(values > 0, values, np.nan))
    out = pd.Series(np.nan, index=above.index)
    # Rare kinds of time (holidays) are judged by all days of that hour.
    for keys, least in ((slot, 6), (slot % 10_000, 6), (slot % 10_000, 1)):
        around = above.groupby(keys, group_keys=False).rolling(
            count, center=looking_ahead, min_periods=least
        )
        found = around.quantile(0.25)
        found.index = found.index.get_level_values(-1)
        out = out.fillna(found)
    return np.asarray(out.fillna(0.0), dtype="float64")


def zero_runs(values: Floats, level: Floats, faulty: Marks, apart: Places) -> Marks:
    """Find zeros in a row in a time when many persons would have passed."""
    zero = values == 0
    run = np.cumsum(np.r_[True, (zero[1:] != zero[:-1]) | (apart[1:] != apart[:-1])])
    # What a recurring fault makes zero says nothing for a block; such an hour alone is none.
    expected = np.where(zero & ~faulty, level, 0.0)
    total = pd.Series(expected).groupby(run).transform("sum").to_numpy()
    return np.asarray(zero & (total >= _rules()["zero_run"]["expected_persons"]))


def recurring(
    values: Floats, place: Places, day: Places, level: Floats, looking_ahead: bool
) -> Marks:
    """Find zeros at a place of the day that is zero far too often around (or before) that date."""
    rule = _rules()["recurring"]
    width = int(place.max()) + 1
    hour = 24 / max(width, 24)
    zero = np.full((day[-1] + 1, width), np.nan)
    zero[day, place] = np.where(np.isfinite(values), values == 0, np.nan)
    # A day on which nothing was counted at all says nothing about one hour.
    dead = np.nanmean(np.where(np.isnan(zero), 1.0, zero), axis=1) > 0.5
    zero[dead] = np.nan
    window = pd.DataFrame(zero).rolling(
        int(rule["window_days"]), center=looking_ahead, min_periods=7
    )
    around = window.mean().ffill()
    share = (around.bfill() if looking_ahead else around).to_numpy()
    # Two neighbouring hours may share one fault: then those further off tell.
    beside = np.fmin(_beside(share, 1), _beside(share, 2))
    # How lively the hours beside it are; the hour's own level may be part of the fault. The hour
    # after midnight is not known yet without a look ahead: that of the day before stands in.
    after = np.roll(level, -1) if looking_ahead else np.roll(level, width - 1)
    near = np.fmin(after, np.r_[level[0], level[:-1]])
    # Between two hours with this many people no street is empty on every fifth day.
    lively = near >= rule["lively_persons"] * hour
    ratio = np.where(lively, rule["lively_ratio"], rule["ratio"])
    own, next_to = share[day, place], np.nan_to_num(beside[day, place])
    odd = (own > rule["share"]) & (own > ratio * next_to + 0.02)
    return np.asarray(odd & (values == 0) & (near >= rule["persons"] * hour))


def _beside(share: Floats, far: int) -> Floats:
    """Return the larger share of the two places so far before and after, round the clock."""
    return np.asarray(np.fmax(np.roll(share, far, axis=1), np.roll(share, -far, axis=1)))


def stuck(values: Floats, apart: Places) -> Marks:
    """Find runs of equal values above zero that chance does not give."""
    rule = _rules()["stuck"]
    with np.errstate(invalid="ignore"):
        same = np.r_[False, (values[1:] == values[:-1]) & (apart[1:] == apart[:-1])]
    run = np.cumsum(~same)
    length = pd.Series(run).groupby(run).transform("size").to_numpy()
    # Two counts with mean m, each scattering by chance alone, are equal with this probability.
    chance = 1 / (2 * np.sqrt(np.pi * np.maximum(np.nan_to_num(values), 1.0)))
    enough = (length - 1) * -np.log(np.minimum(chance, 0.9)) >= np.log(rule["once_in"])
    return np.asarray((length >= rule["shortest"]) & enough & (values > 0))


def commissioning(values: Floats, day: Places) -> Marks:
    """Find values of a counter's first days that tower over everything it counts later."""
    rule = _rules()["commissioning"]
    alive = np.flatnonzero(values > 0)
    marks = np.zeros(len(values), dtype=bool)
    if not len(alive):
        return marks
    rests = np.diff(day[alive])
    begins = day[alive][np.r_[True, rests > rule["silence_days"]]]
    early = np.zeros(len(values), dtype=bool)
    for first in begins:
        early |= (day >= first) & (day < first + rule["days"])
    others = ~early & np.isfinite(values)
    if len(np.unique(day[others])) < rule["least_other_days"]:
        return marks
    limit = rule["ratio"] * np.max(values[others])
    return np.asarray(early & (values > limit) & (limit > 0))


def imbalance(out: pd.DataFrame) -> Marks:
    """Find intervals in which one direction is all but missing."""
    if not {"incoming", "outgoing"} <= set(out.columns):
        return np.zeros(len(out), dtype=bool)
    rule = _rules()["direction"]
    first, second = (out[c].to_numpy(dtype="float64") for c in ("incoming", "outgoing"))
    total: Any = first + second
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(total > 0, first / total, np.nan)
        if not np.isfinite(share).any():
            return np.zeros(len(out), dtype=bool)
        usual = np.nanmedian(share)
        low = (share < rule["part"] * usual) | ((1 - share) < rule["part"] * (1 - usual))
    return np.asarray(low & (total >= rule["persons"]))
