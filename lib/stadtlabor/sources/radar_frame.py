"""One form for every radar field: rates in mm/h on a grid, with what is known about it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from stadtlabor.sources.radar_grid import axes, crs_wkt

__all__ = ["frame", "grid_frame", "products"]


@cache
def products() -> dict[str, dict[str, Any]]:
    """Return what is known of each product of DWD (``radar_products.toml``)."""
    text = files("stadtlabor.sources").joinpath("radar_products.toml").read_text("utf-8")
    return tomllib.loads(text)


def frame(
    sums: npt.NDArray[np.floating[Any]],
    product: str,
    end: datetime,
    issued: datetime | None = None,
    simulated: bool = False,
    clutter_cells: int = 0,
    quality: npt.NDArray[np.uint8] | None = None,
    ellipsoid: bool = False,
) -> xr.DataArray:
    """Wrap one field of sums on a grid of the German weather service.

    Parameters
    ----------
    sums
        Sums over the product's interval in mm, first row in the south, NaN = no data.
    product
        Two letters, for example ``YW``.
    end
        End of the interval, UTC.
    issued
        When a forecast was made, UTC.
    simulated
        True where no radar stands behind the field.
    clutter_cells
        Number of cells that were set to NaN as clutter.
    quality
        Bits of :class:`stadtlabor.sources.radar_quality.Quality`, same shape.
    ellipsoid
        The grid lies on the ellipsoid (format version 5 on).
    """
    kind = products()[product]
    rows, columns = sums.shape
    x, y = axes(rows, columns, ellipsoid)
    attrs: dict[str, Any] = {
        "long_name": kind["name"],
        "product": product,
        # Apart from the real rain of the same hours, so that neither overrules the other.
        "dataset": kind["dataset"] + ("-simulated" if simulated else ""),
        "source": "Simulierte Stadt, kein echtes Radar" if simulated else "Deutscher Wetterdienst",
        "licence": "CC BY 4.0",
        "simulated": simulated,
        "crs_wkt": crs_wkt(rows, ellipsoid),
        "clutter_cells": clutter_cells,
    }
    if issued is not None:
        attrs["issued"] = issued.replace(tzinfo=UTC).isoformat()
    rates = sums * (3600 / kind["interval_s"])
    return grid_frame(rates, x, y, end, kind["interval_s"], attrs, quality)


def grid_frame(
    rates: npt.NDArray[np.floating[Any]],
    x: npt.NDArray[np.floating[Any]],
    y: npt.NDArray[np.floating[Any]],
    end: datetime,
    interval_s: int,
    attrs: dict[str, Any],
    quality: npt.NDArray[np.uint8] | None = None,
) -> xr.DataArray:
    """Wrap one field of rates on any grid.

    Parameters
    ----------
    rates
        Rain rate, mm/h, shape (y, x), first row in the south, NaN = not seen.
    x, y
        Cell centres in metres of ``attrs["crs_wkt"]``, ascending.
    end
        End of the interval, UTC.
    interval_s
        Length of the interval, seconds.
    attrs
        ``long_name``, ``product``, ``dataset``, ``source``, ``licence``, ``simulated``,
        ``crs_wkt``.
    quality
        Bits of :class:`stadtlabor.sources.radar_quality.Quality`, same shape.

    Returns
    -------
    xarray.DataArray
        ``precipitation_mm_h`` with dims (``time``, ``y``, ``x``), float32; ``time`` is the start of
        the interval.
    """
    start = end.replace(tzinfo=None) - timedelta(seconds=interval_s)
    coords: dict[str, Any] = {
        "time": np.array([start], dtype="datetime64[ns]"),
        "y": y,
        "x": x,
    }
    if quality is not None:
        coords["quality"] = (("time", "y", "x"), quality[np.newaxis])
    return xr.DataArray(
        rates.astype("float32")[np.newaxis],
        dims=("time", "y", "x"),
        coords=coords,
        name="precipitation_mm_h",
        attrs={"units": "mm/h", "interval_s": interval_s, **attrs},
    )
