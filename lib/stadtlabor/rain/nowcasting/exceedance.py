"""What the next hour may bring to a place: sums and how likely thresholds are passed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain.grid import place_index

__all__ = ["Outlook", "outlook"]

DRIFT_KM_PER_HOUR = 12.0
"""How far the position error of an extrapolated cell grows in an hour: the neighbourhood in which
another cell may just as well hit. A working assumption, to be verified by the rain strand."""


@dataclass(frozen=True)
class Outlook:
    """What the next hour may bring to a place.

    Attributes
    ----------
    issued
        End of the newest radar interval, UTC.
    rates
        Index: start of the interval, UTC. Columns ``here``, ``low``, ``high``: rain rate at the
        place and the 10–90 % span of its growing neighbourhood, mm/h.
    sum_mm
        Expected sum at the place, mm.
    high_mm
        90 % quantile of the sums in the neighbourhood, mm.
    share
        Threshold (mm) → share of the neighbourhood whose sum exceeds it, 0–1. Not a calibrated
        probability.
    radius_km
        Neighbourhood at the last step, km.
    unseen
        Share of the neighbourhood that the radar does not see, 0–1.
    """

    issued: pd.Timestamp
    rates: pd.DataFrame
    sum_mm: float
    high_mm: float
    share: dict[float, float]
    radius_km: float
    unseen: float


def outlook(forecast: xr.DataArray, lat: float, lon: float, thresholds_mm: list[float]) -> Outlook:
    """Sum up a nowcast for one place.

    Parameters
    ----------
    forecast
        Rain rates of the coming frames (:func:`stadtlabor.rain.nowcast`), mm/h.
    lat, lon
        Place, WGS 84, degrees.
    thresholds_mm
        Sums over the whole forecast that matter, mm.

    Raises
    ------
    ValueError
        If the place lies outside the grid or the radar sees nothing around it (German sentence).
    """
    row, column = place_index(forecast, lat, lon)
    hours = float(forecast.attrs["interval_s"]) / 3600
    cell_km = abs(float(forecast["x"][1] - forecast["x"][0])) / 1000
    values = forecast.to_numpy().astype("float64")
    rows, columns = np.indices(values.shape[1:])
    distance = np.hypot(rows - row, columns - column) * cell_km
    last_radius = max(2 * cell_km, DRIFT_KM_PER_HOUR * hours * len(values))
    circle = distance <= last_radius
    whole = forecast["hour_mm"].to_numpy() if "hour_mm" in forecast.coords else None
    whole = (values * hours).sum(axis=0) if whole is None or len(values) * hours != 1 else whole
    sums = whole[circle]
    seen = np.isfinite(sums)
    if not seen.any():
        raise ValueError(
            "Das Radar sieht diesen Ort gerade nicht. Bitte auf das nächste Bild warten."
        )
    rates = []
    for step, field in enumerate(values):
        radius = max(2 * cell_km, last_radius * (step + 1) / len(values))
        near = field[distance <= radius]
        low, high = np.nanquantile(near, [0.1, 0.9]) if np.isfinite(near).any() else (np.nan,) * 2
        rates.append({"here": field[row, column], "low": low, "high": high})
    return Outlook(
        issued=pd.Timestamp(forecast.attrs["issued"], tz="UTC"),
        rates=pd.DataFrame(rates, index=pd.DatetimeIndex(forecast["time"].to_numpy(), tz="UTC")),
        sum_mm=float(whole[row, column]),
        high_mm=float(np.quantile(sums[seen], 0.9)),
        share={t: float((sums[seen] >= t).mean()) for t in thresholds_mm},
        radius_km=last_radius,
        unseen=float(1 - seen.mean()),
    )
