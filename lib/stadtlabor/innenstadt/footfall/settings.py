"""Settings of the forecast, from ``model.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["hour_groups", "settings"]


@cache
def settings() -> dict[str, dict[str, Any]]:
    """Return the tables of ``model.toml``."""
    text = files("stadtlabor.innenstadt.footfall").joinpath("model.toml").read_text("utf-8")
    return tomllib.loads(text)


def hour_groups() -> npt.NDArray[np.int64]:
    """Return the number of the group of each of the 24 hours."""
    edges = settings()["band"]["groups"]
    return np.searchsorted(edges, np.arange(24), side="right") - 1
