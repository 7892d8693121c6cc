"""How long before the threshold was passed the warning came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

__all__ = ["lead_time"]


def lead_time(
    warned: xr.DataArray, crossed: xr.DataArray, window_minutes: float = 60
) -> pd.DataFrame:
    """Measure the time from the first warning to the first crossing, tile by tile.

    Parameters
    ----------
    warned
        Whether a tile was warned, bool, dims (``issued``, ``tile_y``, ``tile_x``); ``issued`` is
        the time of issue, UTC.
    crossed
        Whether the running sum of a tile was over the threshold, bool, dims (``time``, ``tile_y``,
        ``tile_x``); ``time`` is the end of the interval at which this was known, UTC.
    window_minutes
        How far ahead a warning looks: an older one does not count for the crossing.

    Returns
    -------
    pandas.DataFrame
        One row per tile that crossed: index (``tile_y``, ``tile_x``), ``crossed`` (first time),
        ``warned`` (first issue that looked that far and did warn; NaT = missed), ``lead_min``
        (minutes, NaN = missed). ``attrs``: ``tiles``, ``share_warned``, ``median_min`` of the
        warned, ``share_20_min`` of all crossings warned at least 20 minutes ahead.
    """
    warned = warned.transpose("issued", "tile_y", "tile_x")
    crossed = crossed.transpose("time", "tile_y", "tile_x")
    issues = pd.DatetimeIndex(warned["issued"].to_numpy())
    times = pd.DatetimeIndex(crossed["time"].to_numpy())
    said, over = warned.to_numpy().astype(bool), crossed.to_numpy().astype(bool)
    rows = {}
    for row, column in np.argwhere(over.any(axis=0)):
        first = times[int(over[:, row, column].argmax())]
        ahead = (first - issues) / pd.Timedelta(minutes=1)
        fits = said[:, row, column] & (ahead >= 0) & (ahead <= window_minutes)
        found = int(fits.argmax())
        rows[int(row), int(column)] = {
            "crossed": first,
            "warned": issues[found] if fits.any() else pd.NaT,
            "lead_min": ahead[found] if fits.any() else np.nan,
        }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["crossed", "warned", "lead_min"])
    if rows:
        table.index = pd.MultiIndex.from_tuples(table.index, names=["tile_y", "tile_x"])
    leads = table["lead_min"].astype("float64")
    table.attrs = {
        "tiles": len(table),
        "share_warned": float(leads.notna().mean()) if rows else np.nan,
        "median_min": float(leads.median()) if leads.notna().any() else np.nan,
        "share_20_min": float((leads >= 20).mean()) if rows else np.nan,
    }
    return table
