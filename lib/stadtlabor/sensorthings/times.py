"""Times as they stand in answers, and the end of the interval that a value covers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["ends", "from_us", "stamps", "to_us"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEPS: dict[str, pd.DateOffset] = {
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(weeks=1),
    "month": pd.DateOffset(months=1),
}


def to_us(instant: datetime) -> int:
    """Return µs since the Unix epoch."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def from_us(instant_us: int) -> datetime:
    """Return the instant of µs since the Unix epoch, UTC; raises OverflowError beyond year 9999."""
    return _EPOCH + timedelta(microseconds=instant_us)


def stamps(times_us: np.ndarray) -> Sequence[str]:
    """Return ISO 8601 with Z; fractions of a second only where there are any."""
    whole = times_us % 1_000_000 == 0
    unit: Any = "s" if bool(whole.all()) else "us"
    texts = np.datetime_as_string(times_us.astype("datetime64[us]"), unit=unit)
    return [f"{text}Z" for text in texts.tolist()]


def ends(starts_us: np.ndarray, interval_s: int, grain: str | None, zone: str) -> np.ndarray:
    """Return the ends of intervals; the starts themselves for momentary values.

    Parameters
    ----------
    starts_us
        Shape (n,), µs since the Unix epoch.
    interval_s
        Length in seconds, where ``grain`` is None.
    grain
        ``hour``, or a period of the city's clock: ``day``, ``week``, ``month``. A day may have 23
        or 25 hours.
    zone
        The city's clock.
    """
    if grain is None or grain == "hour":
        return starts_us + (interval_s if grain is None else 3600) * 1_000_000
    starts = pd.DatetimeIndex(starts_us.astype("datetime64[us]")).tz_localize("UTC")
    local = starts.tz_convert(zone).tz_localize(None) + _STEPS[grain]
    zoned = local.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    return zoned.tz_convert("UTC").as_unit("us").asi8
