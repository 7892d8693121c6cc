"""How the days scatter around the heating curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.energy.blurred import blurred_variance
from stadtlabor.klimaschule.energy.curve import Curve

__all__ = ["Noise", "scatter"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

ENOUGH = 15
"""Fewer days than this say nothing about their scatter."""


@dataclass(frozen=True)
class Noise:
    """How the days scatter around the curve.

    Attributes
    ----------
    steady_kwh
        Standard deviation of the part of the heating's noise that does not grow with the heat.
    growing
        Standard deviation of the part that grows with the heat, as a part of the heat.
    base_kwh
        Standard deviation of a day without heating, per group of days.
    memory
        Correlation of the heating's noise from one day to the next, 0–1.
    steady_error_kwh
        Standard error of ``steady_kwh``.
    """

    steady_kwh: float
    growing: float
    base_kwh: Floats
    memory: float
    steady_error_kwh: float

    def heating_sd(self, drive: Floats) -> Floats:
        """Return the standard deviation of the heating's noise per day, kWh."""
        grown = self.growing * np.maximum(drive, 0.0)
        return np.asarray(np.sqrt(self.steady_kwh**2 + grown**2))

    def spread(self, drive: Floats, curve: Curve) -> tuple[Floats, Floats]:
        """Return standard deviation per day (kWh) and the part of it that has memory (0–1)."""
        heating = np.where(curve.off, 0.0, blurred_variance(drive, self.heating_sd(drive)))
        total = heating + self.base_kwh[curve.group] ** 2
        return np.sqrt(total), np.sqrt(heating / total)


def scatter(curve: Curve, rest: Floats, drive: Floats, kept: Bools, before: Noise) -> Noise:
    """Estimate the noise from the residuals.

    Parameters
    ----------
    curve
        The days.
    rest
        Their residuals, kWh.
    drive
        Their heat without chance (``Curve.drive``), kWh.
    kept
        Days that are not wild.
    before
        The last estimate; parts of it remain where too few days speak.
    """
    # A curve with many parameters lies closer to its days than the truth does.
    days = int(kept.sum())
    rest = rest * np.sqrt(days / max(days - curve.size, days / 2))
    level = max(float(np.mean(drive[drive > 0])) if (drive > 0).any() else 0.0, 1e-9)
    clear = kept & ~curve.off & (drive > 1.5 * before.steady_kwh)
    idle = kept & (curve.off | (drive < -1.5 * before.steady_kwh))
    base = before.base_kwh.copy()
    if idle.sum() >= ENOUGH:
        base[:] = np.sqrt(np.mean(rest[idle] ** 2))
    for group in range(curve.groups):
        mine = idle & (curve.group == group)
        if mine.sum() >= ENOUGH:
            base[group] = np.sqrt(np.mean(rest[mine] ** 2))
    # A boiler that is off does not scatter at all; that must not make summer days infinitely sure.
    base = np.maximum(base, 0.005 * level)
    steady, growing, memory = before.steady_kwh, before.growing, before.memory
    error = before.steady_error_kwh
    if clear.sum() >= ENOUGH:
        base_square = base[curve.group[clear]] ** 2
        square = rest[clear] ** 2 - base_square
        total = max(float(np.mean(square)), float(np.mean(base_square)), 1e-9)
        relative = (drive[clear] / level) ** 2
        # Noisy squares count less: their own scatter grows with the square of their mean.
        weight = 1 / (before.heating_sd(drive[clear]) ** 2 + base_square) ** 2
        precision = float(weight.sum())
        weight /= precision
        middle = float(weight @ relative)
        tilt = float(weight @ ((relative - middle) * square))
        width = max(float(weight @ (relative - middle) ** 2), 1e-12)
        tilt /= width
        # Two parts, neither of them negative.
        grown = min(max(tilt, 0.0), 0.9 * total / max(float(relative.mean()), 1e-12))
        growing = float(np.sqrt(grown)) / level
        steady = float(np.sqrt(max(total - grown * float(relative.mean()), 0.05 * total)))
        scaled = np.full(len(rest), np.nan)
        sd = np.sqrt(steady**2 + (growing * drive[clear]) ** 2 + base_square)
        scaled[clear] = rest[clear] / sd
        near = np.diff(curve.at) == 1
        pairs = scaled[1:][near] * scaled[:-1][near]
        pairs = pairs[np.isfinite(pairs)]
        if len(pairs) >= ENOUGH:
            # Only the heating's part of the scatter has a memory.
            heating = float(np.mean((sd**2 - base_square) / sd**2))
            raw = float(pairs.mean() / np.mean(scaled[clear] ** 2)) / max(heating, 0.3)
            # The curve has taken part of the memory away (Kendall 1954 for the mean; twice that
            # for a curve that follows the seasons).
            memory = float(np.clip(raw + (1 + 4 * raw) * 1.5 / len(pairs), 0.0, 0.9))
        # A square of a normal variable has twice the square of its mean as variance.
        of_square = 2 / precision * (1 + middle**2 / width) * (1 + memory**2) / (1 - memory**2)
        error = min(float(np.sqrt(of_square)) / (2 * steady), 0.5 * steady)
    return Noise(steady, growing, base, memory, error)
