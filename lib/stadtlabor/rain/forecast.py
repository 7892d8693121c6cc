"""Radar extrapolation: where the rain is going, if it keeps moving as it did.

Motion is dense optical flow (Farnebäck 2003, OpenCV) on the logarithm of the rain rate; the newest
frame is carried along backwards in time (semi-Lagrangian). Growth and decay are not predicted.
The operational path needs no compiler; pysteps stays a challenger for researchers.
"""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pandas as pd
import xarray as xr
from scipy.ndimage import gaussian_filter, map_coordinates

__all__ = ["extrapolate", "motion", "nowcast"]

FLOOR_DB = -10.0  # 0.1 mm/h: below, radar sees noise
CEILING_DB = 20.0  # 100 mm/h
SMOOTH_CELLS = 12.0  # rain cells of one storm share their motion


def _decibel(rate: np.ndarray) -> np.ndarray:
    """Scale rain rates (mm/h) to 0–255 on a logarithmic axis; dry and missing cells are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 10 * np.log10(np.where(rate > 0, rate, np.nan))
    scaled = (level - FLOOR_DB) / (CEILING_DB - FLOOR_DB) * 255
    return np.nan_to_num(np.clip(scaled, 0, 255), nan=0.0).astype("uint8")


def motion(frames: np.ndarray) -> np.ndarray:
    """Estimate the motion between successive frames.

    Parameters
    ----------
    frames
        Rain rate, shape (n ≥ 2, y, x), mm/h, evenly spaced in time.

    Returns
    -------
    ndarray
        Shape (2, y, x): rows and columns per frame step, smooth, defined everywhere.
    """
    images = [_decibel(frame) for frame in frames]
    flow = np.zeros((*frames.shape[1:], 2), dtype="float64")
    weight = np.zeros(frames.shape[1:], dtype="float64")
    for before, after in itertools.pairwise(images):
        step = cv2.calcOpticalFlowFarneback(before, after, None, 0.5, 4, 25, 3, 7, 1.5, 0)
        wet = ((before > 0) | (after > 0)).astype("float64")
        flow += step * wet[..., None]
        weight += wet
    # Normalised convolution: dry areas take the motion of the rain around them.
    spread = gaussian_filter(weight, SMOOTH_CELLS) + 1e-6
    mean = [flow[..., axis].sum() / max(weight.sum(), 1.0) for axis in (1, 0)]
    return np.stack(
        [
            (gaussian_filter(flow[..., axis], SMOOTH_CELLS) + 1e-3 * mean[i]) / (spread + 1e-3)
            for i, axis in enumerate((1, 0))
        ]
    )


def extrapolate(frame: np.ndarray, velocity: np.ndarray, steps: int) -> np.ndarray:
    """Carry a frame along a motion field.

    Parameters
    ----------
    frame
        Rain rate, shape (y, x), mm/h; NaN where the radar does not see.
    velocity
        Shape (2, y, x), cells per step (:func:`motion`).
    steps
        Number of steps into the future.

    Returns
    -------
    ndarray
        Shape (steps, y, x), mm/h; NaN where the air comes from outside the radar's sight.
    """
    rows, columns = np.indices(frame.shape, dtype="float64")
    seen = np.isfinite(frame)
    filled = np.where(seen, frame, 0.0)
    origin = np.stack([rows, columns])
    result = np.empty((steps, *frame.shape), dtype="float32")
    for step in range(steps):
        here = [map_coordinates(v, origin, order=1, mode="nearest") for v in velocity]
        origin = origin - np.stack(here)
        moved = map_coordinates(filled, origin, order=1, mode="constant", cval=0.0)
        sight = map_coordinates(seen.astype("float64"), origin, order=1, mode="constant", cval=0.0)
        result[step] = np.where(sight > 0.5, moved, np.nan)
    return result


def nowcast(rain: xr.DataArray, steps: int = 12, history: int = 4) -> xr.DataArray:
    """Predict the next frames.

    Parameters
    ----------
    rain
        Radar grid (``time``, ``y``, ``x``; mm/h), evenly spaced; ``time`` is the start of a frame's
        interval. The forecast is issued at the end of the newest interval.
    steps
        Frames to predict.
    history
        Newest frames used for the motion.

    Returns
    -------
    DataArray
        Rain rate (``time``, ``y``, ``x``; mm/h) of the coming intervals, with ``attrs["issued"]``
        (ISO, UTC).

    Raises
    ------
    ValueError
        If frames are missing within the history, or there are fewer than two (German sentence).
    """
    recent = rain.isel(time=slice(-history, None))
    times = pd.DatetimeIndex(recent["time"].to_numpy())
    gaps = times[1:] - times[:-1]
    if len(times) < 2 or gaps.nunique() != 1:
        raise ValueError(
            f"Vor {times[-1]:%d.%m.%Y %H:%M} UTC fehlen Radarbilder. "
            "Eine Vorhersage braucht lückenlose Bilder. Bitte auf das nächste Bild warten."
        )
    values = recent.to_numpy().astype("float64")
    future = extrapolate(values[-1], motion(values), steps)
    valid = times[-1] + gaps[0] * np.arange(1, steps + 1)
    return xr.DataArray(
        future,
        dims=("time", "y", "x"),
        coords={"time": valid, "y": recent["y"], "x": recent["x"]},
        name="precipitation_mm_h",
        attrs={**recent.attrs, "issued": (times[-1] + gaps[0]).isoformat()},
    )
