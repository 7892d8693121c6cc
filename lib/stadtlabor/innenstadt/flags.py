"""What speaks against a footfall value, with its cause. Values are marked, never repaired."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.city import city

__all__ = ["CAUSES", "Flags", "flag"]

DAYTIME = range(8, 20)
"""Local hours in which an open shopping street is not empty."""

RECURRING_SHARE = 0.2
"""An hour of the day that is zero on a larger share of a month's days, although the hours before
and after are not, is a fault of transmission (Würzburg, 23:00: 36–72 % from April 2024 on)."""

STUCK_HOURS = 4
"""So many equal, non-zero hours in a row do not happen in a street."""

CAUSES = ("recurring_zero_hour", "zero_block", "stuck")


@dataclass(frozen=True)
class Flags:
    """Result of :func:`flag` for one counter.

    Attributes
    ----------
    values
        Index: start of the hour, local time. Columns ``value``, ``cause`` (one of
        :data:`CAUSES` or an empty string).
    missing
        Hours between the first and the last value that are not there.
    expected
        Hours between the first and the last value.
    """

    values: pd.DataFrame
    missing: pd.DatetimeIndex
    expected: int

    @property
    def good(self) -> pd.Series:
        """Values without objection, index in local time."""
        return self.values.loc[self.values["cause"] == "", "value"]

    def of(self, cause: str) -> pd.DataFrame:
        """Return the values with one cause."""
        return self.values[self.values["cause"] == cause]


def flag(frame: pd.DataFrame) -> Flags:
    """Mark the hourly values of one counter.

    Parameters
    ----------
    frame
        Observations of one hourly datastream; ``value`` = persons per hour.

    Returns
    -------
    Flags
    """
    index = pd.DatetimeIndex(frame["time"]).tz_convert(city().city.timezone)
    values = pd.DataFrame({"value": frame["value"].to_numpy()}, index=index).sort_index()
    values["cause"] = ""
    if values.empty:
        return Flags(values, pd.DatetimeIndex([], tz=city().city.timezone), 0)
    local = pd.DatetimeIndex(values.index)
    zero = values["value"].to_numpy() == 0
    daytime = np.isin(local.hour, list(DAYTIME))
    values.loc[_stuck(values["value"]), "cause"] = "stuck"
    values.loc[zero & daytime, "cause"] = "zero_block"
    values.loc[_recurring(values["value"]), "cause"] = "recurring_zero_hour"
    full = pd.date_range(local[0], local[-1], freq="h")
    return Flags(values, full.difference(local), len(full))


def _recurring(series: pd.Series) -> np.ndarray:
    """Find zeros at an hour of the day that is zero far too often in that month."""
    local = pd.DatetimeIndex(series.index)
    # A street that empties by itself stays empty for a while: only a zero between two hours with
    # people is suspicious.
    suspicious = (series == 0) & (series.shift(1) > 0) & (series.shift(-1) > 0)
    month = local.year * 12 + local.month
    share = suspicious.groupby([month, local.hour]).transform("mean")
    enough = suspicious.groupby([month, local.hour]).transform("size") >= 7
    return (suspicious & (share > RECURRING_SHARE) & enough).to_numpy()


def _stuck(series: pd.Series) -> np.ndarray:
    """Find runs of equal non-zero values."""
    run = (series != series.shift()).cumsum()
    length = run.groupby(run).transform("size")
    return ((length >= STUCK_HOURS) & (series > 0)).to_numpy()
