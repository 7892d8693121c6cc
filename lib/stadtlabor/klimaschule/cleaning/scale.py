"""The scale on which the days of a meter are compared.

A lecture hall that uses a tenth less in the holidays does so by day and by night: what days of
much and of little use have in common is a factor rather than an amount. On a logarithmic scale
factors add up, and the same covariance serves both (Box and Cox, An analysis of transformations,
Journal of the Royal Statistical Society B 26, 1964). Heating adds up as it is: so much more per
kelvin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from stadtlabor.klimaschule.cleaning.grid import Array

__all__ = ["PLAIN", "Scale", "proportional"]

SMALL = 0.1
"""Part of the mean below which differences count as amounts, so that nought has a place, too."""


@dataclass(frozen=True)
class Scale:
    """A scale and the way back to the unit of the meter.

    Attributes
    ----------
    small
        Value, in the unit of the meter, well above which factors count; 0 leaves values as they
        are.
    """

    small: float = 0.0

    def forth(self, values: Array) -> Array:
        """Return values of the meter on this scale."""
        return np.log1p(values / self.small) if self.small else values

    def back(self, values: Array) -> Array:
        """Return values on this scale in the unit of the meter."""
        return self.small * np.expm1(values) if self.small else values


PLAIN = Scale()


def proportional(values: Array) -> Scale:
    """Return the scale of factors for measured ``values``; the plain one if some are negative."""
    if not values.size or values.min() < 0 or not values.any():
        return PLAIN
    return Scale(SMALL * float(values.mean()))
