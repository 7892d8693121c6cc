"""How likely each rate is passed in each cell, and the one field that says so best.

An extrapolated cell is wrong in two ways: it arrives beside where it was expected, and stronger or
weaker. The probability to pass a rate is therefore a soft step over the rate (lognormal error),
blurred over the neighbourhood (displacement); both grow with lead time.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

__all__ = ["RATES", "Spread", "best_cut", "blur", "decided", "exceedance"]

Floats = npt.NDArray[np.float32]

RATES = np.array([0.2, 0.5, 1, 2, 3.3, 5, 7, 10, 14, 20, 30, 50], dtype="float32")
"""Rates at which probabilities are reckoned, mm/h; between them the logarithm is interpolated."""

LOWEST, HIGHEST = 0.03, 200.0  # mm/h, ends of the table below
TABLE = np.geomspace(LOWEST, HIGHEST, 256)


@dataclass(frozen=True)
class Spread:
    """How far a forecast may be off.

    Attributes
    ----------
    factor
        Standard deviation of the natural logarithm of rate or sum.
    cells
        Standard deviation of the place, cells.
    """

    factor: float
    cells: float


def exceedance(field: Floats, limits: npt.NDArray[np.floating], spread: Spread) -> Floats:
    """Return how likely each limit is passed.

    Parameters
    ----------
    field
        Expected rate or sum, shape (y, x), without NaN.
    limits
        Shape (n,), in the unit of ``field``.
    spread
        Error of the forecast.

    Returns
    -------
    ndarray
        Shape (n, y, x), 0–1.
    """
    scale = 255 / np.log(HIGHEST / LOWEST)
    level = np.clip(np.log(np.maximum(field, LOWEST) / LOWEST) * scale, 0, 255)
    index = np.rint(level).astype("uint8")
    # A table of 256 steps (3.5 % each) is far finer than the error and saves the integral per cell.
    steps = ndtr(np.log(TABLE[None] / limits[:, None]) / spread.factor).astype("float32")
    return np.stack([blur(cv2.LUT(index, row), spread.cells) for row in steps])


def blur(field: Floats, cells: float) -> Floats:
    """Blur by a Gaussian of ``cells`` standard deviation; wide ones on a coarser grid."""
    if cells < 0.3:
        return field
    rows, columns = field.shape
    shrink = 4 if cells >= 6 else 2 if cells >= 3 else 1
    if shrink > 1 and min(rows, columns) >= 8 * shrink:
        small = cv2.resize(
            field, (-(-columns // shrink), -(-rows // shrink)), interpolation=cv2.INTER_AREA
        )
        wide = cv2.GaussianBlur(small, (0, 0), cells / shrink, borderType=cv2.BORDER_REPLICATE)
        whole = cv2.resize(wide, (columns, rows), interpolation=cv2.INTER_LINEAR)
        return np.asarray(whole, dtype="float32")
    wide = cv2.GaussianBlur(field, (0, 0), cells, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(wide, dtype="float32")


def best_cut(probability: Floats) -> float:
    """Return the probability from which on "yes" gives the best expected critical success index.

    Hits divided by hits, misses and false alarms: expected hits are the sum of the probabilities
    above the cut, misses the sum below. No observation is needed.
    """
    counts = cv2.calcHist([probability], [0], None, [100], [0.0, 1.0001]).ravel()[::-1]
    middle = (np.arange(100)[::-1] + 0.5) / 100
    counts[middle < 0.02] = 0
    said, hits = np.cumsum(counts), np.cumsum(counts * middle)
    if said[-1] == 0:
        return 1.0
    index = hits / (said + hits[-1] - hits + 1e-9)
    return float(middle[int(index.argmax())] - 0.005)


def decided(probability: Floats, cuts: npt.NDArray[np.floating]) -> Floats:
    """Return the field that passes each rate exactly where its probability reaches its cut.

    Parameters
    ----------
    probability
        Shape (rates, y, x), one per element of :data:`RATES`.
    cuts
        Shape (rates,).

    Returns
    -------
    ndarray
        mm/h, shape (y, x).
    """
    margin = probability - np.asarray(cuts, dtype="float32")[:, None, None]
    # What passes 10 mm/h passes 5 mm/h.
    margin = np.maximum.accumulate(margin[::-1], axis=0)[::-1]
    logs = np.log(RATES)
    field = np.full(probability.shape[1:], -np.inf, dtype="float32")
    for n, (here, log) in enumerate(zip(margin, logs, strict=True)):
        passed = here >= 0
        if n + 1 < len(logs):
            share = np.clip(here / np.maximum(here - margin[n + 1], 1e-6), 0, 0.999)
            log = log + share * (logs[n + 1] - log)
        np.copyto(field, log, where=passed)
    return np.asarray(np.exp(field), dtype="float32")
