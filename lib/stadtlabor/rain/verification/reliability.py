"""Whether a stated probability is what comes true."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from stadtlabor.rain.verification.table import wilson

__all__ = ["reliability"]


def reliability(
    probability: npt.ArrayLike | xr.DataArray,
    event: npt.ArrayLike | xr.DataArray,
    bins: int | npt.ArrayLike = 10,
) -> pd.DataFrame:
    """Group forecasts by their probability and count how often the event came.

    Parameters
    ----------
    probability
        Stated probabilities, 0–1, any shape; NaN counts as 0, as a warning would take it.
    event
        Whether it came, same shape (bool, or numbers with NaN = not seen and left out).
    bins
        Number of equal classes, or their edges from 0 to 1.

    Returns
    -------
    pandas.DataFrame
        One row per class that occurs: ``from``, ``to``, ``cases``, ``said`` (mean probability),
        ``came`` (share of events), ``low``, ``high`` (95 %, as if cases were independent: rain of
        neighbours is not, so the truth is wider). ``attrs``: ``brier``, ``base_rate``,
        ``brier_skill`` against the base rate.

    Raises
    ------
    ValueError
        In German, if nothing was observed or a probability lies outside 0–1.
    """
    from scores.probability import brier_score

    said = np.nan_to_num(np.asarray(probability, dtype="float64")).ravel()
    fell = np.asarray(event, dtype="float64").ravel()
    seen = np.isfinite(fell)
    said, fell = said[seen], fell[seen] > 0
    if not said.size or said.min() < 0 or said.max() > 1:
        raise ValueError(
            "Eine Wahrscheinlichkeit liegt zwischen 0 und 1 und braucht eine Beobachtung. "
            "Bitte die Felder prüfen."
        )
    edges = np.linspace(0, 1, bins + 1) if isinstance(bins, int) else np.asarray(bins, "float64")
    place = np.clip(np.searchsorted(edges, said, side="right") - 1, 0, len(edges) - 2)
    rows = []
    for index in np.unique(place):
        inside = place == index
        cases, events = int(inside.sum()), int(fell[inside].sum())
        low, high = wilson(events, cases)
        rows.append(
            {
                "from": edges[index],
                "to": edges[index + 1],
                "cases": cases,
                "said": said[inside].mean(),
                "came": events / cases,
                "low": low,
                "high": high,
            }
        )
    table = pd.DataFrame(rows)
    truth = xr.DataArray(fell.astype("float64"), dims="case")
    score = float(brier_score(xr.DataArray(said, dims="case"), truth))
    base = float(fell.mean())
    spread = base * (1 - base)
    table.attrs = {
        "brier": score,
        "base_rate": base,
        "brier_skill": 1 - score / spread if spread else np.nan,
    }
    return table
