"""The band around an estimate, measured on the series itself (conformal prediction).

The errors of blocks that were left out (:mod:`samples`) give a band for every interval of a gap
and the paths that whole gaps may take. Whether nine of ten values really lie inside is checked on
further left-out blocks, and the band is widened or narrowed by one factor accordingly (Romano,
Patterson and Candès, Conformalized quantile regression, NeurIPS 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.bridge import block_scale, bridge, memory
from stadtlabor.klimaschule.cleaning.days import fit
from stadtlabor.klimaschule.cleaning.grid import Array, Grid, Ints, Kind
from stadtlabor.klimaschule.cleaning.samples import (
    Samples,
    one_sided,
    quantiles,
    two_sided,
    weights,
)
from stadtlabor.klimaschule.cleaning.similarity import Traits

__all__ = ["Band", "Stretch"]

COVERAGE = 0.9
LEVELS = ((1 - COVERAGE) / 2, 0.5, (1 + COVERAGE) / 2)
PATHS = 300
CHECKS = 48
"""Left-out blocks that the width of the band is checked on."""

LENGTHS = (1, 2, 3, 4, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180, 365)
"""Days; a gap is judged by blocks of the next length."""


@dataclass(frozen=True)
class Band:
    """Estimate of the intervals of one gap.

    Attributes
    ----------
    value, low, high
        Per interval.
    paths
        Possible errors of the intervals: paths × intervals.
    direction
        0 where both sides of the gap are measured, 1 only the past, -1 only the future.
    """

    value: Array
    low: Array
    high: Array
    paths: Array
    direction: int


class Stretch:
    """Days that are worked on together.

    Parameters
    ----------
    table
        Days × slots, complete for ``rows``.
    rows
        Example days.
    traits
        Traits of the days.
    kind
        What is metered.
    offset
        Number of the first day within the whole series.
    step_s
        Length of an interval, seconds.
    """

    def __init__(
        self, table: Array, rows: Ints, traits: Traits, kind: Kind, offset: int, step_s: int
    ) -> None:
        self.days = fit(table, rows, traits, kind)
        self.traits, self.kind, self.offset, self.step_s = traits, kind, offset, step_s
        alone = self.days.weighted / np.diag(self.days.inverse)[:, None]
        self.memory = memory(alone, traits.open[rows], step_s)
        measured = np.unique(table[rows])
        steps = np.diff(measured)
        self.resolution = float(steps[steps > 1e-9].min()) if (steps > 1e-9).any() else 0.0
        self._samples: dict[tuple[int, int, int], Samples] = {}
        self._factors: dict[tuple[int, int, int], tuple[float, float]] = {}

    def band(self, grid: Grid, first: int, last: int, nonnegative: bool) -> Band:
        """Estimate the intervals ``first`` to ``last`` of the grid."""
        slots = grid.slots
        touched = np.arange(grid.day[first], grid.day[last] + 1) - self.offset
        rows = self.days.rows
        direction = 0
        if not (rows > touched[-1]).any():
            direction = 1
        elif not (rows < touched[0]).any():
            direction = -1
        key, samples = self._left_out(touched, direction)
        length = samples.errors.shape[1]
        # Positions of the gap within its block; a longer gap than the blocks repeats their middle.
        cell = (grid.day[first : last + 1] - grid.day[first]) * slots + grid.slot[first : last + 1]
        estimate = self._bridged(touched, int(cell[0]), int(cell[-1]))
        place = _fold(cell // slots, len(touched), length) * slots + cell % slots
        errors = self._residuals(samples, int(place[0]), int(place[-1]))
        errors = errors[:, place]
        shift, below, above = np.empty(len(cell)), np.empty(len(cell)), np.empty(len(cell))
        block_weight = np.zeros(len(samples.starts))
        for number, day in enumerate(touched):
            mine = np.flatnonzero(cell // slots == number)
            if not len(mine):
                continue
            others = samples.starts + int(_fold(np.array([number]), len(touched), length)[0])
            weight = weights(self.traits, self.kind, int(day), others)
            block_weight += np.log(weight)
            near = weights(self.traits, self.kind, int(day), others, "centre")
            centre, under, over = _split(errors[:, mine], near, weight)
            shift[mine], below[mine], above[mine] = centre, under, over
        wide, wide_total = self._widths(key, samples)
        value = estimate[cell - cell[0]] + np.nan_to_num(shift)
        if nonnegative:
            value = np.maximum(0.0, value)
        low, high = value - wide * below, value + wide * above
        if nonnegative:
            low, high = np.maximum(0.0, low), np.maximum(0.0, high)
        paths = self._paths(errors - shift, block_weight / len(touched), wide_total)
        return Band(value, low, high, paths, direction)

    def _left_out(self, touched: Ints, direction: int) -> tuple[tuple[int, int, int], Samples]:
        most = max(1, len(self.days.rows) // 3)
        length = next(n for n in (*LENGTHS, 10_000) if n >= len(touched))
        length = max(n for n in LENGTHS if n <= max(1, min(length, most)))
        near = 0 if direction == 0 else int(touched[0])
        key = (length, direction, near)
        if key not in self._samples:
            samples = (
                one_sided(self.days, length, direction, near) if direction else None
            )
            if samples is None or len(samples.starts) < 10:
                samples = two_sided(self.days, length)
            self._samples[key] = samples
        return key, self._samples[key]

    def _bridged(self, touched: Ints, first: int, last: int) -> Array:
        """Return the estimate of the gap's intervals, led up to the measured edges."""
        days = self.days
        plain = days.estimate(touched).reshape(1, -1)
        errors = np.where(
            np.isin(touched, days.rows)[:, None], days.table[touched] - plain.reshape(len(touched), -1),
            np.nan,
        ).reshape(1, -1)  # fmt: skip
        errors[:, first : last + 1] = np.nan
        sides = []
        for day in (touched[0] - 1, touched[-1] + 1):
            inside = 0 <= day < len(days.table)
            sides.append(
                days.left_out(np.array([day])) if inside
                else np.full((1, days.table.shape[1]), np.nan)
            )  # fmt: skip
        scale = block_scale(self.memory, self.traits.open, touched[:1], len(touched))
        led = bridge(errors, *sides, scale, first, last, self.memory, self.step_s)
        return np.asarray((plain[:, first : last + 1] + led)[0])

    def _residuals(self, samples: Samples, first: int, last: int) -> Array:
        """Return the errors of left-out blocks after leading them up to their edges."""
        blocks, length, slots = samples.errors.shape
        flat = samples.errors.reshape(blocks, -1).copy()
        scale = block_scale(self.memory, self.traits.open, samples.starts, length)
        led = bridge(
            flat, samples.before, samples.after, scale, first, last, self.memory, self.step_s
        )
        flat[:, first : last + 1] -= led
        return flat

    def _widths(self, key: tuple[int, int, int], samples: Samples) -> tuple[float, float]:
        """Return the factors that make the bands of intervals and of sums hold nine of ten."""
        if key in self._factors:
            return self._factors[key]
        blocks, length, slots = samples.errors.shape
        errors = self._residuals(samples, 0, length * slots - 1).reshape(blocks, length, slots)
        offsets = np.unique(np.linspace(0, length - 1, min(length, 5)).astype(int))
        chosen = np.unique(np.linspace(0, blocks - 1, min(blocks, CHECKS)).astype(int))
        single, sums = [], []
        totals = np.nansum(errors[:, offsets], axis=(1, 2))
        floor = max(self.resolution, 1e-9)
        for at in chosen:
            start = samples.starts[at]
            apart = np.abs(samples.starts - start) >= length
            if apart.sum() < 5:
                continue
            others = samples.starts[apart]
            weight_total, shifts = np.zeros(len(others)), 0.0
            for offset in offsets:
                weight = weights(self.traits, self.kind, int(start + offset), others + offset)
                weight_total += np.log(weight)
                near = weights(
                    self.traits, self.kind, int(start + offset), others + offset, "centre"
                )
                middle, under, over = _split(errors[apart, offset], near, weight)
                off = errors[at, offset] - middle
                width = np.where(off > 0, over, under)
                # A boiler that is off all summer is no proof of a good band.
                telling = np.isfinite(off) & ~((np.abs(off) < floor / 2) & (width < floor / 2))
                single.append(np.abs(off[telling]) / np.maximum(width[telling], floor / 2))
                shifts += float(np.nansum(middle))
            q = quantiles(totals[apart, None], np.exp(weight_total / len(offsets)), LEVELS)[:, 0]
            off = totals[at] - q[1]
            width = q[2] - q[1] if off > 0 else q[1] - q[0]
            if abs(off) > floor / 2:
                sums.append(abs(off) / max(width, floor / 2))
        factors = (_factor(np.concatenate(single) if single else np.empty(0), 200),
                   _factor(np.array(sums), max(2, min(len(sums), blocks // length))))  # fmt: skip
        self._factors[key] = factors
        return factors

    def _paths(self, errors: Array, log_weight: Array, wide: float) -> Array:
        weight = np.exp(log_weight - log_weight.max()) * ~np.isnan(errors).all(axis=1)
        reach = (np.cumsum(weight) / weight.sum()).clip(0, 1)
        at = np.searchsorted(reach, (np.arange(PATHS) + 0.5) / PATHS)
        paths = np.nan_to_num(errors[at.clip(0, len(errors) - 1)])
        centre = paths.mean(axis=0)
        return np.asarray(centre + wide * (paths - centre), dtype="float32")


def _split(errors: Array, near: Array, weight: Array) -> tuple[Array, Array, Array]:
    """Return the median of the near errors and how far the others reach below and above it."""
    centre = quantiles(errors, near, (0.5,))[0]
    low, high = quantiles(errors - centre, weight, (LEVELS[0], LEVELS[2]))
    return centre, np.maximum(0.0, -low), np.maximum(0.0, high)


def _fold(number: Ints, days: int, length: int) -> Ints:
    """Return the place within a block for the days of a gap: the same distance to the edge."""
    from_end = days - 1 - number
    place = np.where(number <= from_end, number, length - 1 - from_end)
    middle = (length - 1) // 2
    near_begin = (number <= from_end) & (number > middle)
    near_end = (number > from_end) & (place < middle)
    return np.asarray(np.where(near_begin | near_end, middle, place), dtype="int64")


def _factor(scores: Array, independent: int) -> float:
    """Return the factor that ``COVERAGE`` of the scores lie under, for a sample of this size."""
    if len(scores) < 5:
        return 1.5
    level = min(1.0, COVERAGE * (1 + 1 / independent))
    return float(np.clip(np.quantile(scores, level), 0.5, 4.0))
