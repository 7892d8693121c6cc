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
    noise
        What is a day's own, per example; larger for days that fit nothing else.
    inverse, weighted
        Inverse covariance of the examples, and its product with their values.
    mean
        Mean day, per slot.
    scale
        Scale of ``table`` and of all estimates and errors below.
    """

    table: Array
    rows: Ints
    position: Ints
    common: Array
    noise: Array
    inverse: Array
    weighted: Array
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
        weighted, own = self.weighted[near], np.diag(self.inverse)[near]
        if len(at):
            across = self.inverse[np.ix_(at, near)]
            both = np.linalg.solve(
                self.inverse[np.ix_(at, at)], np.hstack([self.weighted[at], across])
            )
            slots = self.table.shape[1]
            errors[inside] = both[:, :slots]
            weighted = weighted - across.T @ both[:, :slots]
            own = own - (across * both[:, slots:]).sum(axis=0)
        return errors, self.rows[near], weighted / own[:, None]

    def estimate(self, days: Ints) -> tuple[Array, Ints, Array]:
        """Return the estimate of ``days`` without their own values, and as :meth:`left_out`."""
        errors, near, others = self.left_out(days)
        result = self.mean + self.common[np.ix_(days, self.rows)] @ self.weighted
        inside = self.position[days] >= 0
        result[inside] = self.table[days[inside]] - errors[inside]
        return result, near, others

    def foretold(self, days: Ints, among: Ints) -> tuple[Array, Ints, Array]:
        """Return the same from the examples at the positions ``among`` only."""
        rows = self.rows[among]
        inverse = np.linalg.inv(self.common[np.ix_(rows, rows)] + np.diag(self.noise[among]))
        weighted = inverse @ (self.table[rows] - self.mean)
        result = self.mean + self.common[np.ix_(days, rows)] @ weighted
        near = (rows >= days[0] - NEAR_DAYS) & (rows <= days[-1] + NEAR_DAYS)
        return result, rows[near], (weighted / np.diag(inverse)[:, None])[near]


def fit(table: Array, rows: Ints, traits: Traits, kind: str) -> Days:
    """Weigh the days of a stretch against each other.

    Odd days (a burst pipe, a forgotten heating) are found by how badly the others explain them
    and then count less.

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
    scales = [PLAIN]
    if p["factors"]:
        scales += [scale for scale in (proportional(table[rows]),) if scale != PLAIN]
    found = [_weighed(table, rows, common, first, near, p, scale) for scale in scales]
    return min(found, key=_missed) if len(found) > 1 else found[0]


def _weighed(
    table: Array, rows: Ints, common: Array, first: Array, near: Flags, p: dict[str, float],
    scale: Scale,
) -> Days:  # fmt: skip
    """Fit on one scale; ``first`` is the inverse without odd days, ``near`` the days compared."""
    scaled = np.full(table.shape, np.nan)
    scaled[rows] = scale.forth(table[rows])
    values = scaled[rows]
    mean: Array = np.asarray(values.mean(axis=0), dtype="float64")
    error = np.abs(first @ (values - mean)) / np.diag(first)[:, None]
    size = error.mean(axis=1)
    usual = np.nanmedian(np.where(near, size[None], np.nan), axis=1)
    odd = size / (usual + 0.02 * np.abs(mean).mean() + 1e-12)
    noise = np.asarray(p["noise"] * np.maximum(1.0, (odd / p["odd"]) ** 2), dtype="float64")
    inverse: Array = np.asarray(np.linalg.inv(common[np.ix_(rows, rows)] + np.diag(noise)))
    position = np.full(len(table), -1, dtype="int64")
    position[rows] = np.arange(len(rows))
    weighted = inverse @ (values - mean)
    return Days(scaled, rows, position, common, noise, inverse, weighted, mean, scale)


def _missed(days: Days) -> float:
    """Return the sum of all errors, in the unit of the meter, when weeks are left out."""
    total = 0.0
    for start in range(0, len(days.rows), TRIAL_DAYS):
        at = np.arange(start, min(start + TRIAL_DAYS, len(days.rows)))
        left: Array = np.asarray(np.linalg.solve(days.inverse[np.ix_(at, at)], days.weighted[at]))
        total += float(np.abs(days.metered(days.rows[at], left)).sum())
    return total
