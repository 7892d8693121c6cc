"""Simulated hourly counts of a whole centre over years, with what was planted in them.

Where :mod:`stadtlabor.simulation.footfall` lets single devices send every ten seconds, this makes
long series at once: for showing how an event is measured and how faults are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.city import city
from stadtlabor.schooldays import day_kind
from stadtlabor.simulation.dice import dice
from stadtlabor.simulation.footfall import REST, SHOPPING, WEEKDAY

__all__ = ["Event", "counted_street", "silence"]

Floats = npt.NDArray[np.float64]

# Invented: how much all counters swing together from day to day (weather, season) and each alone.
SHARED, SHARED_MEMORY = 0.09, 0.55
OWN = 0.05
SEASON = 0.10
DISPERSION = 60.0


@dataclass(frozen=True)
class Event:
    """A planted change: so many per cent more persons at one counter.

    Attributes
    ----------
    counter
        Name.
    first, last
        Days, both included.
    percent
        Change.
    """

    counter: str
    first: date
    last: date
    percent: float


def counted_street(
    seed: int,
    first: date,
    days: int,
    busiest: Mapping[str, float],
    *,
    event: Event | None = None,
    drift: float = 0.0,
) -> pd.DataFrame:
    """Return hourly counts of several counters.

    Parameters
    ----------
    seed
        Of the installation; the same seed gives the same counts.
    first, days
        First local day and number of days.
    busiest
        Counter → persons in its busiest hour of an ordinary day.
    event
        What is planted.
    drift
        How far the level of all counters wanders within some weeks (standard deviation of its
        logarithm): building sites, fashions, new shops.

    Returns
    -------
    DataFrame
        ``counter``, ``start`` (UTC), ``pedestrians`` (persons per hour).
    """
    zone, state = city().city.timezone, city().city.state
    local = pd.date_range(first, periods=days, freq="D")
    start = pd.date_range(local[0], local[-1] + pd.Timedelta(days=1), freq="h", tz=zone)[:-1]
    day = ((start.tz_localize(None).normalize() - local[0]) / pd.Timedelta(days=1)).astype(int)
    weekday = np.array(
        [6 if day_kind(d.date(), state) == "public_holiday" else d.weekday() for d in local]
    )
    shape = np.array([REST if w == 6 else SHOPPING for w in weekday], dtype="float64")
    shape *= np.array(WEEKDAY)[weekday][:, None] / max(SHOPPING)
    throw = dice(seed, "counted-street", days)
    wave = SEASON * np.sin(2 * np.pi * (local.day_of_year.to_numpy() - 100) / 365.25)
    level = wave + _memory(throw, days, SHARED, SHARED_MEMORY) + _memory(throw, days, drift, 0.96)
    frames = []
    for name, most in busiest.items():
        own = dice(seed, f"counted-street/{name}", days)
        change = level + own.normal(0, OWN, days)
        if event is not None and event.counter == name:
            inside = (local >= pd.Timestamp(event.first)) & (local <= pd.Timestamp(event.last))
            change = change + np.where(inside, np.log1p(event.percent / 100), 0.0)
        rates = (shape * most * np.exp(change)[:, None])[day, start.hour]
        counts = own.poisson(rates * own.gamma(DISPERSION, 1 / DISPERSION, len(rates)))
        frames.append(
            pd.DataFrame(
                {"counter": name, "start": start.tz_convert("UTC"), "pedestrians": counts * 1.0}
            )
        )
    return pd.concat(frames, ignore_index=True)


def silence(frame: pd.DataFrame, seed: int, hour: int, first: date, share: float) -> pd.DataFrame:
    """Return the counts with zeros in one hour of the day, as a faulty transmission leaves them.

    Parameters
    ----------
    frame
        Counts.
    seed
        Decides on which days.
    hour
        Local hour.
    first
        First day with the fault.
    share
        Share of the days from then on.
    """
    local = frame["start"].dt.tz_convert(city().city.timezone)
    struck = dice(seed, "silence", hour).random(len(frame)) < share
    lost = (local.dt.hour == hour) & (local.dt.tz_localize(None) >= pd.Timestamp(first)) & struck
    return frame.assign(pedestrians=frame["pedestrians"].where(~lost, 0.0))


def _memory(throw: np.random.Generator, days: int, spread: float, kept: float) -> Floats:
    """Return a series that remembers a share of the day before (autoregressive, order 1)."""
    step = throw.normal(0, spread * np.sqrt(1 - kept**2), days)
    found = np.zeros(days)
    for n in range(1, days):
        found[n] = kept * found[n - 1] + step[n]
    return found
