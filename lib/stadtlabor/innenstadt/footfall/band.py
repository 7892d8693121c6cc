"""Bands around a forecast that hold what they promise: conformal, per group of hours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stadtlabor.innenstadt.footfall.grid import Floats
from stadtlabor.innenstadt.footfall.settings import hour_groups, settings

__all__ = ["banded", "spread"]

LEAST = 30
"""Fewer errors than this make no quantile."""


def spread(values: Floats, forecast: Floats, kind: npt.NDArray[np.int64]) -> Floats:
    """Return how far each hour usually lies from the forecast, from days before it.

    The mean of the hour's own scatter on the last days of that kind and of its group's, in
    proportion to the forecast.
    """
    memory = settings()["band"]["memory"]
    error = np.abs(values - forecast)
    own = np.full_like(values, np.nan)
    for one in np.unique(kind):
        days = np.flatnonzero(kind == one)
        pad = np.full((values.shape[0], memory, 24), np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(
            np.concatenate([pad, error[:, days]], axis=1), memory, axis=1
        )[:, : len(days)]
        have = np.isfinite(windows).sum(axis=-1)
        total = np.nansum(windows, axis=-1)
        own[:, days] = np.where(have >= 3, total / np.maximum(have, 1), np.nan)
    both = np.isfinite(error)
    sums = [np.where(both, block, 0.0).sum(axis=0) for block in (error, forecast)]
    past = [np.vstack([np.zeros(24), np.cumsum(block, axis=0)[:-1]]) for block in sums]
    part = past[0] / np.maximum(past[1], 1.0)
    general = np.maximum(part[None] * forecast, 0.5)
    mixed = np.where(np.isfinite(own), 0.5 * own + 0.5 * general, general)
    return np.asarray(np.maximum(mixed, 0.5))


def banded(
    values: Floats, forecast: Floats, scale: Floats, special: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return lower and upper end of the band for each day, from errors of days before it.

    The errors, divided by the spread, of the last weeks give the two quantiles; where the band has
    lately missed more or less than promised, the quantiles move (adaptive conformal inference,
    Gibbs and Candès 2021). Holidays and the days around Christmas err by much more than others:
    their errors make the bands of such days, not of ordinary ones.
    """
    rule = settings()["band"]
    low, high = np.full_like(values, np.nan), np.full_like(values, np.nan)
    groups = hour_groups()
    score = (values - forecast) / scale
    number = np.arange(values.shape[1])
    for group in np.unique(groups):
        hours = groups == group
        miss = {"low": rule["low"], "high": 1 - rule["high"]}
        for day in number:
            late = (number < day) & (number >= day - rule["days"])
            past = _finite(score[:, late & ~special][:, :, hours])
            if special[day]:
                alike = _finite(score[:, (number < day) & special][:, :, hours])
                past = alike if len(alike) >= 2 * LEAST else np.concatenate([past, alike])
            if len(past) < LEAST:
                continue
            ends = np.quantile(past, [miss["low"], 1 - miss["high"]])
            middle, wide = forecast[:, day, hours], scale[:, day, hours]
            low[:, day, hours] = np.maximum(middle + min(ends[0], 0.0) * wide, 0.0)
            high[:, day, hours] = middle + max(ends[1], 0.0) * wide
            real = values[:, day, hours]
            seen = np.isfinite(real) & np.isfinite(middle)
            if not seen.any() or special[day]:
                continue
            shares = {
                "low": (real < low[:, day, hours])[seen].mean(),
                "high": (real > high[:, day, hours])[seen].mean(),
            }
            for side, aim in (("low", rule["low"]), ("high", 1 - rule["high"])):
                moved = miss[side] + rule["adapt"] * (aim - shares[side])
                miss[side] = float(np.clip(moved, 0.002, 0.2))
    return low, high


def _finite(block: Floats) -> Floats:
    kept: Floats = block[np.isfinite(block)]
    return kept
