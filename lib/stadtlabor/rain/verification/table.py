"""Counts of hits and misses, and what is read from them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import xarray as xr

__all__ = ["COUNTS", "count", "csi", "scored", "wilson"]

COUNTS = ("hits", "misses", "false_alarms", "correct_negatives")


def count(said: npt.NDArray[np.bool_], fell: npt.NDArray[np.bool_]) -> dict[str, int]:
    """Count yes/no cases.

    Parameters
    ----------
    said, fell
        Whether the event was forecast and whether it came; same shape.
    """
    hits = int(np.count_nonzero(said & fell))
    misses = int(np.count_nonzero(fell)) - hits
    false_alarms = int(np.count_nonzero(said)) - hits
    return {
        "hits": hits,
        "misses": misses,
        "false_alarms": false_alarms,
        "correct_negatives": said.size - hits - misses - false_alarms,
    }


def csi(counts: Mapping[str, float]) -> float:
    """Critical success index: hits / (hits + misses + false alarms); NaN without any event."""
    cases = counts["hits"] + counts["misses"] + counts["false_alarms"]
    return counts["hits"] / cases if cases else math.nan


def scored(counts: Mapping[str, float]) -> dict[str, float]:
    """Return the scores of a table of counts.

    Parameters
    ----------
    counts
        The four of :data:`COUNTS`.

    Returns
    -------
    dict
        ``csi``, ``pod`` (hit rate), ``far`` (false alarm ratio), ``bias`` (frequency bias), 0–1 or
        for the bias from 0 on; NaN where they are not defined. Library: scores (Bureau of
        Meteorology), ``BasicContingencyManager``.
    """
    from scores.categorical import BasicContingencyManager

    names = ("tp_count", "fn_count", "fp_count", "tn_count")
    table = {
        name: xr.DataArray(float(counts[own])) for name, own in zip(names, COUNTS, strict=True)
    }
    table["total_count"] = xr.DataArray(float(sum(counts[own] for own in COUNTS)))
    manager = BasicContingencyManager(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "csi": float(manager.critical_success_index()),
            "pod": float(manager.probability_of_detection()),
            "far": float(manager.false_alarm_ratio()),
            "bias": float(manager.frequency_bias()),
        }
    return {name: value if math.isfinite(value) else math.nan for name, value in found.items()}


def wilson(successes: int, cases: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval that a share lies in, for independent cases.

    Parameters
    ----------
    successes, cases
        Counts; without cases the share may be anything.
    level
        Confidence, 0–1.

    Returns
    -------
    tuple
        Lower and upper end, 0–1 (Wilson 1927).
    """
    from scipy.stats import binomtest

    if cases == 0:
        return 0.0, 1.0
    found = binomtest(successes, cases).proportion_ci(level, method="wilson")
    return float(found.low), float(found.high)
