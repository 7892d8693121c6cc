"""Noise that is the same at each look, so that looking often does not wear it off.

The noise of a cell hangs on a secret and on what the cell is made of, not on who asks or when:
averaging a thousand answers gives the same answer, and two tables show the same cell alike. It is
two-sided geometric, the whole-number relative of Laplace's (Ghosh, Roughgarden, Sundararajan 2009,
"Universally utility-maximizing privacy mechanisms").
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable

import numpy as np

__all__ = ["noise"]

_STEPS = 2.0**53


def noise(secret: bytes, cells: Iterable[str], scale: float) -> np.ndarray:
    """Return one whole number per cell.

    Parameters
    ----------
    secret
        Key that only the data service knows.
    cells
        What each cell is made of: data set, sorted series, start of the period.
    scale
        Spread: about 63 % of the numbers are at most this large.

    Returns
    -------
    numpy.ndarray of float
        Whole numbers, symmetric about 0.
    """
    alpha = math.exp(-1.0 / scale)
    found = []
    for cell in cells:
        digest = hmac.digest(secret, cell.encode(), hashlib.sha256)
        # Uniform in (0, 1): the middle of one of 2**53 equal steps.
        first, second = (
            (int.from_bytes(digest[8 * n : 8 * n + 8]) >> 11) / _STEPS + 0.5 / _STEPS
            for n in (0, 1)
        )
        # The difference of two geometric numbers is two-sided geometric.
        found.append(math.floor(math.log(first, alpha)) - math.floor(math.log(second, alpha)))
    return np.array(found, "float64")
