"""Places on a radar grid.

A radar grid is a DataArray of rain rates (``time``, ``y``, ``x``; mm/h) with ``x`` and ``y`` in
metres of the projection in ``attrs["crs_wkt"]``.
"""

from __future__ import annotations

import numpy as np
import pyproj
import xarray as xr

__all__ = ["around", "place_index", "regrid"]


def place_index(rain: xr.DataArray, lat: float, lon: float) -> tuple[int, int]:
    """Return row and column of the cell that holds a place.

    Parameters
    ----------
    rain
        Radar grid.
    lat, lon
        Place, WGS 84, degrees.

    Raises
    ------
    ValueError
        If the place lies outside the grid (German sentence).
    """
    project = pyproj.Transformer.from_crs("EPSG:4326", rain.attrs["crs_wkt"], always_xy=True)
    x, y = project.transform(lon, lat)
    half = abs(float(rain["x"][1] - rain["x"][0])) / 2
    row = int(np.abs(rain["y"].to_numpy() - y).argmin())
    column = int(np.abs(rain["x"].to_numpy() - x).argmin())
    # One cell of slack: coordinates name a cell's centre in some products, its edge in others.
    if abs(float(rain["y"][row]) - y) > 3 * half or abs(float(rain["x"][column]) - x) > 3 * half:
        raise ValueError(
            f"Der Ort ({lat:.3f} N, {lon:.3f} O) liegt außerhalb des Radarbilds. "
            "Bitte Ort oder Radarprodukt prüfen."
        )
    return row, column


def around(rain: xr.DataArray, lat: float, lon: float, km: float) -> xr.DataArray:
    """Cut a square window around a place; at the grid's edge it is smaller.

    Parameters
    ----------
    rain
        Radar grid.
    lat, lon
        Place, WGS 84, degrees.
    km
        Side of the square, km.
    """
    row, column = place_index(rain, lat, lon)
    cell_km = abs(float(rain["x"][1] - rain["x"][0])) / 1000
    half = max(1, round(km / cell_km / 2))
    return rain.isel(
        y=slice(max(0, row - half), row + half), x=slice(max(0, column - half), column + half)
    )


def regrid(rain: xr.DataArray, like: xr.DataArray) -> xr.DataArray:
    """Bring a grid onto the cells of another; each cell takes the nearest one.

    Parameters
    ----------
    rain
        Radar grid on even cells, any dims before (``y``, ``x``).
    like
        Grid with ``y``, ``x`` and ``attrs["crs_wkt"]`` to end on.

    Returns
    -------
    DataArray
        The values of ``rain`` on the cells of ``like``; NaN outside of ``rain``.
    """
    project = pyproj.Transformer.from_crs(
        like.attrs["crs_wkt"], rain.attrs["crs_wkt"], always_xy=True
    )
    x, y = project.transform(*np.meshgrid(like["x"].to_numpy(), like["y"].to_numpy()))
    places = {}
    inside = np.ones(x.shape, dtype=bool)
    for axis, at in (("y", y), ("x", x)):
        own = rain[axis].to_numpy()
        index = np.rint((at - own[0]) / (own[1] - own[0])).astype("int64")
        inside &= (index >= 0) & (index < own.size)
        places[axis] = xr.DataArray(index.clip(0, own.size - 1), dims=("y", "x"))
    moved = rain.reset_coords(drop=True).drop_vars(["y", "x"]).isel(places)
    moved = moved.where(xr.DataArray(inside, dims=("y", "x")))
    return moved.assign_coords(y=like["y"], x=like["x"]).assign_attrs(
        {**rain.attrs, "crs_wkt": like.attrs["crs_wkt"]}
    )
