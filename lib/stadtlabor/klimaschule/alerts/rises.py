"""Rises against an expectation whose noise remembers the day before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.alerts.steps import mad

__all__ = ["Rise", "rises"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rise:
    """A rise that lasts: days (positions, ``last`` exclusive), size and standard error."""

    first: int
    last: int
    size: float
    error: float


def rises(excess: Floats, usable: Flags, first: int, limit: Mapping[str, float]) -> list[Rise]:
    """Find lasting rises of what was measured above the expectation.

    Parameters
    ----------
    excess, usable
        Measured minus expected per day, and the days that count.
    first
        Position of the first asked day.
    limit
        ``short`` and ``long``: days of the recent window; ``before``: days before it;
        ``kelvin``: least rise; ``errors`` and ``short_errors``: least rise in standard errors of
        the long and the short window; ``share`` of the recent days above the middle; ``drift_k``:
        how far the expectation may be off for no reason.

    Notes
    -----
    The level before is the mean of the window before, drawn towards zero (the expectation) as far
    as its own error is larger than the drift. Errors are widened for the memory from day to day,
    sqrt((1 + r) / (1 - r)). Odd days count at most three standard deviations.
    """
    at = np.flatnonzero(usable & np.isfinite(excess))
    before = int(limit["before"])
    if len(at) < before + limit["short"]:
        return []
    values = excess[at]
    reference = values[at < first] if (at < first).sum() >= before else values
    middle, spread = float(np.median(reference)), max(float(mad(reference)), 1e-9)
    near = np.clip(reference - middle, -3 * spread, 3 * spread)
    memory = float(np.clip(float(near[1:] @ near[:-1]) / max(float(near @ near), 1e-9), 0, 0.8))
    wide = spread * float(np.sqrt((1 + memory) / (1 - memory)))
    clipped = np.clip(values, middle - 3 * spread, None)
    sums = np.concatenate([[0.0], np.cumsum(clipped)])
    found: list[Rise] = []
    end = 0
    for last in range(before, len(at) + 1):
        if last <= end or at[last - 1] < first:
            continue
        for length, least in (("short", "short_errors"), ("long", "errors")):
            size = int(limit[length])
            if last < size + before // 2:
                continue
            old = max(0, last - size - before)
            count = last - size - old
            now = (sums[last] - sums[last - size]) / size
            was = (sums[last - size] - sums[old]) / count
            own, drift = wide**2 / count, limit["drift_k"] ** 2
            was = middle + (was - middle) * drift / (own + drift)
            error = float(np.sqrt(wide**2 / size + own * drift / (own + drift)))
            rise = float(now - was)
            high = (values[last - size : last] > was + rise / 2).mean()
            if rise < max(limit["kelvin"], limit[least] * error) or high < limit["share"]:
                continue
            begin = _begin(values, last, size, float(was + rise / 2))
            end = _end(values, last, float(was + rise / 2))
            level = float(np.median(values[begin:end])) - float(was)
            if level > 0:
                found.append(Rise(int(at[begin]), int(at[end - 1]) + 1, level, error))
            end += before // 2
            break
    return found


def _begin(values: Floats, last: int, size: int, middle: float) -> int:
    """Return where the values came to lie above the middle: the largest sum up to ``last``."""
    first = max(0, last - 2 * size)
    back = np.cumsum((values[first:last] - middle)[::-1])
    return int(last - 1 - np.argmax(back))


def _end(values: Floats, last: int, middle: float) -> int:
    """Return one after the last value of a run above the middle that odd days do not end."""
    end = last
    while end < len(values) and (values[end - 6 : end + 1] > middle).mean() >= 0.5:
        end += 1
    return end
