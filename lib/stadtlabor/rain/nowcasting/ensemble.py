"""Members of the champion: one newest frame, many ways it may move and change.

Each member carries the newest frame along a motion of its own and multiplies it by a smooth random
field; both errors grow as the champion's do. Cheap, reproducible by seed, and no compiler.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from stadtlabor.rain.nowcasting.carrying import carry, fill_holes, origins
from stadtlabor.rain.nowcasting.exceeding import blur
from stadtlabor.rain.nowcasting.flow import motion

__all__ = ["members_of"]

Floats = npt.NDArray[np.float32]

NOISE_CELLS = 8.0
"""Extent of what grows or decays together, cells: a storm, not a pixel. An assumption."""
DRIFT_CELLS = 0.7
"""Error of the motion, cells per five minutes (that of ``champion``)."""


def members_of(
    frames: npt.NDArray[np.floating], leads: int, members: int, seed: int, interval_s: float
) -> Floats:
    """Draw members.

    Parameters
    ----------
    frames
        Rain rate, shape (n ≥ 2, y, x), mm/h; NaN where not seen.
    leads
        Number of intervals.
    members
        How many.
    seed
        The same seed gives the same members.
    interval_s
        Length of an interval, s.

    Returns
    -------
    ndarray
        mm/h, shape (leads, members, y, x).
    """
    chance = np.random.default_rng(seed)
    frames = np.stack([fill_holes(frame) for frame in frames[-4:]])
    velocity = motion(np.nan_to_num(frames))
    fives = interval_s / 300
    result = np.empty((leads, members, *frames.shape[1:]), dtype="float32")
    for member in range(members):
        # One push for all and a smaller one that bends the motion within the grid.
        push = chance.normal(0, DRIFT_CELLS * fives, 2).astype("float32")
        bend = np.stack([_noise(chance, velocity.shape[1:], 4 * NOISE_CELLS) for _ in range(2)])
        own = velocity + push[:, None, None] + 0.5 * DRIFT_CELLS * fives * bend
        change = _noise(chance, velocity.shape[1:], NOISE_CELLS)
        for step, origin in enumerate(origins(own, leads)):
            error = 0.2 + 0.06 * fives * (step + 1)
            # The mean stays: a lognormal factor without its usual gain.
            factor = np.exp(error * carry(change, origin, 0.0) - error**2 / 2)
            result[step, member] = carry(frames[-1], origin) * factor
    return result


def _noise(chance: np.random.Generator, shape: tuple[int, ...], cells: float) -> Floats:
    """Return a smooth random field with mean 0 and standard deviation 1."""
    rough = chance.standard_normal(shape, dtype="float32")
    field = blur(rough, cells)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-6), dtype="float32")
