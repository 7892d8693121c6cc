"""How far the hours at the edges of a gap speak for the hours inside.

What a measured hour lies above the estimate, the next hour mostly does, too. Between two known
edges the deviation is led across as an Ornstein-Uhlenbeck bridge (Gillespie, Physical Review E
54, 1996): near an edge it follows that edge, in the middle of a long gap it is nought.
"""

from __future__ import annotations

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Ints

__all__ = ["Memory", "bridge", "memory"]

EDGE_S = 7200
"""Measured time on either side that a deviation is read from."""


class Memory:
    """How long a deviation lasts.

    Parameters
    ----------
    share
        Part of a deviation that lasts at all, 0–1; the rest is noise of single intervals.
    slots
        Intervals after which it has gone down to 37 %.
    scale
        Usual deviation per kind of day (closed, open) and slot.
    """

    def __init__(self, share: float, slots: float, scale: Array) -> None:
        self.share, self.slots, self.scale = share, slots, scale


def memory(errors: Array, open_: np.ndarray, step_s: int) -> Memory:
    """Learn the memory of a series from the errors of its days (days × slots)."""
    slots = errors.shape[1]
    scale = np.empty((2, slots))
    overall = np.nanmean(np.abs(errors)) + 1e-9
    for state in (0, 1):
        chosen = errors[open_ == bool(state)]
        scale[state] = np.abs(chosen).mean(axis=0) if len(chosen) >= 5 else overall
    scale = np.maximum(scale, 0.1 * overall)
    if slots < 4:
        return Memory(0.0, 1.0, scale)
    z = (errors / scale[open_.astype(int)]).clip(-4, 4)
    far = max(2, round(3 * 3600 / step_s))
    near_r, far_r = _correlation(z, 1), _correlation(z, far)
    if near_r <= 0.05:
        return Memory(0.0, 1.0, scale)
    far_r = float(np.clip(far_r, 0.02, 0.98 * near_r))
    lasting = (far - 1) / np.log(near_r / far_r)
    return Memory(min(1.0, near_r * np.exp(1 / lasting)), lasting, scale)


def _correlation(z: Array, lag: int) -> float:
    return float((z[:, :-lag] * z[:, lag:]).mean() / ((z**2).mean() + 1e-12))


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
    lasting = (
        np.nan_to_num(left)[:, None] * from_left + np.nan_to_num(right)[:, None] * from_right
    )
    return np.asarray(kept.share * lasting * scale[:, inside])


def _mean(values: Array) -> Array:
    known = ~np.isnan(values)
    number = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(number > 0, total / np.maximum(number, 1), np.nan)


def block_scale(kept: Memory, open_: np.ndarray, starts: Ints, length: int) -> Array:
    """Return the usual deviation of blocks: blocks × (days · slots)."""
    days = np.minimum(starts[:, None] + np.arange(length), len(open_) - 1)
    return kept.scale[open_[days].astype(int)].reshape(len(starts), -1)
