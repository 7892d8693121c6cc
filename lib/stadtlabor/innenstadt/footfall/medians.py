"""Forecasts by rule: medians of the same hour on days of the same kind, and their level."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.innenstadt.footfall.grid import Floats

__all__ = ["day_type_median", "last_week", "last_year", "recent_ratio", "trailing_median"]

LEAST = 0.5


def trailing_median(values: Floats, kind: npt.NDArray[np.int64], count: int) -> Floats:
    """Return, for every day, the median of the same hour on the last days of its kind.

    Parameters
    ----------
    values
        Shape (counter, day, 24).
    kind
        Kind of each day.
    count
        So many days of that kind before it, fewer at the beginning.

    Returns
    -------
    ndarray
        Same shape; NaN where no such day lies before.
    """
    out = np.full_like(values, np.nan)
    for one in np.unique(kind):
        days = np.flatnonzero(kind == one)
        padded = np.concatenate(
            [np.full((values.shape[0], count, 24), np.nan), values[:, days]], axis=1
        )
        windows = np.lib.stride_tricks.sliding_window_view(padded, count, axis=1)[:, : len(days)]
        out[:, days] = _nanmedian(windows)
    return out


def day_type_median(values: Floats, kind: npt.NDArray[np.int64], count: int = 8) -> Floats:
    """Return the median of the last days of the same kind (Monday–Friday, Saturday, Sunday).

    Where a kind has not come yet, the median of all of the last days stands in.
    """
    own = trailing_median(values, kind, count)
    anyway = trailing_median(values, np.zeros_like(kind), count)
    return np.where(np.isfinite(own), own, anyway)


def last_week(values: Floats) -> Floats:
    """Return the same hour seven days before."""
    return _shifted(values, 7)


def last_year(values: Floats, back: int = 364) -> Floats:
    """Return the median of the same hour and weekday around a year before (three weeks)."""
    return _nanmedian(np.stack([_shifted(values, back + 7 * k) for k in (-1, 0, 1)], axis=-1))


def recent_ratio(values: Floats, base: Floats, days: int, hours: slice = slice(0, 24)) -> Floats:
    """Return how the last days compare with a forecast, as a ratio of their sums.

    Parameters
    ----------
    values, base
        Counts and forecasts, shape (counter, day, 24).
    days
        So many days before each day.
    hours
        Hours that count.

    Returns
    -------
    ndarray
        Shape (counter, day), for each day from days before it only; NaN where nothing is there.
    """
    both = np.isfinite(values) & np.isfinite(base)
    real = np.where(both, values, 0.0)[:, :, hours].sum(axis=2)
    said = np.where(both, base, 0.0)[:, :, hours].sum(axis=2)
    sums = [
        pd.DataFrame(part.T).rolling(days, min_periods=1).sum().shift(1).to_numpy().T
        for part in (real, said)
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[1] > LEAST, sums[0] / sums[1], np.nan)


def _shifted(values: Floats, days: int) -> Floats:
    out = np.full_like(values, np.nan)
    if days < values.shape[1]:
        out[:, days:] = values[:, :-days]
    return out


def _nanmedian(windows: Floats) -> Floats:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a slice of nothing is NaN: as meant
        found: Floats = np.nanmedian(windows, axis=-1)
    return found
