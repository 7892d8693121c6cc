"""Days that remember the day before: first-order autoregression with gaps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["carried_on", "remembered", "unwhiten", "whiten"]

Floats = npt.NDArray[np.float64]


def carried_on(values: Floats, memory: float) -> Floats:
    """Return y with y₀ = x₀ and y = x + memory · y of the day before, per column.

    ``scipy.signal`` has this too, but takes longer to import than all the rest together.
    """
    from scipy.linalg import solve_banded

    bands = np.ones((2, len(values)))
    bands[1] = -memory
    return np.asarray(solve_banded((1, 0), bands, values, check_finite=False))


def _links(days: Floats, with_memory: Floats, memory: float, wide: bool) -> tuple[Floats, Floats]:
    link = memory ** np.diff(days) * with_memory[1:] * with_memory[:-1]
    rest = np.sqrt(1 - link**2)
    return (link[:, None], rest[:, None]) if wide else (link, rest)


def whiten(values: Floats, days: Floats, with_memory: Floats, memory: float) -> Floats:
    """Take out of each day what the measured day before already said.

    Parameters
    ----------
    values
        Standardised residuals (days) or their derivatives (days × parameters).
    days
        Number of each day, rising.
    with_memory
        Part 0–1 of each day's standard deviation that remembers.
    memory
        Correlation of that part from one day to the next.
    """
    link, rest = _links(days, with_memory, memory, values.ndim == 2)
    return np.concatenate([values[:1], (values[1:] - link * values[:-1]) / rest])


def unwhiten(values: Floats, days: Floats, with_memory: Floats, memory: float) -> Floats:
    """Apply the transpose of :func:`whiten` to columns (days × parameters)."""
    link, rest = _links(days, with_memory, memory, True)
    result = values.copy()
    result[1:] = values[1:] / rest
    result[:-1] -= link * values[1:] / rest
    return result


def remembered(values: Floats, days: Floats, memory: float) -> Floats:
    """Multiply columns by the matrix memory^|i − j| over days that may have gaps.

    Parameters
    ----------
    values
        Days × columns.
    days
        Number of each day, rising.
    memory
        0–1, below 1.
    """
    place = (days - days[0]).astype(np.int64)
    whole = np.zeros((int(place[-1]) + 1, values.shape[1]))
    whole[place] = values
    forward = carried_on(whole, memory)
    backward = carried_on(whole[::-1], memory)[::-1]
    return np.asarray((forward + backward - whole)[place])
