"""What the next hour may bring to each catchment: the one place that knows how a nowcast looks.

The sum of the hour is uncertain in place and strength (``nowcasting.uncertainty``). A
catchment is therefore laid over the expected sums at every displacement within three standard
deviations; at each the largest sum reaches the level with some probability, and the mean over all
displacements is the probability of the level. With an ensemble the same is done for each member,
and averaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj
import xarray as xr

from stadtlabor.catchments import Catchment, WarningLevel
from stadtlabor.rain.nowcasting.uncertainty import HOUR_KM, reached
from stadtlabor.rain.warning.area import corners
from stadtlabor.rain.warning.outlook import Assessment, Outlook
from stadtlabor.rain.warning.rules import rules

__all__ = ["assess", "hour_sum"]

Floats = npt.NDArray[np.float64]


def hour_sum(nowcast: xr.DataArray) -> xr.DataArray:
    """Add up a nowcast.

    Parameters
    ----------
    nowcast
        Rates in mm/h along ``lead`` (or ``time``) in steps of ``attrs["interval_s"]``, perhaps
        with ``member``.

    Returns
    -------
    DataArray
        Sums in mm, (``member``,) ``y``, ``x``; NaN where any step is unseen.

    Raises
    ------
    ValueError
        If the nowcast is not in mm/h or covers no full hour.
    """
    axis = "lead" if "lead" in nowcast.dims else "time"
    hours = float(nowcast.attrs["interval_s"]) / 3600
    steps = round(1 / hours)
    if nowcast.attrs.get("units") != "mm/h" or nowcast.sizes[axis] < steps:
        raise ValueError("Die Vorhersage muss in mm/h sein und die nächsten 60 Minuten abdecken.")
    if "hour_mm" in nowcast.coords:  # the method's own estimate of the sum
        return nowcast["hour_mm"].reset_coords(drop=True).assign_attrs(units="mm")
    return (nowcast.isel({axis: slice(0, steps)}) * hours).sum(axis, skipna=False)


def assess(
    precip: xr.DataArray,
    nowcast: xr.DataArray,
    catchments: Sequence[Catchment],
    levels: Sequence[WarningLevel],
) -> Assessment:
    """Ask the question of every level for every catchment.

    Parameters
    ----------
    precip
        Good frames up to the issue time (``time``, ``y``, ``x``; mm/h), best of the last hours.
    nowcast
        The next hour on the same ``y`` and ``x`` (:func:`hour_sum`).
    catchments, levels
        As in ``city.toml``.
    """
    limits = rules("assessment")
    interval = pd.Timedelta(seconds=float(precip.attrs["interval_s"]))
    issued = pd.Timestamp(precip["time"].to_numpy()[-1]) + interval
    sums = hour_sum(nowcast).transpose(..., "y", "x").to_numpy().astype("float64")
    sums = sums.reshape(-1, *sums.shape[-2:])
    hour = _fallen(precip, issued - pd.Timedelta(hours=1))
    before = issued - pd.Timedelta(hours=limits["fallen_hours"])
    past, six = _fallen(precip, before), _fallen(precip, issued - pd.Timedelta(hours=6))
    frames = int((precip["time"].to_numpy() >= before.to_datetime64()).sum())
    share = min(1.0, frames * interval / pd.Timedelta(hours=limits["fallen_hours"]))
    to_grid = pyproj.Transformer.from_crs("EPSG:4326", precip.attrs["crs_wkt"], always_xy=True)
    shifts, weights = _displacements(precip, HOUR_KM)
    outlooks = []
    for catchment in catchments:
        rows, columns = _cells(precip, catchment, to_grid)
        chances = _chances(sums, past, rows, columns, shifts, weights, levels)
        outlooks.append(
            Outlook(
                catchment=catchment.id,
                hour={lv.level: p for lv, p in zip(levels, chances[0], strict=True)},
                six_hours={
                    lv.level: p for lv, p in zip(levels, chances[1], strict=True) if lv.six_hours_mm
                },
                expected_mm=_most(np.nanmean(sums, 0) if len(sums) > 1 else sums[0], rows, columns),
                fallen_hour_mm=_most(hour, rows, columns),
                fallen_six_mm=_most(six, rows, columns),
                fallen_mm=_most(past, rows, columns),
                fallen_share=float(share),
                unseen=float(np.isnan(sums[:, rows, columns]).mean()) if len(rows) else 1.0,
            )
        )
    return Assessment(
        issued.to_pydatetime().replace(tzinfo=UTC), tuple(outlooks),
        bool(precip.attrs.get("simulated", False)), str(precip.attrs.get("source", "")),
    )  # fmt: skip


def _fallen(precip: xr.DataArray, since: pd.Timestamp) -> Floats:
    """Return the sum since a moment, mm; NaN where no frame saw the cell."""
    chosen = precip.isel(time=precip["time"].to_numpy() >= since.to_datetime64())
    values = chosen.to_numpy().astype("float64") * float(precip.attrs["interval_s"]) / 3600
    seen = np.isfinite(values).any(axis=0)
    return np.where(seen, np.nansum(values, axis=0), np.nan)


def _displacements(grid: xr.DataArray, sigma_km: float) -> tuple[npt.NDArray[np.int_], Floats]:
    cell_km = abs(float(grid["x"][1] - grid["x"][0])) / 1000
    reach = max(1, round(3 * sigma_km / cell_km))
    steps = np.arange(-reach, reach + 1)
    shifts = np.stack(np.meshgrid(steps, steps, indexing="ij"), -1).reshape(-1, 2)
    distance = np.hypot(shifts[:, 0], shifts[:, 1])
    shifts, distance = shifts[distance <= reach], distance[distance <= reach]
    weights = np.exp(-0.5 * (distance * cell_km / sigma_km) ** 2)
    return shifts, weights / weights.sum()


def _cells(
    grid: xr.DataArray, catchment: Catchment, to_grid: pyproj.Transformer
) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    """Return rows and columns of the cells whose centre lies in the catchment; at least one."""
    outline = corners(catchment)
    x, y = to_grid.transform([lon for _, lon in outline], [lat for lat, _ in outline])
    gx, gy = grid["x"].to_numpy(), grid["y"].to_numpy()
    half = abs(float(gx[1] - gx[0])) / 2
    if max(x) < gx.min() - half or min(x) > gx.max() + half:
        return np.array([], int), np.array([], int)
    if max(y) < gy.min() - half or min(y) > gy.max() + half:
        return np.array([], int), np.array([], int)
    columns = np.flatnonzero((gx >= min(x) - half) & (gx <= max(x) + half))
    rows = np.flatnonzero((gy >= min(y) - half) & (gy <= max(y) + half))
    inside = _within(gx[columns][None, :], gy[rows][:, None], np.array(x), np.array(y))
    if inside.any():
        hit_rows, hit_columns = np.nonzero(inside)
        return rows[hit_rows], columns[hit_columns]
    middle = (np.abs(gy - np.mean(y)).argmin(), np.abs(gx - np.mean(x)).argmin())
    return np.array([middle[0]]), np.array([middle[1]])


def _within(px: Floats, py: Floats, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
    """Tell which points lie in a polygon: crossings of a ray are counted."""
    inside = np.zeros(np.broadcast(px, py).shape, bool)
    for x1, y1, x2, y2 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        if y1 != y2:
            crosses = (y1 > py) != (y2 > py)
            inside ^= crosses & (px < x1 + (py - y1) * (x2 - x1) / (y2 - y1))
    return inside


def _chances(
    sums: Floats,
    past: Floats,
    rows: npt.NDArray[np.int_],
    columns: npt.NDArray[np.int_],
    shifts: npt.NDArray[np.int_],
    weights: Floats,
    levels: Sequence[WarningLevel],
) -> tuple[list[float], list[float]]:
    """Return the probability of each level for one hour and for six."""
    if not len(rows):
        return [0.0] * len(levels), [0.0] * len(levels)
    at_rows, at_columns = rows + shifts[:, :1], columns + shifts[:, 1:]
    height, width = sums.shape[1:]
    outside = (at_rows < 0) | (at_rows >= height) | (at_columns < 0) | (at_columns >= width)
    picked = sums[:, at_rows.clip(0, height - 1), at_columns.clip(0, width - 1)]
    picked = np.where(outside | np.isnan(picked), 0.0, picked)
    fallen = np.nan_to_num(past[rows, columns])
    one, more = [], []
    for level in levels:
        one.append(_likely((picked / level.hour_mm).max(axis=2), weights))
        needed = np.maximum((level.six_hours_mm or np.inf) - fallen, 0)
        # Where nothing more is needed the level is reached already.
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(needed > 0, picked / needed, np.inf)
        more.append(_likely(ratio.max(axis=2), weights))
    return one, more


def _likely(ratio: Floats, weights: Floats) -> float:
    # The weights add up to 1 but for the last digit.
    return round(float((reached(ratio) @ weights).mean()), 9)


def _most(field: Floats, rows: npt.NDArray[np.int_], columns: npt.NDArray[np.int_]) -> float:
    values = field[rows, columns]
    return float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
