"""The question of a warning, tile by tile: whether any cell of it gets so much."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from stadtlabor.rain.nowcasting.carrying import fill_holes
from stadtlabor.rain.nowcasting.champion import STILL_FRAMES, accumulated
from stadtlabor.rain.nowcasting.exceeding import Spread, exceedance
from stadtlabor.rain.nowcasting.uncertainty import HOUR_FACTOR, HOUR_KEPT, HOUR_KM
from stadtlabor.rain.units import need

__all__ = ["tile_events", "tile_probability"]

Floats = npt.NDArray[np.float32]


def tile_events(field: xr.DataArray, tile_km: float = 8, threshold_mm: float = 15) -> xr.DataArray:
    """Tell in which tiles any cell reaches a sum.

    Parameters
    ----------
    field
        Sums in mm, dims (…, ``y``, ``x``), for example :func:`stadtlabor.rain.hourly_sum`. The mean
        rate of an hour in mm/h will do, as it is the same number; rates along time are refused.
    tile_km
        Side of a tile, km. Tiles start at the first row and column; the last may be smaller.
    threshold_mm
        Sum that counts.

    Returns
    -------
    DataArray
        bool, dims (…, ``tile_y``, ``tile_x``), coordinates of the tiles' centres in metres. NaN
        counts as not reached.

    Raises
    ------
    UnitError
        In German, if the field holds rates of single intervals.
    """
    if {"time", "lead"} & set(field.dims):
        need(field, "mm")
    cells = _cells(field, tile_km)
    lead = field.dims[:-2]
    rows, columns = field.sizes["y"], field.sizes["x"]
    down, across = -(-rows // cells), -(-columns // cells)
    padded = np.full((*field.shape[:-2], down * cells, across * cells), -np.inf)
    values = field.transpose(*lead, "y", "x").to_numpy()
    padded[..., :rows, :columns] = np.where(np.isnan(values), -np.inf, values)
    parts = padded.reshape(*field.shape[:-2], down, cells, across, cells)
    return xr.DataArray(
        parts.max(axis=(-3, -1)) >= threshold_mm,
        dims=(*lead, "tile_y", "tile_x"),
        coords=_centres(field, cells),
        attrs={"tile_km": tile_km, "threshold_mm": threshold_mm},
    )


def tile_probability(
    precip: xr.DataArray, *, threshold_mm: float, tile_km: float = 8, minutes: int = 60
) -> xr.DataArray:
    """Return how likely each tile reaches a sum somewhere in the coming minutes.

    The newest frame is carried along and added up; the largest sum within a tile's reach is then
    uncertain in strength and place (``exceeding``). No ensemble is drawn.

    Parameters
    ----------
    precip
        Radar grid (``time``, ``y``, ``x``; mm/h), evenly spaced.
    threshold_mm
        Sum that counts.
    tile_km
        Side of a tile, km, laid out as by :func:`tile_events`.
    minutes
        From the issue on; a multiple of the frames' interval.

    Returns
    -------
    DataArray
        0–1, dims (``tile_y``, ``tile_x``); NaN where less than half of the tile is known.

    Raises
    ------
    ValueError
        In German: not in mm/h, fewer than two frames, or minutes that are no multiple.
    """
    need(precip, "mm/h")
    times = pd.DatetimeIndex(precip["time"].to_numpy())
    if len(times) < 2:
        raise ValueError("Für die Verlagerung braucht es mindestens zwei Radarbilder.")
    interval_s = (times[-1] - times[-2]).total_seconds()
    steps = round(minutes * 60 / interval_s)
    if steps < 1 or abs(steps * interval_s - minutes * 60) > 1:
        raise ValueError(
            f"{minutes} Minuten sind kein Vielfaches der Radarbilder ({interval_s / 60:.0f} min)."
        )
    recent = precip.transpose("time", "y", "x").isel(time=slice(-1 - STILL_FRAMES, None))
    frames = np.stack([fill_holes(frame) for frame in recent.to_numpy()])
    expected = accumulated(frames, steps, interval_s)
    cells = _cells(precip, tile_km)
    cell_km = tile_km / cells
    hours = minutes / 60
    spread = Spread(factor=HOUR_FACTOR * max(hours, 0.1) ** 0.5, cells=HOUR_KM * hours / cell_km)
    # The largest sum within a tile laid around each cell: blurred, it is what tiles beside get.
    largest = cv2.dilate(np.nan_to_num(expected), np.ones((cells, cells), dtype="uint8"))
    limit = np.array([threshold_mm / HOUR_KEPT**hours], dtype="float32")
    field = exceedance(np.asarray(largest, dtype="float32"), limit, spread)[0]
    middle = [np.minimum(np.arange(0, n, cells) + cells // 2, n - 1) for n in field.shape]
    known = _share_known(expected, cells)
    return xr.DataArray(
        np.where(known >= 0.5, field[np.ix_(*middle)], np.nan).astype("float32"),
        dims=("tile_y", "tile_x"),
        coords=_centres(precip, cells),
        name="probability",
        attrs={
            "units": "1",
            "tile_km": tile_km,
            "threshold_mm": threshold_mm,
            "minutes": minutes,
            "issued": (times[-1] + pd.Timedelta(seconds=interval_s)).isoformat(),
            "crs_wkt": precip.attrs.get("crs_wkt", ""),
        },
    )


def _cells(grid: xr.DataArray, tile_km: float) -> int:
    return max(1, round(tile_km * 1000 / abs(float(grid["x"][1] - grid["x"][0]))))


def _centres(grid: xr.DataArray, cells: int) -> dict[str, npt.NDArray[np.float64]]:
    def middle(axis: str) -> npt.NDArray[np.float64]:
        values = grid[axis].to_numpy()
        return np.array([values[n : n + cells].mean() for n in range(0, len(values), cells)])

    return {"tile_y": middle("y"), "tile_x": middle("x")}


def _share_known(field: Floats, cells: int) -> npt.NDArray[np.float64]:
    rows, columns = (-(-n // cells) for n in field.shape)
    padded = np.full((rows * cells, columns * cells), np.nan)
    padded[: field.shape[0], : field.shape[1]] = np.where(np.isfinite(field), 1.0, 0.0)
    parts = padded.reshape(rows, cells, columns, cells)
    return np.asarray(np.nanmean(parts, axis=(1, 3)))
