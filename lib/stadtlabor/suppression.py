"""Complementary suppression: what is hidden must not be found by subtraction."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

__all__ = ["cover"]


def cover(
    counts: np.ndarray, small: np.ndarray, lines: Iterable[np.ndarray], least: int
) -> np.ndarray:
    """Hide more counts until no sum of a line gives a hidden one away.

    In each line with something hidden at least two counts are hidden, and together they make at
    least ``least``. The smallest visible counts go first; a zero hides nobody and so helps nothing.

    Parameters
    ----------
    counts
        Whole numbers, one-dimensional.
    small
        True where a count is hidden for itself.
    lines
        Places of counts whose sum may be known.
    least
        Smallest sum of what is hidden in a line.

    Returns
    -------
    numpy.ndarray of bool
        True where a count is to be hidden.
    """
    hidden = np.array(small, dtype=bool)
    known = [np.asarray(line) for line in lines]
    changed = True
    while changed:
        changed = False
        for line in known:
            while hidden[line].any() and (
                hidden[line].sum() == 1 or counts[line][hidden[line]].sum() < least
            ):
                visible = line[~hidden[line] & (counts[line] > 0)]
                if not len(visible):
                    break
                hidden[visible[np.argmin(counts[visible])]] = True
                changed = True
    return hidden
