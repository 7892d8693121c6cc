"""How far the expected sum of the coming hour may be off, in strength and in place.

Chosen by the Brier score of tiles on MeteoSwiss 2016-07-11, in the middle of a flat optimum
(``tests/benchmarks/nowcast.py tiles``); one storm, so a working figure.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

__all__ = ["HOUR_FACTOR", "HOUR_KEPT", "HOUR_KM", "reached"]

HOUR_FACTOR = 0.5
"""Standard deviation of the natural logarithm of a neighbourhood's largest sum."""
HOUR_KEPT = 0.8
"""What is left of the expected largest sum in the median: cells decay, and the largest of many
expected values is too large."""
HOUR_KM = 8.0
"""Standard deviation of the place, km."""


def reached(ratio: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return how likely a sum is reached where it is expected in the right place.

    Parameters
    ----------
    ratio
        Expected divided by needed sum; infinite where nothing more is needed.

    Returns
    -------
    ndarray
        0–1, same shape.
    """
    with np.errstate(divide="ignore"):
        return np.asarray(ndtr(np.log(np.maximum(ratio, 0) * HOUR_KEPT) / HOUR_FACTOR))
