"""Sums over time with gaps, with a band of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from stadtlabor.klimaschule.cleaning.filling import Filling, duration
from stadtlabor.klimaschule.cleaning.texts import decimal, texts

__all__ = ["GapTotal", "gap_total"]


@dataclass(frozen=True)
class GapTotal:
    """A sum and how sure it is.

    Attributes
    ----------
    value, low, high
        Sum of all values and its 90 % band; NaN if a gap inside could not be filled.
    known
        Sum of all values that there are.
    filled_share
        Share of the intervals that were filled or are missing, 0–1.
    missing
        Intervals that could not be filled.
    sentence
        The same in German.
    """

    value: float
    low: float
    high: float
    known: float
    filled_share: float
    missing: int
    sentence: str


def gap_total(
    filled: pd.DataFrame, start: pd.Timestamp | None = None, end: pd.Timestamp | None = None
) -> GapTotal:
    """Sum a stretch of a filled series.

    Errors within a gap go together (a week that was colder than thought was so every day), so the
    band of a sum is neither the sum of the bands nor their root of squares: the errors of whole
    left-out blocks are summed instead. Different gaps count as independent.

    Parameters
    ----------
    filled
        Result of :func:`fill_gaps` or :func:`clean`; parts of it must keep all rows.
    start, end
        From ``start`` (inclusive) to ``end`` (exclusive); default: the whole series.

    Raises
    ------
    ValueError
        If the frame does not come from :func:`fill_gaps`, or the time lies outside.
    """
    told = texts()
    filling = filled.attrs.get("filling")
    if not isinstance(filling, Filling):
        raise ValueError(told["errors"]["unfilled"])
    index = pd.DatetimeIndex(filled.index)
    first = 0 if start is None else int(index.searchsorted(start))
    last = len(index) if end is None else int(index.searchsorted(end))
    if last <= first:
        raise ValueError(told["errors"]["range"])
    values = filled["value"].to_numpy()[first:last]
    known = float(np.nansum(values))
    missing = int(np.isnan(values).sum())
    changed = float((filled["provenance"].to_numpy()[first:last] == "filled").mean())
    share = changed + missing / len(values)
    spread = np.zeros(1)
    for number, gap in enumerate(filling.gaps):
        begin, stop = max(gap.first, first), min(gap.last + 1, last)
        if not gap.filled or begin >= stop:
            continue
        part = gap.paths[:, begin - gap.first : stop - gap.first].sum(axis=1)
        # Gaps are independent: each is shuffled in its own, repeatable order.
        spread = spread + np.random.default_rng(number).permutation(part)
    low, high = (known + float(q) for q in np.quantile(spread, (0.05, 0.95)))
    low, high = min(low, known), max(high, known)
    if filling.nonnegative:
        fixed = values[np.asarray(filled["provenance"].to_numpy()[first:last] != "filled")]
        # Summed in another order, the fixed part may exceed the whole by a rounding.
        low = min(known, max(low, float(np.nansum(fixed))))
    digits = 1 if known < 1000 else 0
    said = {"unit": filling.unit, "value": decimal(known, digits)}
    if missing:
        step = index[1] - index[0]
        length = duration(index[0], index[0] + missing * step)
        sentence = told["total"]["incomplete"].format(length=length, **said)
        return GapTotal(np.nan, np.nan, np.nan, known, share, missing, sentence)
    if not changed:
        sentence = told["total"]["complete"].format(**said)
        return GapTotal(known, known, known, known, 0.0, 0, sentence)
    sentence = told["total"]["filled"].format(
        low=decimal(low, digits), high=decimal(high, digits), share=decimal(100 * share, 1), **said
    )
    return GapTotal(known, low, high, known, share, 0, sentence)
