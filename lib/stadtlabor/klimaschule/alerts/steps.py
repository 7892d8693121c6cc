"""Lasting changes of a school's own figure, told apart from odd days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

__all__ = ["Step", "mad", "season_free", "steps"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Step:
    """A change that lasts.

    Attributes
    ----------
    first, last
        Days (positions) of the change and one after the last changed day.
    before, after
        Medians of the figure.
    spread
        Robust standard deviation before.
    days
        Compared days after the change.
    """

    first: int
    last: int
    before: float
    after: float
    spread: float
    days: int


def mad(values: Floats, axis: int = -1) -> Floats:
    """Return 1.4826 times the median absolute deviation: a spread that odd days do not move."""
    middle = np.median(values, axis=axis, keepdims=True)
    return np.asarray(1.4826 * np.median(np.abs(values - middle), axis=axis))


def season_free(values: Floats, day_of_year: Ints, usable: Flags, first: int = 0) -> Floats:
    """Divide a positive figure by its own yearly wave (dark mornings), if a year is there.

    Fewer than 300 days give no wave; then the figure comes back as it is. The wave is fitted
    three times, then without the days that fit badly, so that a fault does not bend it; it comes
    from the time before position ``first`` alone where that is long enough.
    """
    good = usable & np.isfinite(values) & (values > 0)
    before = good & (np.arange(len(values)) < first)
    span = np.flatnonzero(before)
    if len(span) >= 60 and span[-1] - span[0] >= 300:
        good = before
    span = np.flatnonzero(good)
    if len(span) < 60 or span[-1] - span[0] < 300:
        return values
    angle = 2 * np.pi * (day_of_year - 355) / 365.25
    columns = np.column_stack([np.ones(len(values)), np.cos(angle), np.sin(angle)])
    height = np.log(np.where(good, values, 1.0))
    kept = good
    for _ in range(3):
        found, *_ = np.linalg.lstsq(columns[kept], height[kept], rcond=None)
        rest = height - columns @ found
        kept = good & (np.abs(rest) < 2 * max(float(mad(rest[good])), 1e-3))
        if kept.sum() < 60:
            break
    wave = columns[:, 1:] @ found[1:]
    return np.asarray(values / np.exp(wave))


def steps(
    values: Floats,
    usable: Flags,
    first: int,
    *,
    recent: int,
    before: int,
    ratio: float,
    sigmas: float,
    share: float = 0.8,
    down: bool = False,
) -> list[Step]:
    """Find lasting rises (or falls) from position ``first`` on.

    Parameters
    ----------
    values, usable
        A figure per day and the days that count.
    recent, before
        So many days are compared with so many days before them.
    ratio
        Median after / before from which on it counts (below, for ``down``).
    sigmas
        By how many robust standard deviations the median has to change.
    share
        Part of the recent days that must lie beyond the middle between both.

    Notes
    -----
    Both the time just before and the whole time before must be exceeded: a fault that ends is no
    fall, a return from holidays no rise.
    """
    at = np.flatnonzero(usable & np.isfinite(values))
    figure = values[at]
    if len(at) < recent + before:
        return []
    sign = -1.0 if down else 1.0
    new = sliding_window_view(figure, recent)[before:]
    old = sliding_window_view(figure, before)[: len(new)]
    late, early = np.median(new, axis=1), np.median(old, axis=1)
    spread = np.maximum(mad(old), 1e-3 * np.abs(early) + 1e-9)
    beyond = (sign * (new - ((late + early) / 2)[:, None]) > 0).mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = late / np.maximum(early, 1e-9)
    right = (grown <= ratio) if down else (grown >= ratio)
    hit = right & (sign * (late - early) >= sigmas * spread) & (beyond >= share)
    hit &= at[before + recent - 1 :] >= first
    found: list[Step] = []
    blocked = -1
    for n in map(int, np.flatnonzero(hit)):
        if n <= blocked:
            continue
        past = figure[: n + before]
        far = float(np.quantile(past, 0.2 if down else 0.8))
        if (late[n] - far) * sign <= 0 or (
            late[n] / max(float(np.median(past)), 1e-9) - 1
        ) * sign < (0.5 * abs(ratio - 1)):
            continue
        # Where the change began: the split of both windows that leaves the least rest.
        window = figure[n : n + before + recent]
        cut = _split(window, before // 2)
        level, back = float(np.median(window[cut:])), float(np.median(window[:cut]))
        begin = n + cut
        later = sign * (figure[begin:] - (level + back) / 2) > 0
        end = begin + _lasting(later)
        blocked = max(end - before, n)
        if at[end - 1] < first:
            continue
        after = float(np.median(figure[begin:end]))
        wide = float(mad(window[:cut])) if cut > 3 else float(spread[n])
        found.append(Step(int(at[begin]), int(at[end - 1]) + 1, back, after, wide, end - begin))
        blocked = max(blocked, end - before // 2)
    return found


def _split(window: Floats, least: int) -> int:
    """Return the position that parts a window into two levels."""
    size = len(window)
    sums, squares = np.cumsum(window), np.cumsum(window**2)
    cuts = np.arange(max(least, 2), size - 2)
    left = squares[cuts - 1] - sums[cuts - 1] ** 2 / cuts
    rest = size - cuts
    right = (squares[-1] - squares[cuts - 1]) - (sums[-1] - sums[cuts - 1]) ** 2 / rest
    return int(cuts[np.argmin(left + right)])


def _lasting(flags: Flags) -> int:
    """Return how long a run lasts that single odd days (two of five) do not end."""
    if len(flags) < 5:
        return max(1, len(flags))
    kept = sliding_window_view(flags, 5).mean(axis=1) >= 0.6
    stop = np.flatnonzero(~kept)
    end = len(flags) if len(stop) == 0 else int(stop[0]) + 2
    return max(1, end)
