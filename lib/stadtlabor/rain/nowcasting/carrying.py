"""Carry a field along the motion: cells look back in time where their air comes from."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["carry", "extrapolate", "fill_holes", "origins"]

Floats = npt.NDArray[np.float32]

HOLE_CELLS = 1.5
"""Spread of the rain around a hole into it, cells: single cells of clutter are filled, the far side
of a mountain is not."""
HOLE_SHARE = 0.2
"""So much of the weighted neighbourhood must be seen for a hole to be filled."""


def origins(velocity: npt.NDArray[np.floating], steps: int, parts: int = 1) -> Iterator[Floats]:
    """Follow the motion backwards (midpoint rule).

    Parameters
    ----------
    velocity
        Shape (2, y, x), rows and columns per frame step (:func:`stadtlabor.rain.motion`).
    steps
        Frame steps into the future.
    parts
        Sub-steps per frame step.

    Yields
    ------
    ndarray
        Shape (2, y, x): row and column that the air of each cell comes from, after each sub-step.
    """
    rows, columns = np.indices(velocity.shape[1:], dtype="float32")
    step = (np.asarray(velocity) / parts).astype("float32")
    for _ in range(steps * parts):
        half_rows, half_columns = (_at(v, rows, columns) / 2 for v in step)
        middle = rows - half_rows, columns - half_columns
        rows, columns = rows - _at(step[0], *middle), columns - _at(step[1], *middle)
        yield np.stack([rows, columns])


def _at(field: Floats, rows: Floats, columns: Floats) -> Floats:
    found = cv2.remap(field, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, dtype="float32")


def carry(field: npt.NDArray[np.floating], origin: Floats, outside: float = np.nan) -> Floats:
    """Bring a field to where its air goes.

    Parameters
    ----------
    field
        Shape (y, x).
    origin
        One element of :func:`origins`.
    outside
        Value of cells whose air comes from beyond the grid.

    Returns
    -------
    ndarray
        Shape (y, x); NaN where any neighbour of the origin is NaN.
    """
    carried = cv2.remap(
        np.asarray(field, dtype="float32"),
        origin[1],
        origin[0],
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(outside),
    )
    return np.asarray(carried, dtype="float32")


def extrapolate(
    frame: npt.NDArray[np.floating], velocity: npt.NDArray[np.floating], steps: int
) -> Floats:
    """Carry a frame along a motion field; growth and decay are not predicted.

    Parameters
    ----------
    frame
        Rain rate, shape (y, x), mm/h; NaN where the radar does not see.
    velocity
        Shape (2, y, x), cells per step (:func:`stadtlabor.rain.motion`).
    steps
        Number of steps into the future.

    Returns
    -------
    ndarray
        Shape (steps, y, x), mm/h; NaN where the air comes from outside the radar's sight.
    """
    return np.stack([carry(frame, origin) for origin in origins(velocity, steps)])


def fill_holes(frame: npt.NDArray[np.floating]) -> Floats:
    """Fill small holes from the cells around them, so that clutter does not travel as blindness.

    Parameters
    ----------
    frame
        Rain rate, shape (y, x), mm/h.

    Returns
    -------
    ndarray
        Shape (y, x); NaN where hardly anything near is seen.
    """
    rate = np.asarray(frame, dtype="float32")
    seen = np.isfinite(rate)
    if seen.all():
        return rate
    weight = cv2.GaussianBlur(seen.astype("float32"), (0, 0), HOLE_CELLS)
    around = cv2.GaussianBlur(np.where(seen, rate, 0).astype("float32"), (0, 0), HOLE_CELLS)
    filled = np.where(weight >= HOLE_SHARE, around / np.maximum(weight, 1e-6), np.nan)
    return np.where(seen, rate, filled).astype("float32")
