"""Grids: rain radar and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stadtlabor.data.asking import Instant, german, moment, pin
from stadtlabor.store.opening import grid_datasets, grid_store

if TYPE_CHECKING:
    import xarray as xr

    from stadtlabor.store import Bounds

__all__ = ["grid", "grid_times"]


@german
def grid(
    dataset: str,
    start: Instant = None,
    end: Instant = None,
    at_version: int | None = None,
    window: Bounds | None = None,
) -> xr.DataArray:
    """Return grids (radar), dimensions ``time`` (UTC), ``y``, ``x``; loaded when looked at.

    Parameters
    ----------
    dataset, start, end, at_version
        As in :func:`read`.
    window
        x from, y from, x to, y to in the grid's own coordinates (``attrs["crs_wkt"]``).

    Raises
    ------
    DataError
        In German, if the dataset holds no grids or the version is unknown.
    """
    name, version_ = pin(dataset, at_version)
    return grid_store().read_grid(name, moment(start), moment(end), version_, window)


@german
def grid_times(dataset: str) -> pd.DatetimeIndex:
    """Return the times (UTC, ascending) at which a dataset of grids has a field."""
    name, _ = pin(dataset, None)
    if name not in grid_datasets():
        return pd.DatetimeIndex([], tz="UTC")
    return grid_store().grid_times(name)
