"""Scores cell by cell: yes/no at thresholds, errors, neighbourhoods, ensembles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain.verification.pairs import Mask, Pair, pairs
from stadtlabor.rain.verification.table import count, scored

__all__ = ["verify"]

SCALES_KM = (8.0,)
"""A municipality."""


def verify(
    forecast: xr.DataArray | Sequence[xr.DataArray],
    observed: xr.DataArray,
    thresholds: Sequence[float],
    *,
    scales_km: Sequence[float] = SCALES_KM,
    mask: Mask = "all",
    probability: float = 0.5,
) -> pd.DataFrame:
    """Score nowcasts against what fell.

    Parameters
    ----------
    forecast
        One nowcast or several; several are counted together as one sample (pooled). See
        :func:`stadtlabor.rain.verification.pairs`.
    observed
        Radar grid of the times after the issue, same cells and unit.
    thresholds
        An event is rain ≥ threshold, in the unit of the grids.
    scales_km
        Sides of the neighbourhoods of the fractions skill score; empty saves the time.
    mask
        ``all``: cells seen at all leads of a forecast; ``lead``: cells seen at that lead.
    probability
        An ensemble says yes where this share of its members does.

    Returns
    -------
    pandas.DataFrame
        Index (``threshold``, ``lead`` in minutes). Columns: the counts, ``csi``, ``pod``, ``far``,
        ``bias``, ``mae`` (unit of the grids; of the ensemble's mean), ``fss_8km`` … for each scale
        (Roberts and Lean 2008), for ensembles ``crps`` and ``brier``. ``mae`` and ``crps`` belong
        to the lead and repeat for each threshold. ``attrs`` state the rules. Cells that the truth
        does not see are left out; forecast NaN counts as 0.

    Raises
    ------
    UnitError, ValueError
        In German, see :func:`stadtlabor.rain.verification.pairs`.
    """
    found = pairs(forecast, observed, mask)
    cell_km = abs(float(observed["x"][1] - observed["x"][0])) / 1000
    rows: dict[tuple[float, int], dict[str, float]] = {}
    for lead in sorted({p.lead for p in found}):
        cases = [p for p in found if p.lead == lead]
        errors = _errors(cases)
        for threshold in thresholds:
            counts = {"hits": 0, "misses": 0, "false_alarms": 0, "correct_negatives": 0}
            for case in cases:
                share = (case.members >= threshold).mean(axis=0)
                said = share >= probability
                for name, n in count(said[case.seen], (case.truth >= threshold)[case.seen]).items():
                    counts[name] += n
            rows[float(threshold), lead] = {
                **counts,
                **scored(counts),
                **errors,
                **_fractions(cases, threshold, probability, scales_km, cell_km),
                **_brier(cases, threshold),
            }
    table = pd.DataFrame.from_dict(rows, orient="index").sort_index()
    table.index = pd.MultiIndex.from_tuples(table.index, names=["threshold", "lead"])
    table.attrs = {
        "units": observed.attrs.get("units"),
        "mask": mask,
        "nan": "observed NaN left out, forecast NaN counted as 0",
        "forecasts": 1 if isinstance(forecast, xr.DataArray) else len(forecast),
    }
    return table


def _errors(cases: list[Pair]) -> dict[str, float]:
    """Return the mean errors of a lead, weighted by the cells that were seen."""
    from scores.continuous import mae
    from scores.probability import crps_for_ensemble

    cells = [int(c.seen.sum()) for c in cases]
    absolute, ranked = [], []
    for case in cases:
        truth = xr.DataArray(case.truth[case.seen].astype("float64"), dims="cell")
        members = xr.DataArray(
            case.members[:, case.seen].astype("float64"), dims=("member", "cell")
        )
        absolute.append(float(mae(members.mean("member"), truth)))
        if members.sizes["member"] > 1:
            ranked.append(float(crps_for_ensemble(members, truth, "member")))
    if not sum(cells):
        return {"mae": np.nan}
    told = {"mae": float(np.average(np.nan_to_num(absolute), weights=cells))}
    if ranked:
        told["crps"] = float(np.average(np.nan_to_num(ranked), weights=cells))
    return told


def _brier(cases: list[Pair], threshold: float) -> dict[str, float]:
    from scores.probability import brier_score

    if cases[0].members.shape[0] == 1:
        return {}
    said = np.concatenate([(c.members >= threshold).mean(axis=0)[c.seen] for c in cases])
    fell = np.concatenate([(c.truth >= threshold)[c.seen] for c in cases]).astype("float64")
    score = brier_score(xr.DataArray(said, dims="cell"), xr.DataArray(fell, dims="cell"))
    return {"brier": float(score)}


def _fractions(
    cases: list[Pair],
    threshold: float,
    probability: float,
    scales_km: Sequence[float],
    cell_km: float,
) -> dict[str, float]:
    """Return the fractions skill score at each scale; unseen cells are dry on both sides."""
    from scores.spatial import fss_2d_binary

    if not scales_km:
        return {}
    dims = ("case", "y", "x")
    said = np.stack([(c.members >= threshold).mean(axis=0) >= probability for c in cases])
    fell = np.stack([c.truth >= threshold for c in cases])
    seen = np.stack([c.seen for c in cases])
    told = {}
    for scale in scales_km:
        cells = int(np.clip(round(scale / cell_km), 1, min(seen.shape[1:])))
        score = fss_2d_binary(
            xr.DataArray(said & seen, dims=dims),
            xr.DataArray(fell & seen, dims=dims),
            window_size=(cells, cells),
            spatial_dims=("y", "x"),
            reduce_dims=list(dims),
        )
        nothing = not (said & seen).any() and not (fell & seen).any()
        told[f"fss_{scale:g}km"] = np.nan if nothing else float(score)
    return told
