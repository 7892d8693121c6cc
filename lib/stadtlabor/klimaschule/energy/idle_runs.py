"""Cool weeks without heat: the boiler is not yet on in autumn, or already off in spring."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from stadtlabor.klimaschule.energy.curve import Curve
from stadtlabor.klimaschule.energy.noise import Noise

__all__ = ["idle_runs"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

RUN_DAYS = 10
LITTLE = 0.25
"""Part of the expected heat below which a run counts as idle …"""

SURE = 4.0
"""… if chance would need so many standard deviations for it."""


def idle_runs(curve: Curve, energy: Floats, parameters: Floats, noise: Noise, mild: Bools) -> Bools:
    """Tell which days belong to ten days in a row that were cool enough but hardly heated.

    Such days say nothing about the balance point: somebody had switched the boiler off.

    Parameters
    ----------
    curve, energy
        Measured days and their use, kWh.
    parameters, noise
        The fit so far.
    mild
        Days of the months in which this may be (in winter it would be a fault).
    """
    running = replace(curve, off=np.zeros(len(curve.off), dtype=bool))
    still = replace(curve, off=np.ones(len(curve.off), dtype=bool))
    base = still.mean(parameters, noise.steady_kwh)
    expected = running.mean(parameters, noise.steady_kwh) - base
    spread, with_memory = noise.spread(running.drive(parameters), running)
    memory = min(noise.memory, 0.8)
    square = spread**2 * (1 + with_memory**2 * 2 * memory / (1 - memory))
    # An odd reading must not hide a run.
    used = np.minimum(energy - base, 2 * expected + spread)
    sums = [np.concatenate([[0.0], np.cumsum(x)]) for x in (expected, used, square, mild * 1.0)]
    first = np.arange(len(energy))
    after = np.searchsorted(curve.at, curve.at + RUN_DAYS)
    due, had, scatter, of_mild = (total[after] - total[first] for total in sums)
    idle = (had < LITTLE * due) & (due - had > SURE * np.sqrt(scatter))
    idle &= (of_mild == after - first) & (after - first >= RUN_DAYS // 2)
    covered = np.zeros(len(energy) + 1)
    np.add.at(covered, first[idle], 1)
    np.add.at(covered, after[idle], -1)
    return np.asarray(np.cumsum(covered)[:-1] > 0)
