"""Invented values in the form of a restricted data set, made from what everybody may see of it.

The principle is OpenSAFELY's: develop on data that resemble the real ones, run on the real ones
only where they are kept. Nothing here has seen more than the public: each period's total is the
public one, how it is spread over the period is drawn by lot.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pandas as pd

from stadtlabor.dataservice.periods import widened
from stadtlabor.observations import COLUMNS, Datastream, Quality, Units, observations
from stadtlabor.store.frames import empty

__all__ = ["invented"]

_MOMENTARY_S = 3_600
"""Distance of invented momentary values, which have no interval of their own."""

_SPREAD = 0.4
"""Spread (sigma of a log-normal) of values about their period's mean: a choice, not a finding."""


def invented(
    seen: pd.DataFrame, series: Sequence[Datastream], grain: str, zone: str
) -> pd.DataFrame:
    """Return single values whose periods have the public sums and means.

    Parameters
    ----------
    seen
        Public periods, columns of :data:`stadtlabor.store.AGGREGATE_COLUMNS`.
    series
        Descriptions of the series.
    grain
        Length of the periods.
    zone
        The city's clock.

    Returns
    -------
    pandas.DataFrame
        Columns of :data:`stadtlabor.observations.COLUMNS`, sorted by datastream and time.
    """
    known = {d.id: d for d in series}
    parts = [
        _spread(known[str(name)], periods, grain, zone)
        for name, periods in seen.groupby("datastream", sort=True)
        if str(name) in known
    ]
    frame = pd.concat(parts, ignore_index=True) if parts else empty(COLUMNS)
    frame.attrs = {
        "citation": "Zwilling: erfundene Werte aus öffentlichen Summen",
        "units": Units((d.id, d.unit) for d in series),
        "sources": sorted({f"Erfunden nach öffentlichen Werten ({d.source})" for d in series}),
        "licences": sorted({d.licence for d in series}),
        "simulated": True,
        "shares": {"simulated": 1.0, "filled": 0.0, "suspect": 0.0},
        "twin": True,
    }
    return frame


def _spread(series: Datastream, periods: pd.DataFrame, grain: str, zone: str) -> pd.DataFrame:
    step = series.interval_s or _MOMENTARY_S
    seed = int.from_bytes(hashlib.sha256(series.id.encode()).digest()[:8])
    times, values = [], []
    for start, mean, count in zip(periods["time"], periods["mean"], periods["count"], strict=True):
        end = widened(start + pd.Timedelta(seconds=1), grain, zone)
        instants = pd.date_range(start, end, freq=f"{step}s", inclusive="left")[: int(count)]
        # By period, so that a shorter question gives the same values.
        dice = np.random.default_rng([seed, int(start.timestamp())])
        drawn = np.exp(dice.normal(0.0, _SPREAD, len(instants)))
        times.append(instants)
        values.append(mean * drawn / drawn.mean() if len(drawn) else drawn)
    moments = times[0].append(times[1:]) if times else pd.DatetimeIndex([], tz="UTC")
    numbers = np.concatenate(values) if values else np.array([])
    return observations(series.id, moments, numbers, int(Quality.SIMULATED))
