"""One way to call any method of forecasting: the project's own by name, or somebody's function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain import hourly_sum, nowcast, tile_events

__all__ = ["Method", "forecast", "reached", "sum_of"]

Method = str | Callable[[xr.DataArray], Any]
"""Name for :func:`stadtlabor.rain.nowcast`, or a function: frames (``time``, ``y``, ``x``; mm/h) →
coming frames as DataArray or array (lead, [member,] y, x; mm/h)."""


def forecast(
    method: Method, frames: xr.DataArray, leads: int = 12, members: int | None = None
) -> xr.DataArray:
    """Forecast the coming intervals.

    Parameters
    ----------
    method
        See :data:`Method`.
    frames
        Radar grid, mm/h, the newest frame last.
    leads
        Number of coming intervals.
    members
        Size of the ensemble, for methods by name that make one.

    Returns
    -------
    xarray.DataArray
        As from :func:`stadtlabor.rain.nowcast`: dims (``lead``, [``member``,] ``y``, ``x``), mm/h.
        Of a function only the frames count: a sum that another method stated beside them is not
        its own.

    Raises
    ------
    ValueError
        In German, if a function returns another number of frames or another grid, or the method is
        unknown.
    """
    if not callable(method):
        return nowcast(frames, leads=leads, method=method, members=members)
    made = method(frames)
    values = np.asarray(made.to_numpy() if isinstance(made, xr.DataArray) else made)
    if values.ndim not in (3, 4) or len(values) < leads or values.shape[-2:] != frames.shape[-2:]:
        raise ValueError(
            f"Das Verfahren liefert {values.shape}, gebraucht werden {leads} Bilder mit "
            f"{frames.shape[-2]} mal {frames.shape[-1]} Zellen."
        )
    step = pd.Timedelta(seconds=float(frames.attrs["interval_s"]))
    issued = pd.Timestamp(frames["time"].to_numpy()[-1]) + step
    coords = {
        "lead": np.arange(1, leads + 1) * step.total_seconds() / 60,
        "time": ("lead", pd.date_range(issued, periods=leads, freq=step).to_numpy()),
        "y": frames["y"],
        "x": frames["x"],
    }
    return xr.DataArray(
        values[:leads].astype("float32"),
        dims=("lead", "y", "x") if values.ndim == 3 else ("lead", "member", "y", "x"),
        coords=coords,
        attrs={**frames.attrs, "issued": issued.isoformat()},
    )


def sum_of(rates: xr.DataArray) -> xr.DataArray:
    """Return what falls, or fell, in all intervals.

    Parameters
    ----------
    rates
        A nowcast or a radar grid, mm/h. A nowcast of an hour is summed as its method wants it
        (:func:`stadtlabor.rain.hourly_sum`).

    Returns
    -------
    xarray.DataArray
        mm, dims ([``member``,] ``y``, ``x``); NaN where an interval is not known.
    """
    hours = float(rates.attrs["interval_s"]) / 3600
    if "lead" in rates.dims and round(rates.sizes["lead"] * hours, 6) == 1:
        return hourly_sum(rates)
    along = "lead" if "lead" in rates.dims else "time"
    total = rates.reset_coords(drop=True).sum(along, skipna=False) * hours
    return total.assign_attrs({**rates.attrs, "units": "mm"})


def reached(total: xr.DataArray, threshold_mm: float, tile_km: float = 8.0) -> xr.DataArray:
    """Tell which tiles reached a sum somewhere.

    Parameters
    ----------
    total
        Sums, mm.
    threshold_mm
        Sum that counts.
    tile_km
        Side of a tile (:func:`stadtlabor.rain.tile_events`).

    Returns
    -------
    xarray.DataArray
        1 or 0, dims (…, ``tile_y``, ``tile_x``); NaN where no cell of the tile was seen.
    """
    seen = total.notnull().astype("float32").assign_attrs(total.attrs)
    known = tile_events(seen, tile_km, 1.0)
    return tile_events(total, tile_km, threshold_mm).astype("float32").where(known)
