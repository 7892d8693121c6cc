"""The band around an estimate, measured on the series itself (conformal prediction).

The errors of blocks that were left out (:mod:`samples`) give a band for every interval of a gap
and the paths that whole gaps may take. Whether nine of ten values really lie inside is checked on
further left-out blocks, and the band is widened or narrowed by one factor accordingly (Romano,
Patterson and Candès, Conformalized quantile regression, NeurIPS 2019). A meter that never counts
backwards sets the band a bottom: where it reaches down to nought, all misses lie above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.bridge import Memory, block_scale, bridge, learn, scales
from stadtlabor.klimaschule.cleaning.days import fit
from stadtlabor.klimaschule.cleaning.grid import Array, Flags, Grid, Ints, Kind
from stadtlabor.klimaschule.cleaning.places import fold, pool
from stadtlabor.klimaschule.cleaning.samples import Samples, one_sided, two_sided
from stadtlabor.klimaschule.cleaning.similarity import Traits
from stadtlabor.klimaschule.cleaning.typical import centre, nearest, quantiles, weights

__all__ = ["Band", "Stretch"]

COVERAGE = 0.9
LEVELS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
PATHS = 300
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
    nonnegative
        True where the meter never counts backwards: no estimate lies below nought.
    """

    def __init__(
        self, table: Array, rows: Ints, traits: Traits, kind: Kind, offset: int, step_s: int,
        nonnegative: bool,
    ) -> None:  # fmt: skip
        self.days = fit(table, rows, traits, kind)
        self.traits, self.kind, self.offset, self.step_s = traits, kind, offset, step_s
        self.table, self.lowest = table, 0.0 if nonnegative else -np.inf
        measured = np.unique(table[rows])
        steps = np.diff(measured)
        steps = steps[steps > 1e-9]
        # Not the least: where the clock changed or a hole was bridged stand values between steps.
        self.resolution = float(np.quantile(steps, 0.1)) if len(steps) else 0.0
        self._samples: dict[tuple[int, int, int], Samples] = {}
        self._factors: dict[tuple[float, ...], tuple[float, float]] = {}

    def band(self, grid: Grid, first: int, last: int) -> Band:
        """Estimate the intervals ``first`` to ``last`` of the grid."""
        slots = grid.slots
        touched = np.arange(grid.day[first], grid.day[last] + 1) - self.offset
        rows = self.days.rows
        direction = 0
        if not (rows > touched[-1]).any():
            direction = 1
        elif not (rows < touched[0]).any():
            direction = -1
        key, plain = self._left_out(touched, direction)
        share = plain.share(int(touched[0]))
        samples = plain.moved(share)
        length = samples.errors.shape[1]
        # Positions of the gap within its days, and within the left-out blocks.
        cell = (grid.day[first : last + 1] - grid.day[first]) * slots + grid.slot[first : last + 1]
        number = cell // slots
        place = fold(number, len(touched), length) * slots + cell % slots
        scale = _scale(samples, self.traits.open)
        errors, kept = self._residuals(samples, scale, int(place[0]), int(place[-1]))
        value = self._bridged(touched, share, scale, kept, int(cell[0]), int(cell[-1]))
        value = value[cell - cell[0]]
        value = np.maximum(self.lowest, value)
        below, above = np.empty(len(cell)), np.empty(len(cell))
        block_weight = np.zeros(len(samples.starts))
        for row, day in enumerate(touched):
            mine = np.flatnonzero(number == row)
            if not len(mine):
                continue
            offset = int(place[mine[0]] // slots)
            block_weight += np.log(self._weight(int(day), samples.starts + offset))
            errors_of, of_day = pool(errors, samples.starts, offset, self.kind)
            below[mine], above[mine] = self._sides(
                errors_of[:, cell[mine] % slots], self._weight(int(day), of_day), value[mine]
            )
        wide, wide_total = self._widths((*key, share), samples)
        low, high = np.maximum(self.lowest, value - wide * below), value + wide * above
        flat = errors.reshape(len(errors), -1)[:, place]
        paths = self._paths(flat, block_weight / len(touched), wide_total)
        return Band(value, low, high, paths, direction)

    def _sides(
        self, errors: Array, weight: Array, value: Array, order: Ints | None = None
    ) -> tuple[Array, Array]:
        """Return how far the band reaches below and above the estimate ``value``."""
        low, most, high = quantiles(errors, weight, (LEVELS[0], COVERAGE, LEVELS[1]), order)
        below = np.maximum(0.0, -low)
        # Where the band begins at nought nothing can lie below it: all misses lie above.
        above = np.where(value - below <= self.lowest, most, high)
        return below, np.maximum(0.0, above)

    def _weight(self, day: int, others: Ints) -> Array:
        return weights(self.traits, self.kind, day, others.clip(0, len(self.traits.kind) - 1))

    def _left_out(self, touched: Ints, direction: int) -> tuple[tuple[int, int, int], Samples]:
        most = max(1, len(self.days.rows) // 3)
        length = next((n for n in LENGTHS if n >= len(touched)), LENGTHS[-1])
        length = max(n for n in LENGTHS if n <= max(1, min(length, most)))
        near = 0 if direction == 0 else int(touched[0])
        key = (length, direction, near)
        if key not in self._samples:
            samples = None
            if direction:
                samples = one_sided(self.days, self.traits, self.kind, length, direction, near)
            if samples is None or len(samples.starts) < 10:
                samples = two_sided(self.days, self.traits, self.kind, length)
            self._samples[key] = samples
        return key, self._samples[key]

    def _bridged(
        self, touched: Ints, share: float, scale: Array, kept: Memory, first: int, last: int
    ) -> Array:
        """Return the estimate of the gap's intervals, led up to the measured edges."""
        days, slots = self.days, self.days.table.shape[1]
        plain, near, others = days.estimate(touched)
        centred = days.scale.back(plain + centre(self.traits, self.kind, touched, near, others))
        typical = self._followed(touched, touched, share, centred)
        # Days with a short gap are examples, too: what is known of them lies around the gap.
        errors = days.scale.back(days.table[touched]) - typical
        sides = []
        for day in (touched[0] - 1, touched[-1] + 1):
            at, rest = near == day, near != day
            side = np.full((1, slots), np.nan)
            if at.any():
                missed = others[at] - centre(self.traits, self.kind, near[at], near[rest],
                                             others[rest])  # fmt: skip
                measured = days.table[near[at]]
                centred = days.scale.back(measured - missed)
                side = days.scale.back(measured) - self._followed(near[at], touched, share, centred)
            sides.append(side)
        wide = block_scale(scale, self.traits.open, touched[:1], len(touched))
        led = bridge(
            errors.reshape(1, -1), sides[0], sides[1], wide, first, last, kept, self.step_s
        )
        return np.asarray(typical.reshape(-1)[first : last + 1] + led[0])

    def _followed(self, wanted: Ints, touched: Ints, share: float, estimate: Array) -> Array:
        """Return ``estimate`` drawn by ``share`` to the nearest alike days outside the gap."""
        if not share:
            return estimate
        among = self.days.rows[~np.isin(self.days.rows, touched)]
        beside = nearest(self.days, self.traits, self.kind, wanted, among)
        return np.asarray(estimate + share * (beside - estimate))

    def _residuals(
        self, samples: Samples, scale: Array, first: int, last: int
    ) -> tuple[Array, Memory]:
        """Return the errors of left-out blocks after leading them up to their edges."""
        blocks, length, slots = samples.errors.shape
        flat = samples.errors.reshape(blocks, -1).copy()
        wide = block_scale(scale, self.traits.open, samples.starts, length)
        edges = samples.before, samples.after
        kept = learn(flat, *edges, wide, first, last, self.step_s)
        flat[:, first : last + 1] -= bridge(flat, *edges, wide, first, last, kept, self.step_s)
        # An estimate below nought is raised to nought: then all that was measured is missing.
        measured = self.table[samples.starts[:, None] + np.arange(length)].reshape(blocks, -1)
        flat = np.minimum(flat, measured - self.lowest)
        return flat.reshape(blocks, length, slots), kept

    def _widths(self, key: tuple[float, ...], samples: Samples) -> tuple[float, float]:
        """Return the factors that make the bands of intervals and of sums hold nine of ten."""
        if key in self._factors:
            return self._factors[key]
        blocks, length, slots = samples.errors.shape
        scale = _scale(samples, self.traits.open)
        errors, _ = self._residuals(samples, scale, 0, length * slots - 1)
        offsets = np.unique(np.linspace(0, length - 1, min(length, 5)).astype(int))
        floor = max(self.resolution, 1e-9) / 2
        single: list[Array] = []
        sums: list[float] = []
        totals = np.nansum(errors, axis=(1, 2))[:, None]
        pools = {int(n): pool(errors, samples.starts, int(n), self.kind) for n in offsets}
        orders = {n: np.argsort(errors_of, axis=0) for n, (errors_of, _) in pools.items()}
        for at, start in enumerate(samples.starts):
            apart = np.abs(samples.starts - start) >= length
            if apart.sum() < 5:
                continue
            weight_total = np.zeros(int(apart.sum()))
            for offset, (errors_of, of_day) in pools.items():
                day = int(start + offset)
                weight_total += np.log(self._weight(day, samples.starts[apart] + offset))
                off = errors[at, offset]
                value = self.table[day] - off
                # Blocks that share days with this one say nothing: they have no weight.
                others = np.repeat(apart, len(of_day) // blocks)
                weight = np.where(others, self._weight(day, of_day), 0.0)
                below, above = self._sides(errors_of, weight, value, orders[offset])
                width = np.where(off > 0, above, below)
                # A boiler that is off at night and all summer has a band of nought, which no factor
                # makes wider: neither its hits nor its misses say anything about the factor.
                telling = np.isfinite(off) & (above + below >= floor)
                # The meter counts in steps: the true value may lie half a step nearer.
                far = np.maximum(0.0, np.abs(off[telling]) - floor)
                single.append(far / np.maximum(width[telling], floor))
            chances = _normed(weight_total / len(offsets))
            low, high = quantiles(totals[apart], chances, LEVELS)[:, 0]
            mid = float(np.sum(chances * totals[apart, 0]) / chances.sum())
            off_total = float(totals[at, 0]) - mid
            width_total = high - mid if off_total > 0 else mid - low
            if abs(off_total) >= floor:
                sums.append(abs(off_total) / max(float(width_total), floor))
        factors = (
            # The hours of a day err together: a day counts once.
            _factor(np.concatenate(single) if single else np.empty(0), blocks * len(offsets)),
            _factor(np.array(sums), max(2, min(len(sums), len(self.days.rows) // length))),
        )
        self._factors[key] = factors
        return factors

    def _paths(self, errors: Array, log_weight: Array, wide: float) -> Array:
        """Draw whole left-out blocks, the likely ones more often."""
        weight = _normed(log_weight) * ~np.isnan(errors).all(axis=1)
        reach = np.cumsum(weight) / weight.sum()
        at = np.searchsorted(reach, (np.arange(PATHS) + 0.5) / PATHS)
        paths = np.nan_to_num(errors[at.clip(0, len(errors) - 1)])
        middle = paths.mean(axis=0)
        return np.asarray(middle + wide * (paths - middle), dtype="float32")


def _scale(samples: Samples, open_: Flags) -> Array:
    length, slots = samples.errors.shape[1:]
    days = (samples.starts[:, None] + np.arange(length)).ravel().clip(0, len(open_) - 1)
    return scales(samples.errors.reshape(-1, slots), open_[days])


def _normed(log_weight: Array) -> Array:
    return np.asarray(np.exp(log_weight - log_weight.max()))


def _factor(scores: Array, independent: int) -> float:
    """Return the factor that ``COVERAGE`` of the scores lie under, for a sample of this size."""
    if len(scores) < 5:
        return 1.5
    level = min(1.0, COVERAGE * (1 + 1 / independent))
    return float(np.clip(np.quantile(scores, level), 0.5, 4.0))
