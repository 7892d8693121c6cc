"""A number is never naked: what a chart of a frame must say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from stadtlabor.observations import Datastream, Quality, Units
from stadtlabor.store.citation import Citation

__all__ = ["SHARES", "label"]

SHARES = {
    "simulated": Quality.SIMULATED,
    "filled": Quality.FILLED,
    "suspect": Quality.SUSPECT,
}
"""Shares that every answer tells, and the quality bit that each counts."""


def label(frame: pd.DataFrame, series: Sequence[Datastream], citation: Citation) -> dict[Any, Any]:
    """Return the attributes of a frame of observations or aggregates.

    ``simulated`` is true if any series is, or any value in the frame; ``shares`` are 0 to 1.
    """
    shares = {name: _share(frame, name, int(bit)) for name, bit in SHARES.items()}
    return {
        "citation": str(citation),
        "units": Units((d.id, d.unit) for d in series),
        "sources": sorted({d.source for d in series}),
        "licences": sorted({d.licence for d in series}),
        "simulated": any(d.simulated for d in series) or shares["simulated"] > 0,
        "shares": shares,
    }


def _share(frame: pd.DataFrame, name: str, bit: int) -> float:
    if frame.empty:
        return 0.0
    if "quality" in frame:
        return float((frame["quality"].to_numpy("int8") & bit != 0).mean())
    return float((frame[name] * frame["count"]).sum() / frame["count"].sum())
