"""How the rain moves: dense optical flow between frames.

Two estimates are averaged: a fine one of the newest pair of frames and a coarse one of the last
three pairs. The first follows what just changed, the second is calm over the hour (dense inverse
search, Kroeger et al. 2016, as implemented in OpenCV).
"""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["coarse_motion", "motion"]

Floats = npt.NDArray[np.float32]

FLOOR_DB = -10.0  # 0.1 mm/h: below, radar sees noise
CEILING_DB = 17.0  # 50 mm/h: above, brightness tells hail from rain, not how they move
SMOOTH_CELLS = 10.0  # cells of one storm share their motion
PAIRS = 3


def motion(frames: npt.NDArray[np.floating]) -> Floats:
    """Estimate the motion that carries the rain for the next minutes.

    Parameters
    ----------
    frames
        Rain rate, shape (n ≥ 2, y, x), mm/h, evenly spaced in time; NaN counts as dry.

    Returns
    -------
    ndarray
        Shape (2, y, x): rows and columns per frame step, smooth, defined everywhere.
    """
    newest = _flow(frames[-2:], cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return (0.5 * (newest + coarse_motion(frames))).astype("float32")


def coarse_motion(frames: npt.NDArray[np.floating]) -> Floats:
    """Estimate the motion that carries the rain over an hour, shape and units as :func:`motion`."""
    return _flow(frames[-1 - PAIRS :], cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)


def _flow(frames: npt.NDArray[np.floating], preset: int) -> Floats:
    images = [_image(frame) for frame in frames]
    search = cv2.DISOpticalFlow.create(preset)
    flow = np.zeros((*images[0].shape, 2), dtype="float32")
    weight = np.zeros(images[0].shape, dtype="float32")
    for before, after in itertools.pairwise(images):
        wet = ((before > 0) | (after > 0)).astype("float32")
        flow += search.calc(before, after, None) * wet[..., None]
        weight += wet
    # Normalised convolution: dry areas take the motion of the rain around them, and far from any
    # rain the mean of all.
    spread = _smooth(weight) + 1e-3
    total = max(float(weight.sum()), 1.0)
    return np.stack(
        [
            (_smooth(flow[..., axis]) + 1e-3 * float(flow[..., axis].sum()) / total) / spread
            for axis in (1, 0)
        ]
    )


def _smooth(field: Floats) -> Floats:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), SMOOTH_CELLS), dtype="float32")


def _image(rate: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Scale rain rates (mm/h) to 0–255 on a logarithmic axis; dry and missing cells are 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 10 * np.log10(np.where(rate > 0, rate, np.nan))
    share = np.nan_to_num((level - FLOOR_DB) / (CEILING_DB - FLOOR_DB), nan=0.0)
    return (np.clip(share, 0, 1) * 255).astype("uint8")
