"""The curve of a heating: parameters, mean and derivatives; no statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.energy.blurred import blurred_hinge
from stadtlabor.klimaschule.energy.memory import carried_on

__all__ = ["PER_GROUP", "Curve", "felt"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PER_GROUP = 3
"""Baseline, slope and balance point of each group of days."""


def felt(temperature_c: Floats, inertia: float) -> tuple[Floats, Floats]:
    """Return the temperature that a sluggish building feels, and its derivative by ``inertia``.

    Parameters
    ----------
    temperature_c
        Daily means without a gap, °C.
    inertia
        Weight 0–1 of yesterday's felt temperature in today's.
    """
    today = np.asarray(temperature_c, dtype=float)
    value = carried_on(np.concatenate([today[:1], (1 - inertia) * today[1:]]), inertia)
    change = carried_on(np.concatenate([[0.0], value[:-1] - today[1:]]), inertia)
    return value, change


@dataclass(frozen=True)
class Curve:
    """Days as the fit sees them.

    Attributes
    ----------
    temperature_c
        Of all days from the first to the last, without a gap, °C.
    at
        Positions in ``temperature_c`` of the days that are asked for.
    group
        Group 0, 1, … of each asked day.
    groups
        How many groups there are.
    contrasts
        Days × weekday columns: what sets a weekday apart from its group's mean; each column sums
        to zero over a week.
    off
        Asked days on which the boiler is switched off.

    Notes
    -----
    The parameters stand in one vector: per group baseline (kWh), slope (kWh/K) and balance point
    (°C), then one per weekday column (kWh), then the inertia.
    """

    temperature_c: Floats
    at: Ints
    group: Ints
    groups: int
    contrasts: Floats
    off: npt.NDArray[np.bool_]

    @property
    def size(self) -> int:
        """Number of parameters."""
        return PER_GROUP * self.groups + int(self.contrasts.shape[1]) + 1

    def drive(self, parameters: Floats) -> Floats:
        """Return the heat without chance, negative where it is too warm to heat; kWh."""
        table = parameters[: PER_GROUP * self.groups].reshape(self.groups, PER_GROUP)[self.group]
        value, _ = felt(self.temperature_c, parameters[-1])
        return np.asarray(table[:, 1] * (table[:, 2] - value[self.at]))

    def mean(self, parameters: Floats, blur: float) -> Floats:
        """Return the mean use, kWh per day.

        Parameters
        ----------
        parameters
            See the notes of the class.
        blur
            Standard deviation of the chance at the balance point, kWh.
        """
        return self.mean_and_slopes(parameters, blur)[0]

    def mean_and_slopes(self, parameters: Floats, blur: float) -> tuple[Floats, Floats]:
        """Return the mean use and its derivatives: days × parameters, the last by ``blur``."""
        wide = PER_GROUP * self.groups
        table = parameters[:wide].reshape(self.groups, PER_GROUP)[self.group]
        value, change = felt(self.temperature_c, parameters[-1])
        distance = table[:, 2] - value[self.at]
        heat, rise, by_blur = blurred_hinge(table[:, 1] * distance, blur)
        heat, rise = np.where(self.off, 0.0, heat), np.where(self.off, 0.0, rise)
        mean = table[:, 0] + heat + self.contrasts @ parameters[wide:-1]
        slopes = np.zeros((len(self.at), self.size + 1))
        rows, first = np.arange(len(self.at)), PER_GROUP * self.group
        slopes[rows, first] = 1.0
        slopes[rows, first + 1] = rise * distance
        slopes[rows, first + 2] = rise * table[:, 1]
        slopes[:, wide:-2] = self.contrasts
        slopes[:, -2] = -rise * table[:, 1] * change[self.at]
        slopes[:, -1] = np.where(self.off, 0.0, by_blur)
        return mean, slopes
