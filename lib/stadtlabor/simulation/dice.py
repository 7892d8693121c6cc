"""Chance that can be repeated: the same seed, thing and day always fall the same."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b

import numpy as np

__all__ = ["day_number", "dice"]


def dice(seed: int, thing: str, step: int) -> np.random.Generator:
    """Return a random generator that depends on nothing but its arguments.

    So any window of the simulated city can be made without its history.

    Parameters
    ----------
    seed
        Of the installation (``settings.toml``).
    thing
        What is drawn, for example ``footfall/fischerstrasse``.
    step
        Number of the day, block or week.
    """
    digest = blake2b(f"{seed}/{thing}/{step}".encode(), digest_size=16).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def day_number(day: date) -> int:
    """Return the number of a day since 1970, for :func:`dice`."""
    return (day - date(1970, 1, 1)).days
