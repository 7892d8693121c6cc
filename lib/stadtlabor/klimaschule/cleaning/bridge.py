"""How far the hours at the edges of a gap speak for the hours inside.

What a measured hour lies above the estimate, the next hour mostly does, too. Between two known
edges the deviation is led across as an Ornstein-Uhlenbeck bridge (Gillespie, Physical Review E
54, 1996): near an edge it follows that edge, in the middle of a long gap it is nought.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Flags, Ints

__all__ = ["Memory", "block_scale", "bridge", "learn", "scales"]

EDGE_S = 7200
"""Measured time on either side that a deviation is read from."""


SHARES = (0.25, 0.5, 0.75, 1.0)
LASTING_H = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Memory:
    """How long a deviation lasts.

    Attributes
    ----------
    share
        Part of a deviation that lasts at all, 0–1; the rest is noise of single intervals.
    slots
        Intervals after which it has gone down to 37 %.
    """

    share: float
    slots: float


def scales(errors: Array, open_: Flags) -> Array:
    """Return the usual deviation per kind of day (closed, open) and slot: 2 × slots.

    Parameters
    ----------
    errors
        Days × slots; NaN where nothing is known.
    open_
        True for school days.
    """
    size = np.abs(errors)
    known = size[np.isfinite(size)]
    overall = float(known.mean()) + 1e-9 if len(known) else 1.0
    result = np.full((2, errors.shape[1]), overall)
    for state in (0, 1):
        chosen = size[(open_ == bool(state)) & np.isfinite(size).all(axis=1)]
        if len(chosen) >= 5:
            result[state] = chosen.mean(axis=0)
    return np.asarray(np.maximum(result, 0.1 * overall))


def learn(
    errors: Array, before: Array, after: Array, scale: Array, first: int, last: int, step_s: int
) -> Memory:
    """Choose the memory that would have helped most for this gap at other places.

    Parameters and shapes as for :func:`bridge`.
    """
    inside = errors[:, first : last + 1]
    best, least = Memory(0.0, 1.0), float(np.nansum(np.abs(inside)))
    for share in SHARES:
        for hours in LASTING_H:
            kept = Memory(share, hours * 3600 / step_s)
            led = bridge(errors, before, after, scale, first, last, kept, step_s)
            left = float(np.nansum(np.abs(inside - led)))
            if left < least:
                best, least = kept, left
    return best


def bridge(
    errors: Array, before: Array, after: Array, scale: Array, first: int, last: int,
    kept: Memory, step_s: int,
) -> Array:  # fmt: skip
    """Return the part of the errors inside a gap that its edges foretell.

    Parameters
    ----------
    errors
        Blocks × (days · slots): deviations of the touched days; only those outside the gap are
        read.
    before, after
        Blocks × slots: deviations of the day before and after.
    scale
        Blocks × (days · slots): usual deviation.
    first, last
        First and last interval of the gap within the block.
    kept
        The series' memory.
    step_s
        Length of an interval, seconds.

    Returns
    -------
    ndarray
        Blocks × intervals of the gap.
    """
    slots = before.shape[1]
    inside = np.arange(first, last + 1)
    if kept.share == 0:
        return np.zeros((len(errors), len(inside)))
    wide = np.concatenate([before, errors, after], axis=1) / np.concatenate(
        [scale[:, :slots], scale, scale[:, -slots:]], axis=1
    )
    some = max(1, EDGE_S // step_s)
    begin, end = first + slots, last + slots
    left = _mean(wide[:, max(0, begin - some) : begin])
    right = _mean(wide[:, end + 1 : end + 1 + some])
    a = (inside - first + 1) / kept.slots
    b = (last - inside + 1) / kept.slots
    # sinh(b) / sinh(a + b), written so that long gaps do not overflow
    whole = -np.expm1(-2 * (a + b))
    from_left = np.exp(-a) * -np.expm1(-2 * b) / whole
    from_right = np.exp(-b) * -np.expm1(-2 * a) / whole
    only_left, only_right = np.isnan(right)[:, None], np.isnan(left)[:, None]
    from_left = np.where(only_left, np.exp(-a), from_left)
    from_right = np.where(only_right, np.exp(-b), from_right)
    lasting = np.nan_to_num(left)[:, None] * from_left + np.nan_to_num(right)[:, None] * from_right
    return np.asarray(kept.share * lasting * scale[:, inside])


def _mean(values: Array) -> Array:
    known = ~np.isnan(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def block_scale(scale: Array, open_: Flags, starts: Ints, length: int) -> Array:
    """Return the usual deviation of blocks: blocks × (days · slots)."""
    days = np.minimum(starts[:, None] + np.arange(length), len(open_) - 1)
    return np.asarray(scale[open_[days].astype(int)].reshape(len(starts), -1))
