"""From echo strength to rain rate."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["rain_rate", "relations"]


@cache
def relations() -> dict[str, dict[str, Any]]:
    """Return the relations of echo and rain (``radar_reflectivity.toml``)."""
    text = files("stadtlabor.sources").joinpath("radar_reflectivity.toml").read_text("utf-8")
    return tomllib.loads(text)


def rain_rate(
    dbz: npt.NDArray[np.floating[Any]], relation: str = "standard"
) -> tuple[npt.NDArray[np.floating[Any]], npt.NDArray[np.bool_]]:
    """Convert echo strength by a power law.

    Parameters
    ----------
    dbz
        Reflectivity, dBZ, any shape; -inf = no echo, NaN = not seen.
    relation
        Name of the relation in ``radar_reflectivity.toml``.

    Returns
    -------
    rate
        Rain rate in mm/h, same shape.
    capped
        True where the echo was cut to what rain can give.
    """
    from wradlib.trafo import idecibel
    from wradlib.zr import z_to_r

    known, cap = relations()[relation], relations()["cap"]["dbz"]
    cut = np.minimum(dbz, cap)
    return z_to_r(idecibel(cut), a=known["a"], b=known["b"]), dbz > cap
