"""What can be said about the forecast in operation: scores, trust in its chances, lead times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain import tile_events, tile_probability
from stadtlabor.rain.research.archive import STEP, pooled
from stadtlabor.rain.research.contest import contest
from stadtlabor.rain.research.methods import reached, sum_of
from stadtlabor.rain.verification import lead_time, reliability

__all__ = ["Appraisal", "appraise"]

HISTORY, LEADS = 12, 12


@dataclass(frozen=True)
class Appraisal:
    """The forecast in operation, on storms that nothing was tuned on.

    Attributes
    ----------
    scores
        Champion and persistence, all storms together (:func:`.archive.pooled`).
    chances
        Stated against what came (:func:`stadtlabor.rain.verification.reliability`).
    leads
        One row per storm and tile that passed the threshold: ``lead_min``, NaN = missed.
    storms
        How many.
    """

    scores: pd.DataFrame
    chances: pd.DataFrame
    leads: pd.DataFrame
    storms: int

    @property
    def median_lead(self) -> float:
        """Median lead time of what was warned of, minutes; NaN without any."""
        return float(self.leads["lead_min"].median())

    @property
    def early(self) -> float:
        """Share of the tiles that were warned at least 20 minutes ahead, 0–1."""
        return float((self.leads["lead_min"] >= 20).mean())


def appraise(
    storms: Mapping[str, xr.DataArray],
    threshold_mm: float,
    alarm: float,
    *,
    rate_mm_h: float = 5.0,
    tile_km: float = 8.0,
    every: int = 3,
) -> Appraisal:
    """Look at the forecast in operation from all sides.

    Parameters
    ----------
    storms
        Name → radar frames without gaps, mm/h.
    threshold_mm
        Sum of an hour somewhere in a tile that people are warned of.
    alarm
        From this probability on there is a warning, 0–1.
    rate_mm_h
        Rate of the scores by lead time.
    tile_km
        Side of a tile.
    every
        Take every n-th interval as issue time; lead times are exact to n intervals.

    Raises
    ------
    ValueError
        In German, if a storm is shorter than history and forecast together.
    """
    methods = {"champion": "champion", "persistence": "persistence"}
    table = contest(
        storms, methods, rates_mm_h=[rate_mm_h], sums_mm=[threshold_mm], tile_km=tile_km,
        every=every, history=HISTORY, leads=LEADS,
    )  # fmt: skip
    said, came, leads = [], [], []
    for name, rain in storms.items():
        chances = []
        for now in range(HISTORY, rain.sizes["time"] - LEADS + 1, every):
            chance = tile_probability(
                rain.isel(time=slice(now - HISTORY, now)), threshold_mm=threshold_mm,
                tile_km=tile_km,
            )  # fmt: skip
            fell = reached(sum_of(rain.isel(time=slice(now, now + LEADS))), threshold_mm, tile_km)
            said.append(chance.to_numpy().ravel())
            came.append(fell.to_numpy().ravel())
            issued = rain["time"].to_numpy()[now]
            chances.append(chance.expand_dims(issued=[issued]))
        warned = xr.concat(chances, "issued", coords="minimal", compat="override") >= alarm
        found = lead_time(warned, _crossings(rain, threshold_mm, tile_km))
        leads.append(found.reset_index().assign(event=name))
    return Appraisal(
        pooled(table),
        reliability(np.concatenate(said), np.concatenate(came)),
        pd.concat(leads, ignore_index=True),
        len(storms),
    )


def _crossings(rain: xr.DataArray, threshold_mm: float, tile_km: float) -> xr.DataArray:
    """Tell at which times the sum of the last hour was over the threshold, tile by tile.

    Only sums that the forecasts could know of: the first is complete an hour after the first issue.
    """
    hours = float(rain.attrs["interval_s"]) / 3600
    sums = rain.rolling(time=LEADS).sum().isel(time=slice(HISTORY + LEADS - 1, None)) * hours
    sums = sums.assign_attrs({**rain.attrs, "units": "mm"})
    over = tile_events(sums.reset_coords(drop=True), tile_km, threshold_mm)
    return over.assign_coords(time=sums["time"].to_index() + STEP)
