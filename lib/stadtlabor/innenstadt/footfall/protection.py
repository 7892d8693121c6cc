"""Make a table of counts public without telling of single people.

A night with two passers-by is close to two persons. What is published must therefore be at least
``k``, and no smaller figure may follow from differences of what is published. Leaving single cells
out does not do that: the day's total minus the other hours gives them away. So nothing is left
out. Time is widened instead, from one hour to three, to several such blocks, to the day, to several
days, until each published figure is large enough. The published blocks of a counter cover its time
without gap and overlap; every total of them is a sum of published figures and tells nothing new.

A zero is a small figure, too: were zeros shown, a widened hour would say that somebody passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from stadtlabor.innenstadt.footfall.calendar import zone_of
from stadtlabor.innenstadt.footfall.grid import Floats, check_counts, hourly

__all__ = ["protect"]

BLOCK_HOURS = 3

Span = tuple[int, int]
"""First and last (exclusive) row of a block."""


def protect(table: pd.DataFrame, k: int = 5, together: bool = False) -> pd.DataFrame:
    """Widen time until no published figure is below ``k`` and none can be computed.

    Parameters
    ----------
    table
        Hourly counts: ``counter``, ``start`` (UTC), ``pedestrians``; shorter intervals are summed.
        NaN and absent hours count as nobody seen; ``hours_counted`` tells how many were counted.
    k
        Smallest figure that may be published, persons.
    together
        True where sums over counters are published as well: then all counters share the same
        blocks, so that such sums are sums of published figures, too.

    Returns
    -------
    DataFrame
        ``counter``, ``start`` and ``end`` of the block (UTC), ``hours_counted``, ``pedestrians``
        (sum over the block). A counter that saw fewer than ``k`` persons in all its time has one
        row with ``pedestrians`` NaN. Nothing else of ``table`` is published: directions, adults and
        children would be further small figures.

    Raises
    ------
    ValueError
        In German, if ``k`` is below 1 or the table holds no counts.
    """
    if k < 1:
        raise ValueError(f"k = {k}: Bitte eine Zahl ab 1 angeben, üblich ist 5.")
    zone = zone_of(table)
    rows = hourly(check_counts(table))
    wide = rows.pivot(index="start", columns="counter", values="pedestrians")
    wide = wide.reindex(pd.date_range(wide.index.min(), wide.index.max(), freq="h", name="start"))
    parts = []
    for group in [list(wide.columns)] if together else [[name] for name in wide.columns]:
        chosen = wide[group]
        if not together:
            there = np.flatnonzero(chosen.notna().any(axis=1))
            if not len(there):
                continue
            chosen = chosen.iloc[there[0] : there[-1] + 1]
        parts.append(_blocks(chosen, k, zone))
    if not parts:
        raise ValueError(
            "Die Tabelle enthält keine vollständige Stunde. Bitte einen längeren Zeitraum wählen."
        )
    out = pd.concat(parts, ignore_index=True)
    return out.sort_values(["counter", "start"], kind="stable").reset_index(drop=True)


def _blocks(wide: pd.DataFrame, k: int, zone: str) -> pd.DataFrame:
    """Find the blocks that serve all counters of ``wide`` and sum over them."""
    values = wide.fillna(0.0).to_numpy()
    # A counter with fewer than k persons altogether never gets large enough; it must not spoil the
    # blocks of the others.
    able = values.sum(axis=0) >= k
    sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    start = pd.DatetimeIndex(wide.index)
    local = start.tz_convert(zone)
    day = np.asarray(local.tz_localize(None).normalize())
    spans = _spans(sums[:, able], day, np.asarray(local.hour) // BLOCK_HOURS, k)
    counted = np.vstack([np.zeros(values.shape[1]), np.cumsum(wide.notna().to_numpy(), axis=0)])
    parts = []
    for n, name in enumerate(wide.columns):
        own: Sequence[Span] = spans if able[n] else [(0, len(wide))]
        first, last = (np.array(side) for side in zip(*own, strict=True))
        total = sums[last, n] - sums[first, n]
        parts.append(
            pd.DataFrame(
                {
                    "counter": name,
                    "start": start[first],
                    "end": start[last - 1] + pd.Timedelta(hours=1),
                    "hours_counted": (counted[last, n] - counted[first, n]).astype("int64"),
                    "pedestrians": total if able[n] else np.nan,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _spans(sums: Floats, day: np.ndarray, block: np.ndarray, k: int) -> list[Span]:
    """Return the blocks in order of time; each has ``k`` persons at every counter."""
    if sums.shape[1] == 0:
        return [(0, len(day))]
    edges = np.flatnonzero(np.r_[True, day[1:] != day[:-1], True])
    days: list[list[Span]] = []
    for first, last in pairwise(edges.tolist()):
        inner = np.flatnonzero(np.r_[True, np.diff(block[first:last]) != 0, True]) + first
        blocks = _merged(list(pairwise(inner.tolist())), sums, k)
        days.append([hour for span in blocks for hour in _hours(span, sums, k)])
    whole = _merged([(spans[0][0], spans[-1][1]) for spans in days], sums, k)
    by_day = {(spans[0][0], spans[-1][1]): spans for spans in days}
    # Days that had to be joined are one figure; the others keep their blocks.
    return [span for long in whole for span in by_day.get(long, [long])]


def _hours(span: Span, sums: Floats, k: int) -> list[Span]:
    """Split a block of up to three hours where every hour is large enough."""
    first, last = span
    if last - first > BLOCK_HOURS + 1:  # four hours on the night when the clock goes back
        return [span]
    hours = [(n, n + 1) for n in range(first, last)]
    return hours if all(_least(hour, sums) >= k for hour in hours) else [span]


def _merged(spans: list[Span], sums: Floats, k: int) -> list[Span]:
    """Join blocks that are too small with the smaller of their neighbours."""
    spans = list(spans)
    while len(spans) > 1:
        size = [_least(span, sums) for span in spans]
        n = int(np.argmin(size))
        if size[n] >= k:
            break
        if n == 0 or (n + 1 < len(spans) and size[n + 1] <= size[n - 1]):
            spans[n : n + 2] = [(spans[n][0], spans[n + 1][1])]
        else:
            spans[n - 1 : n + 1] = [(spans[n - 1][0], spans[n][1])]
    return spans


def _least(span: Span, sums: Floats) -> float:
    """Return the persons at the counter with the fewest."""
    return float((sums[span[1]] - sums[span[0]]).min())
