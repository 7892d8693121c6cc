"""Rain that is known: cells that move, and storms that stand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import xarray as xr
from scipy.ndimage import gaussian_filter

WKT = pyproj.CRS("+proj=aeqd +lat_0=47.7 +lon_0=10.3 +units=m").to_wkt()


def moving_cells(frames: int = 4, size: int = 96, step: tuple[int, int] = (1, 2)) -> np.ndarray:
    """Return rain cells that move by ``step`` cells (rows, columns) per frame."""
    rng = np.random.default_rng(3)
    field = gaussian_filter(rng.random((size * 2, size * 2)), 5)
    field = np.clip((field - np.quantile(field, 0.7)) * 800, 0, None)
    start = size // 2
    return np.stack(
        [
            field[
                start - step[0] * t : start - step[0] * t + size,
                start - step[1] * t : start - step[1] * t + size,
            ]
            for t in range(frames)
        ]
    )


def standing_storm(frames: int = 24, size: int = 120) -> np.ndarray:
    """Return a storm whose cells drift through a place that does not move."""
    rng = np.random.default_rng(1)
    y, x = np.indices((size, size))
    place = np.exp(-(((y - 60) / 14) ** 2) - ((x - 60) / 18) ** 2)
    texture = gaussian_filter(rng.standard_normal((size, size + 2 * frames)), 3)
    texture = np.exp(0.8 * texture / texture.std())
    rates = np.stack([40 * place * texture[:, 2 * t : 2 * t + size] for t in range(frames)])
    return np.where(rates < 0.1, 0, rates)


def grid(values: np.ndarray, start: str = "2026-07-01 12:00") -> xr.DataArray:
    n, rows, columns = values.shape
    return xr.DataArray(
        values.astype("float32"),
        dims=("time", "y", "x"),
        coords={
            "time": pd.date_range(start, periods=n, freq="5min"),
            "y": (np.arange(rows) - rows // 2) * 1000.0,
            "x": (np.arange(columns) - columns // 2) * 1000.0,
        },
        name="precipitation_mm_h",
        attrs={"crs_wkt": WKT, "interval_s": 300, "units": "mm/h"},
    )
