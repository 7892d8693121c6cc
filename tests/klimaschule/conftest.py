"""Meter series of a made-up school."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

ZONE = "Europe/Berlin"


def _times(start: str, days: int, step: str) -> pd.DatetimeIndex:
    begin = pd.Timestamp(start, tz=ZONE)
    return pd.date_range(begin, begin + pd.DateOffset(days=days), freq=step, inclusive="left")


def _outside(times: pd.DatetimeIndex) -> np.ndarray:
    day = np.asarray(times.day_of_year + times.hour / 24)
    weather = pd.Series(np.random.default_rng(7).normal(0, 1, 5000)).ewm(alpha=0.3).mean() * 7
    number = np.asarray((times - pd.Timestamp("2018-01-01", tz=ZONE)).days)
    return 9 - 10 * np.cos(2 * np.pi * (day - 20) / 365) + weather.to_numpy()[number % 5000]


@pytest.fixture
def outside() -> Callable[..., pd.Series]:
    """Hourly temperature, °C."""

    def make(start: str = "2024-09-02", days: int = 365) -> pd.Series:
        times = _times(start, days, "h")
        return pd.Series(_outside(times), index=times)

    return make


@pytest.fixture
def electricity() -> Callable[..., pd.Series]:
    """kWh per interval: lessons from 7 to 16, less at weekends, never nothing."""

    def make(
        start: str = "2024-09-02", days: int = 365, step: str = "h", seed: int = 1
    ) -> pd.Series:
        times = _times(start, days, step)
        rng = np.random.default_rng(seed)
        hour = np.asarray(times.hour + times.minute / 60)
        lesson = 12 * np.exp(-(((hour - 11) / 3.5) ** 4)) + 3 * np.exp(-(((hour - 8) / 0.7) ** 2))
        number = np.asarray((times.tz_localize(None).normalize() - times[0].tz_localize(None)).days)
        level = 1 + 0.1 * rng.normal(size=number.max() + 1)
        power = 3 + np.where(times.day_of_week < 5, lesson, 0) * level[number]
        hours = (
            pd.Timedelta(1, "h")
            if step == "D"
            else pd.Timedelta(step if step[0].isdigit() else f"1{step}")
        )
        energy = power * (hours / pd.Timedelta(hours=1)) * rng.normal(1, 0.05, len(times))
        return pd.Series(np.round(np.maximum(energy, 0.001), 3), index=times)

    return make


@pytest.fixture
def gas() -> Callable[..., pd.Series]:
    """kWh per hour: follows the cold, off at night, above 15 °C and in summer."""

    def make(start: str = "2024-09-02", days: int = 365, seed: int = 2) -> pd.Series:
        times = _times(start, days, "h")
        rng = np.random.default_rng(seed)
        cold = np.maximum(0, 15 - _outside(times))
        on = (times.hour >= 5) & (times.hour < 20) & ~times.month.isin([6, 7, 8])
        share = np.where(times.day_of_week < 5, 1.0, 0.4)
        use = 4 * cold * share * np.where(times.hour == 5, 2, 1) * rng.normal(1, 0.08, len(times))
        return pd.Series(np.round(np.where(on, np.maximum(use, 0), 0.0), 1), index=times)

    return make
