"""What a day without measurements would have used, told from all measured days.

The estimate is a mean of all measured days, weighted by what they have in common with the missing
one (kriging: the best linear estimate under :func:`similarity.covariance`). What it gets wrong
when it must do without days that *are* measured follows from the same matrix, without a second
fit: leaving out the days B changes the estimate by ``inv(inverse[B, B]) @ weighted[B]`` (Dubrule,
Cross validation of kriging in a unique neighborhood, Mathematical Geology 15, 1983). The same shows
whether a meter is better compared in amounts or in factors (:mod:`scale`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array, Flags, Ints
from stadtlabor.klimaschule.cleaning.scale import PLAIN, Scale, proportional
from stadtlabor.klimaschule.cleaning.similarity import Traits, covariance, settings

__all__ = ["Days", "fit", "usable"]

ODD_DAYS = 45
"""A day is odd beside days of the same season, not beside a summer without heating."""

ALIKE_DAYS = 3
"""Days of its kind on one side that a day is compared with; fewer may be odd themselves."""

NEAR_DAYS = 60
"""Reach of the days whose own errors correct an estimate."""

TRIAL_DAYS = 7
"""Length of the blocks that are left out to choose a scale."""

MIN_SHARE = 0.75
"""A day with fewer of its values does not tell what a day looks like."""


def usable(table: Array) -> tuple[Ints, Array]:
    """Return the rows that serve as examples and the table with their small holes bridged.

    Parameters
    ----------
    table
        Days × slots, NaN where nothing was measured.
    """
    slots = table.shape[1]
    missing = np.isnan(table)
    rows = np.flatnonzero(missing.mean(axis=1) <= 1 - MIN_SHARE)
    flat = table.ravel()
    known = np.flatnonzero(~np.isnan(flat))
    bridged = table.copy()
    if len(known):
        every = np.arange(flat.size)
        line = np.interp(every, known, flat[known]).reshape(-1, slots)
        holes = missing & np.isin(np.arange(len(table)), rows)[:, None]
        bridged[holes] = line[holes]
    return rows, bridged


@dataclass(frozen=True)
class Part:
    """A part of what the examples tell: their level, or the form of the day about it.

    Attributes
    ----------
    noise
        What is a day's own, per example; larger for days that fit nothing else.
    inverse, weighted
        Inverse covariance of the examples, and its product with this part of their values.
    """

    noise: Array
    inverse: Array
    weighted: Array

    def left_out(self, at: Ints, near: Ints) -> tuple[Array, Array]:
        """Return the errors of the examples ``at``, and those of ``near`` left out in addition."""
        weighted, own = self.weighted[near], np.diag(self.inverse)[near]
        if not len(at):
            return np.empty((0, weighted.shape[1])), weighted / own[:, None]
        across = self.inverse[np.ix_(at, near)]
        wanted = np.hstack([self.weighted[at], across])
        both: Array = np.asarray(np.linalg.solve(self.inverse[np.ix_(at, at)], wanted))
        slots = weighted.shape[1]
        weighted = weighted - across.T @ both[:, :slots]
        own = own - (across * both[:, slots:]).sum(axis=0)
        return both[:, :slots], weighted / own[:, None]


@dataclass(frozen=True)
class Days:
    """The measured days of a stretch of time and how they explain each other.

    Attributes
    ----------
    table
        Days × slots on the scale ``scale``, complete for ``rows``.
    rows
        Days that serve as examples.
    position
        Place of each day in ``rows``, -1 if it is no example.
    common
        Covariance of all days of the stretch.
    parts
        What adds up to the values of the examples.
    mean
        Mean day, per slot.
    scale
        Scale of ``table`` and of all estimates and errors below.
    """

    table: Array
    rows: Ints
    position: Ints
    common: Array
    parts: tuple[Part, ...]
    mean: Array
    scale: Scale

    def metered(self, days: Ints, errors: Array) -> Array:
        """Return ``errors`` (measured minus estimated, of ``days``) in the unit of the meter."""
        measured = self.table[days]
        return self.scale.back(measured) - self.scale.back(measured - errors)

    def left_out(self, days: Ints) -> tuple[Array, Ints, Array]:
        """Do without ``days``.

        Returns
        -------
        tuple
            Measured minus estimated for ``days`` (NaN for those that are no examples); the
            examples around them; and measured minus estimated for each of these, when it is left
            out in addition.
        """
        errors = np.full((len(days), self.table.shape[1]), np.nan)
        inside = self.position[days] >= 0
        at = self.position[days[inside]]
        reach = (self.rows >= days[0] - NEAR_DAYS) & (self.rows <= days[-1] + NEAR_DAYS)
        near = np.flatnonzero(reach & ~np.isin(self.rows, days))
        found = [part.left_out(at, near) for part in self.parts]
        errors[inside] = sum(missed for missed, _ in found)
        return errors, self.rows[near], np.asarray(sum(others for _, others in found))

    def estimate(self, days: Ints) -> tuple[Array, Ints, Array]:
        """Return the estimate of ``days`` without their own values, and as :meth:`left_out`."""
        errors, near, others = self.left_out(days)
        weighted = np.asarray(sum(part.weighted for part in self.parts))
        result = self.mean + self.common[np.ix_(days, self.rows)] @ weighted
        inside = self.position[days] >= 0
        result[inside] = self.table[days[inside]] - errors[inside]
        return result, near, others

    def foretold(self, days: Ints, among: Ints) -> tuple[Array, Ints, Array]:
        """Return the same from the examples at the positions ``among`` only."""
        rows = self.rows[among]
        common = self.common[np.ix_(rows, rows)]
        deviation = self.table[rows] - self.mean
        parts = _parts(common, deviation, [part.noise[among] for part in self.parts])
        weighted = np.asarray(sum(part.weighted for part in parts))
        result = self.mean + self.common[np.ix_(days, rows)] @ weighted
        near = np.flatnonzero((rows >= days[0] - NEAR_DAYS) & (rows <= days[-1] + NEAR_DAYS))
        nobody = np.empty(0, dtype="int64")
        others = sum(part.left_out(nobody, near)[1] for part in parts)
        return result, rows[near], np.asarray(others)


def fit(table: Array, rows: Ints, traits: Traits, kind: str) -> Days:
    """Weigh the days of a stretch against each other.

    Odd days (a burst pipe, a forgotten heating) are found by how badly the others explain them
    and then count less. A day that is like those before it or like those after it is not odd: with
    it a new time began or an old one ended.

    Parameters
    ----------
    table
        Days × slots, complete for ``rows``.
    rows
        Days that serve as examples.
    traits
        Traits of the days of ``table``.
    kind
        What is metered.
    """
    p = settings(kind)
    common = covariance(traits, np.arange(len(table)), kind)
    noise: Array = np.full(len(rows), p["noise"], dtype="float64")
    first: Array = np.asarray(np.linalg.inv(common[np.ix_(rows, rows)] + np.diag(noise)))
    near = np.abs(rows[:, None] - rows[None]) <= ODD_DAYS
    near &= traits.open[rows][:, None] == traits.open[rows][None]
    kinds = traits.kind[rows]
    scales = [PLAIN]
    if p["factors"]:
        scales += [scale for scale in (proportional(table[rows]),) if scale != PLAIN]
    found = [_weighed(table, rows, common, first, near, kinds, p, scale) for scale in scales]
    return min(found, key=_missed) if len(found) > 1 else found[0]


def _weighed(
    table: Array, rows: Ints, common: Array, first: Array, near: Flags, kinds: Ints,
    p: dict[str, float], scale: Scale,
) -> Days:  # fmt: skip
    """Fit on one scale; ``first`` is the inverse without odd days, ``near`` the days compared."""
    scaled = np.full(table.shape, np.nan)
    scaled[rows] = scale.forth(table[rows])
    values = scaled[rows]
    mean: Array = np.asarray(values.mean(axis=0), dtype="float64")
    error = np.abs(first @ (values - mean)) / np.diag(first)[:, None]
    size = error.mean(axis=1)
    if p["steps"]:
        size = np.fmin(size, _astray(values, kinds))
    usual = np.nanmedian(np.where(near, size[None], np.nan), axis=1)
    odd = size / (usual + 0.02 * np.abs(mean).mean() + 1e-12)
    noise = np.asarray(p["noise"] * np.maximum(1.0, (odd / p["odd"]) ** 2), dtype="float64")
    shares = (1.0,) if p["form"] == 1 or values.shape[1] == 1 else (1.0, p["form"])
    parts = _parts(common[np.ix_(rows, rows)], values - mean, [noise * share for share in shares])
    position = np.full(len(table), -1, dtype="int64")
    position[rows] = np.arange(len(rows))
    return Days(scaled, rows, position, common, parts, mean, scale)


def _parts(common: Array, deviation: Array, noises: list[Array]) -> tuple[Part, ...]:
    """Weigh the deviation of days from the mean: whole, or the level by itself and the form."""
    split = [deviation]
    if len(noises) > 1:
        level = np.broadcast_to(deviation.mean(axis=1, keepdims=True), deviation.shape)
        split = [level, deviation - level]
    parts = []
    for noise, values in zip(noises, split, strict=True):
        inverse: Array = np.asarray(np.linalg.inv(common + np.diag(noise)))
        parts.append(Part(noise, inverse, inverse @ values))
    return tuple(parts)


def _astray(values: Array, kinds: Ints) -> Array:
    """Return how far each day is from the days of its kind on the side where it is nearer.

    Compared are the medians of the :data:`ALIKE_DAYS` before and after; NaN where neither side has
    as many.
    """
    result = np.full(len(values), np.nan)
    for kind in np.unique(kinds):
        mine = values[kinds == kind]
        if len(mine) <= ALIKE_DAYS:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(mine, ALIKE_DAYS, axis=0)
        median = np.median(windows, axis=-1)
        before, after = (np.full(len(mine), np.nan) for _ in range(2))
        before[ALIKE_DAYS:] = np.abs(mine[ALIKE_DAYS:] - median[:-1]).mean(axis=1)
        after[:-ALIKE_DAYS] = np.abs(mine[:-ALIKE_DAYS] - median[1:]).mean(axis=1)
        result[kinds == kind] = np.fmin(before, after)
    return result


def _missed(days: Days) -> float:
    """Return the sum of all errors, in the unit of the meter, when weeks are left out."""
    total, nobody = 0.0, np.empty(0, dtype="int64")
    for start in range(0, len(days.rows), TRIAL_DAYS):
        at = np.arange(start, min(start + TRIAL_DAYS, len(days.rows)))
        left = np.asarray(sum(part.left_out(at, nobody)[0] for part in days.parts))
        total += float(np.abs(days.metered(days.rows[at], left)).sum())
    return total
