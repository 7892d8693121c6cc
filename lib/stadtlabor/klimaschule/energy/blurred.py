"""The blurred hinge: what a heating uses on average when chance can switch it off.

On a mild day the sun may replace the heating, but the heating never becomes negative. So the mean
of many days bends smoothly around the balance point, and a sharp bend fitted to them would lie
too high.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["blurred_hinge", "blurred_variance"]

Floats = npt.NDArray[np.float64]


def _density(z: Floats) -> Floats:
    return np.asarray(np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))


def blurred_hinge(x: Floats, sd: Floats | float) -> tuple[Floats, Floats, Floats]:
    """Return the mean of ``max(0, x + sd z)`` with standard normal ``z``, and its derivatives.

    Parameters
    ----------
    x
        Heat without chance, negative where it is too warm to heat; kWh.
    sd
        Standard deviation of the chance, kWh, positive.

    Returns
    -------
    tuple of array
        The mean x Φ(x/sd) + sd φ(x/sd) of a normal variable censored at zero (Tobin 1958), its
        derivative Φ(x/sd) by ``x`` and its derivative φ(x/sd) by ``sd``.
    """
    from scipy.special import ndtr

    z = x / sd
    upper, density = ndtr(z), _density(z)
    return np.asarray(x * upper + sd * density), np.asarray(upper), density


def blurred_variance(x: Floats, sd: Floats | float) -> Floats:
    """Return the variance of ``max(0, x + sd z)``, kWh²."""
    from scipy.special import ndtr

    z = x / sd
    upper, density = ndtr(z), _density(z)
    mean = x * upper + sd * density
    return np.asarray(np.maximum((x * x + sd * sd) * upper + x * sd * density - mean * mean, 0.0))
