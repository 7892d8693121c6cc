"""Which days of the blocks that were left out stand for which day of a gap.

What counts is how far a day is from the edge: beside measured days less can go wrong than amid a
long gap.
"""

from __future__ import annotations

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Ints
from stadtlabor.klimaschule.cleaning.similarity import settings

__all__ = ["fold", "pool"]


def pool(errors: Array, starts: Ints, offset: int, kind: str) -> tuple[Array, Ints]:
    """Return errors of single days and the days they are of.

    Taken are days at the same place within the gap, and at as many places around it as make up
    the ``pool_days`` of the kind.
    """
    blocks, length, slots = errors.shape
    around = int(np.ceil((settings(kind)["pool_days"] / max(1, blocks) - 1) / 2))
    places = np.arange(max(0, offset - around), min(length, offset + around + 1))
    return errors[:, places].reshape(-1, slots), (starts[:, None] + places).ravel()


def fold(number: Ints, days: int, length: int) -> Ints:
    """Return the place within a block for the days of a gap: the same distance to the edge."""
    from_end = days - 1 - number
    place = np.where(number <= from_end, number, length - 1 - from_end)
    middle = (length - 1) // 2
    near_begin = (number <= from_end) & (number > middle)
    near_end = (number > from_end) & (place < middle)
    return np.asarray(np.where(near_begin | near_end, middle, place), dtype="int64")
