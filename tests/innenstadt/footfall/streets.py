"""Invented streets whose truth is known."""

from __future__ import annotations

import numpy as np
import pandas as pd


def street(
    days: int = 28,
    counters: tuple[str, ...] = ("A",),
    start: str = "2026-02-02",
    zone: str = "Europe/Berlin",
    seed: int = 1,
    scatter: float = 0.08,
) -> pd.DataFrame:
    """Return counts of streets that go up and down together, Sundays quiet, without faults."""
    rng = np.random.default_rng(seed)
    times = pd.date_range(start, periods=days * 24, freq="h", tz=zone)
    shape = 20 + 800 * np.sin(np.pi * np.asarray(times.hour) / 24) ** 2
    week = np.where(times.day_of_week == 6, 0.4, np.where(times.day_of_week == 5, 1.3, 1.0))
    day = (times.normalize() - times[0].normalize()).days
    city = np.exp(rng.normal(0, scatter, day.max() + 1))[day]
    parts = []
    for n, name in enumerate(counters):
        own = np.exp(rng.normal(0, scatter / 2, day.max() + 1))[day]
        values = rng.poisson((1 + n / 2) * shape * week * city * own)
        parts.append(
            pd.DataFrame({"counter": name, "start": times.tz_convert("UTC"), "pedestrians": values})
        )
    return pd.concat(parts, ignore_index=True).astype({"pedestrians": "float64"})


def local_hour(frame: pd.DataFrame, zone: str = "Europe/Berlin") -> pd.Series:
    return frame["start"].dt.tz_convert(zone).dt.hour
