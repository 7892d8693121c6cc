"""Tell whether one method is better than another, or was lucky."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stadtlabor.rain.verification.table import csi

__all__ = ["Comparison", "paired_bootstrap"]


@dataclass(frozen=True)
class Comparison:
    """Difference of two methods on the same cases.

    Attributes
    ----------
    difference
        Score of the first minus score of the second.
    low, high
        Interval of the difference at ``level``; ±infinity where there are too few blocks to tell.
    share_above
        Share of the resamples in which the first was better, 0–1.
    blocks
        Number of independent blocks.
    level
        Confidence, 0–1.
    """

    difference: float
    low: float
    high: float
    share_above: float
    blocks: int
    level: float

    @property
    def better(self) -> bool:
        """Whether the first is better beyond chance."""
        return self.low > 0


def paired_bootstrap(
    a: npt.ArrayLike | pd.DataFrame,
    b: npt.ArrayLike | pd.DataFrame,
    blocks: npt.ArrayLike,
    *,
    statistic: Callable[[Mapping[str, float]], float] = csi,
    resamples: int = 2000,
    level: float = 0.95,
    seed: int = 42,
) -> Comparison:
    """Resample whole blocks of cases, the same for both methods, and compare.

    Parameters
    ----------
    a, b
        One row per case in the same order. Numbers (any score) are averaged; data frames of counts
        (``hits``, ``misses``, …) are added up and given to ``statistic``.
    blocks
        Label of each case's block. Cases that are alike (issues of one storm, overlapping windows)
        belong in one block, otherwise the interval is too narrow.
    statistic
        Score of summed counts; more must be better.
    resamples
        Number of resamples.
    level
        Confidence of the interval, 0–1.
    seed
        Same seed, same result.

    Returns
    -------
    Comparison
        Interval by the percentile method (scipy.stats.bootstrap).

    Raises
    ------
    ValueError
        In German, if the cases of the two differ in number.
    """
    from scipy.stats import bootstrap

    labels = np.asarray(blocks).ravel()
    if not len(labels) == len(_frame(a)) == len(_frame(b)) or not len(labels):
        raise ValueError(
            "Beide Verfahren brauchen gleich viele Fälle und jeder Fall einen Block. "
            "Bitte die Tabellen prüfen."
        )
    first, second = (_frame(side).groupby(labels).sum() for side in (a, b))
    sizes = pd.Series(labels).value_counts().reindex(first.index).to_numpy()
    averaged = not isinstance(a, pd.DataFrame)

    def score(sums: pd.DataFrame, drawn: npt.NDArray[np.intp]) -> float:
        added = sums.to_numpy()[drawn].sum(axis=0)
        if averaged:
            return float(added[0] / sizes[drawn].sum())
        return float(statistic(dict(zip(sums.columns, added, strict=True))))

    def difference(drawn: npt.NDArray[np.intp]) -> float:
        return score(first, drawn) - score(second, drawn)

    every = np.arange(len(first))
    found = difference(every)
    if len(every) < 2:
        return Comparison(found, -math.inf, math.inf, math.nan, len(every), level)
    drawn: Any = bootstrap(
        (every,),
        difference,
        vectorized=False,
        n_resamples=resamples,
        confidence_level=level,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    # A resample without any event has no score; the others tell what they can.
    known = drawn.bootstrap_distribution[np.isfinite(drawn.bootstrap_distribution)]
    if not known.size:
        return Comparison(found, -math.inf, math.inf, math.nan, len(every), level)
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    above = float((known > 0).mean())
    return Comparison(found, float(low), float(high), above, len(every), level)


def _frame(side: npt.ArrayLike | pd.DataFrame) -> pd.DataFrame:
    if isinstance(side, pd.DataFrame):
        return side.reset_index(drop=True)
    return pd.DataFrame({"score": np.asarray(side, dtype="float64").ravel()})
