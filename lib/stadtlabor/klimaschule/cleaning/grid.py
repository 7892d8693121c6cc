"""The regular grid of a meter series: every interval, and every local day as one row.

A day is a row and a time of day by the clock on the wall a column, because a school lives by that
clock: when the clock changes, one hour has no value or two (their mean stands in the row).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import city
from stadtlabor.klimaschule.cleaning.texts import texts

__all__ = ["DAY_S", "Array", "Flags", "Grid", "Ints", "Kind", "regular"]

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Kind = str
"""What a meter counts: ``electricity``, ``heat``, ``gas`` or ``water``."""

DAY_S = 86_400


@dataclass(frozen=True)
class Grid:
    """A complete regular index and its place in days.

    Attributes
    ----------
    index
        Starts of all intervals, in the zone of the series.
    step_s
        Length of an interval, seconds.
    slots
        Intervals of a day of 24 hours.
    days
        Local days, without zone.
    day, slot
        Row and column of every interval of ``index``.
    """

    index: pd.DatetimeIndex
    step_s: int
    slots: int
    days: pd.DatetimeIndex
    day: Ints
    slot: Ints

    def table(self, values: Array) -> Array:
        """Return ``values`` (one per interval) as days × slots; NaN where nothing was measured."""
        cell = self.day * self.slots + self.slot
        known = np.isfinite(values)
        size = len(self.days) * self.slots
        total = np.bincount(cell[known], values[known], size)
        number = np.bincount(cell[known], minlength=size)
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(number > 0, total / number, np.nan)).reshape(-1, self.slots)


def regular(series: pd.Series) -> tuple[Grid, Array]:
    """Lay a series on its complete regular grid.

    Parameters
    ----------
    series
        Energy or volume per interval, indexed by the start of the interval, with a time zone.
        An index in UTC is read in the city's zone.

    Returns
    -------
    tuple
        The grid and the values on it, NaN where one is missing.

    Raises
    ------
    ValueError
        If the times are without zone, double, or not equally spaced; the message is German.
    """
    told = texts()["errors"]
    index = series.index
    if not isinstance(index, pd.DatetimeIndex) or index.tz is None:
        raise ValueError(told["zone"])
    if len(index) < 2:
        raise ValueError(told["short"])
    if index.has_duplicates:
        twice = index[index.duplicated()][0]
        raise ValueError(told["twice"].format(time=f"{twice:%d.%m.%Y %H:%M}"))
    series = series.sort_index()
    index = pd.DatetimeIndex(series.index).as_unit("ns")
    gaps = np.diff(index.asi8) // 1_000_000_000
    lengths, often = np.unique(gaps, return_counts=True)
    step = int(lengths[often.argmax()])
    zone = city().city.timezone if str(index.tz) in ("UTC", "UTC+00:00") else index.tz
    local = index.tz_convert(zone)
    if abs(step - DAY_S) <= 3600:
        if not (local == local.normalize()).all():
            local = index  # days by the clock of the series itself
        if not (local == local.normalize()).all():
            raise ValueError(told["spacing"].format(time=f"{_odd(local):%d.%m.%Y %H:%M}"))
        complete = pd.date_range(local[0], local[-1], freq="D")
        step, slots = DAY_S, 1
    else:
        if step <= 0 or DAY_S % step:
            raise ValueError(told["step"].format(minutes=f"{step / 60:g}".replace(".", ",")))
        off = (index.asi8 - index.asi8[0]) % (step * 1_000_000_000) != 0
        if off.any():
            raise ValueError(told["spacing"].format(time=f"{local[off][0]:%d.%m.%Y %H:%M}"))
        begin, end = index[0].tz_convert("UTC"), index[-1].tz_convert("UTC")
        complete = pd.date_range(begin, end, freq=pd.Timedelta(seconds=step)).tz_convert(zone)
        slots = DAY_S // step
    clock = complete.tz_localize(None)
    dates = clock.normalize()
    days = pd.date_range(dates[0], dates[-1], freq="D")
    day = np.asarray((dates - dates[0]) // pd.Timedelta(days=1), dtype="int64")
    second = np.asarray((clock - dates) // pd.Timedelta(seconds=1), dtype="int64")
    shown = complete.tz_convert(index.tz)
    values: Array = np.array(series.astype("float64").reindex(shown), dtype="float64")
    values[~np.isfinite(values)] = np.nan
    return Grid(shown, step, slots, days, day, second // step), values


def _odd(local: pd.DatetimeIndex) -> pd.Timestamp:
    return local[np.asarray(local != local.normalize())][0]
