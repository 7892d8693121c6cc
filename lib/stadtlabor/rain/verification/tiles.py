"""Score the question of a warning: whether a tile was warned, and whether it came."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.rain.verification.table import count, scored, wilson

__all__ = ["tile_scores"]


def tile_scores(
    forecast: xr.DataArray, observed: xr.DataArray, probability: float = 0.5
) -> pd.Series:
    """Score yes/no forecasts of tiles.

    Parameters
    ----------
    forecast
        Whether each tile was to have the event (bool), or its probability (0–1); dims
        (…, ``tile_y``, ``tile_x``). NaN counts as no.
    observed
        Whether it had, same shape; numbers with NaN = not seen and left out.
    probability
        From here on a probability counts as yes.

    Returns
    -------
    pandas.Series
        Counts, ``csi``, ``pod``, ``far``, ``bias`` and the 95 % intervals ``pod_low``,
        ``pod_high``, ``far_low``, ``far_high`` (as if tiles were independent; storms make
        neighbours alike, so the truth is wider).

    Raises
    ------
    ValueError
        In German, if the shapes differ.
    """
    if forecast.shape != observed.shape:
        raise ValueError(
            f"Vorhersage und Beobachtung haben verschiedene Kacheln ({forecast.shape} und "
            f"{observed.shape}). Bitte beide mit derselben Kachelgröße bilden."
        )
    said = forecast.to_numpy()
    said = said if said.dtype == bool else np.nan_to_num(said) >= probability
    fell = observed.to_numpy().astype("float64")
    seen = np.isfinite(fell)
    counts = count(said[seen], fell[seen] > 0)
    pod = wilson(counts["hits"], counts["hits"] + counts["misses"])
    far = wilson(counts["false_alarms"], counts["hits"] + counts["false_alarms"])
    ends = {"pod_low": pod[0], "pod_high": pod[1], "far_low": far[0], "far_high": far[1]}
    return pd.Series({**counts, **scored(counts), **ends})
