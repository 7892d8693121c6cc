"""The errors of estimates that we can check, gathered as a model for those that we cannot.

For a gap of some days the same number of measured days is left out everywhere else in the series
and estimated; what that gets wrong is a fair sample of what the filling gets wrong. Near, alike
and equally cold days count more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.days import Days
from stadtlabor.klimaschule.cleaning.grid import Array, Ints
from stadtlabor.klimaschule.cleaning.similarity import Traits, settings
from stadtlabor.klimaschule.cleaning.typical import centre, nearest

__all__ = ["Samples", "one_sided", "two_sided"]

TIMES, DAYS_APART = 2, 4
"""How often a day is left out, and how many days apart blocks begin; where the series is long."""

LEAST_DAYS, LEAST_BLOCKS, SHORT_BLOCKS = 900, 30, 150
"""Where the series is short: least days left out in all; least blocks, and most short blocks."""

REACH_DAYS = 183
ONE_SIDED = 40
"""Blocks for gaps at an end of the series: each needs a fit of its own."""

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""How far an estimate may be drawn to the median of the nearest alike days."""

LITTLE = 0.05
"""Blocks whose error is a smaller part of the usual one weigh no more for it."""

TRUST_DAYS, EVERYWHERE = 20, 0.3
"""Blocks near a gap show what holds there; the weight of all blocks together, relative to them."""


@dataclass(frozen=True)
class Samples:
    """Measured minus estimated for blocks of days that were left out.

    Attributes
    ----------
    starts
        First day of each block.
    errors
        Blocks × days × slots, in the unit of the meter.
    before, after
        Error of the day before and after the block when it is left out, too: blocks × slots.
    beside
        Median of the nearest alike days minus estimate, from the day before each block to the day
        after it: blocks × (days + 2) × slots; NaN where they are not asked.
    """

    starts: Ints
    errors: Array
    before: Array
    after: Array
    beside: Array

    def share(self, day: int) -> float:
        """Return how far the nearest alike days are to be followed in a gap that begins on ``day``.

        What would have been best for the blocks around counts most (stacking: Wolpert, Neural
        Networks 5, 1992; here with weights by nearness). 0 keeps the estimate, 1 replaces it.
        """
        known = np.isfinite(self.beside[:, 1:-1]).any(axis=(1, 2))
        if not known.any():
            return 0.0
        starts, errors, beside = self.starts[known], self.errors[known], self.beside[known, 1:-1]
        far = np.maximum(0, np.abs(starts - day) - errors.shape[1])
        weight = np.exp(-far / TRUST_DAYS)
        weight = weight / weight.sum() + EVERYWHERE / len(weight)
        missed = np.array(
            [np.nanmean(np.abs(errors - share * beside), axis=(1, 2)) for share in SHARES]
        )
        # A block of a busy time must not outvote several of a calm time.
        usual = missed.mean(axis=0)
        missed = missed / np.sqrt(usual + LITTLE * usual.mean() + 1e-12)
        return SHARES[int(np.argmin(missed @ weight))]

    def moved(self, share: float) -> Samples:
        """Return the errors that are left when estimates follow the nearest days by ``share``."""
        if not share:
            return self
        step = share * self.beside
        return Samples(
            self.starts, self.errors - step[:, 1:-1], self.before - step[:, 0],
            self.after - step[:, -1], (1 - share) * self.beside,
        )  # fmt: skip


def two_sided(days: Days, traits: Traits, kind: str, length: int) -> Samples:
    """Leave out blocks of ``length`` days and estimate them from both sides."""
    days_out = max(LEAST_DAYS, TIMES * len(days.table))
    short = max(SHORT_BLOCKS, len(days.table) // DAYS_APART)
    most = int(np.clip(days_out // length, LEAST_BLOCKS, short))
    possible = max(1, len(days.table) - length + 1)
    starts = np.unique(np.linspace(0, possible - 1, min(most, possible)).astype("int64"))
    found, kept = [], []
    for start in starts:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        plain, near, others = days.left_out(block)
        among = days.rows[~np.isin(days.rows, block)]
        found.append(_trial(days, traits, kind, block, among, plain, near, others))
        kept.append(start)
    return _samples(found, kept, length, days.table.shape[1])


def one_sided(
    days: Days, traits: Traits, kind: str, length: int, direction: int, near_day: int
) -> Samples:
    """Leave out blocks and all that comes after them (``direction`` 1) or before them (-1).

    Every second block is taken, beginning with those nearest to ``near_day``.
    """
    every = np.arange(len(days.table) - length + 1)
    every = every[np.argsort(np.abs(every - near_day), kind="stable")]
    found, kept = [], []
    for start in every[::2]:
        block = np.arange(start, start + length)
        if (days.position[block] < 0).mean() > 0.5:
            continue
        edge = start - 1 if direction > 0 else start + length
        ahead = (edge - days.rows) * direction
        among = np.flatnonzero((ahead >= 0) & (ahead <= REACH_DAYS))
        if len(among) < 10:
            continue
        estimate, near, others = days.foretold(block, among)
        plain = days.table[block] - estimate
        plain[days.position[block] < 0] = np.nan
        rows = days.rows[among]
        found.append(_trial(days, traits, kind, block, rows, plain, near, others))
        kept.append(start)
        if len(kept) >= ONE_SIDED:
            break
    order = np.argsort(kept)
    return _samples(
        [found[at] for at in order], [kept[at] for at in order], length, days.table.shape[1]
    )


def _trial(
    days: Days, traits: Traits, kind: str, block: Ints, among: Ints, plain: Array, near: Ints,
    others: Array,
) -> Array:  # fmt: skip
    """Return the errors of the day before, of the block and of the day after, and ``beside``."""
    slots, asked = plain.shape[1], settings(kind)["nearest"]
    result = np.full((2, len(block) + 2, slots), np.nan)
    result[0, 1:-1] = days.metered(block, plain - centre(traits, kind, block, near, others))
    if asked:
        result[1, 1:-1] = _beside(days, traits, kind, block, among, result[0, 1:-1])
    if slots > 1:  # a daily series has no hours to be led up to
        for row, day in ((0, block[0] - 1), (-1, block[-1] + 1)):
            at = np.flatnonzero(near == day)
            if len(at):
                rest = near != day
                typical = centre(traits, kind, near[at], near[rest], others[rest])
                result[0, row] = days.metered(near[at], others[at] - typical)[0]
                if asked:
                    beside = _beside(days, traits, kind, near[at], among, result[0, [row]])
                    result[1, row] = beside[0]
    return result


def _beside(
    days: Days, traits: Traits, kind: str, wanted: Ints, among: Ints, errors: Array
) -> Array:
    """Return the median of the nearest alike days minus the estimate that had ``errors``."""
    estimate = days.scale.back(days.table[wanted]) - errors
    return nearest(days, traits, kind, wanted, among) - estimate


def _samples(found: list[Array], kept: list[int], length: int, slots: int) -> Samples:
    stack = np.array(found) if found else np.empty((0, 2, length + 2, slots))
    errors, beside = stack[:, 0], stack[:, 1]
    return Samples(
        np.array(kept, dtype="int64"), errors[:, 1:-1], errors[:, 0], errors[:, -1], beside
    )
