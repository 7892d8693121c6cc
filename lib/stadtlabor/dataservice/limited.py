"""Answers of limited detail: whole periods, common values, small numbers withheld, noise.

Everything is computed at the grain of the rule, protected there, and only then gathered further:
a coarser answer tells nothing that the finer one keeps back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from stadtlabor.catalogue.policy import Rule
from stadtlabor.dataservice.noise import noise
from stadtlabor.dataservice.periods import begin, closed, snapped, widened
from stadtlabor.observations import Datastream
from stadtlabor.sources.names import slug

if TYPE_CHECKING:
    from stadtlabor.store import Store

__all__ = ["ADDITIVE", "PEOPLE", "Span", "gathered", "limited", "span"]

PEOPLE = "1"
"""Unit of values that count."""

ADDITIVE = frozenset({PEOPLE, "kWh", "m³", "l", "kg"})
"""Units whose values of several meters add up; of others the mean is taken."""

Span = tuple[pd.Timestamp | None, pd.Timestamp]
_SHARES = ["simulated", "filled", "suspect"]


def span(
    start: datetime | None, end: datetime | None, grain: str, rule: Rule, now: datetime, zone: str
) -> Span:
    """Return the whole periods that a limited answer covers.

    Parameters
    ----------
    start, end
        As asked, None where open.
    grain
        Period that is asked for.
    rule
        Limits how far back it may reach.
    now
        Periods that are not over yet are left out.
    zone
        The city's clock.
    """
    last = closed(now, grain, zone)
    if end is not None:
        last = min(last, widened(pd.Timestamp(end).as_unit("us"), grain, zone))
    first = None if start is None else snapped(pd.Timestamp(start).as_unit("us"), grain, zone)
    if rule.oldest is not None:
        oldest = widened(pd.Timestamp(now - rule.oldest).as_unit("us"), grain, zone)
        first = oldest if first is None else max(first, oldest)
    return first, last


def limited(
    store: Store, series: Sequence[Datastream], rule: Rule, when: Span, zone: str, secret: bytes
) -> tuple[pd.DataFrame, int]:
    """Return the protected cells at the rule's grain, and how many were withheld.

    Parameters
    ----------
    store
        Where the values lie.
    series
        What is asked for, all of one data set.
    rule
        What is allowed; ``rule.grain`` must be set.
    when
        Whole periods, see :func:`span`.
    zone, secret
        The city's clock; the key of the noise.

    Returns
    -------
    tuple of pandas.DataFrame and int
        Columns of :data:`stadtlabor.store.AGGREGATE_COLUMNS`. Least and greatest value of a period
        are single values and so are never told (NaN).

    Raises
    ------
    ValueError
        If the rule names no grain.
    """
    if rule.grain is None:
        raise ValueError("a limited answer needs a rule with a grain")
    cells = store.aggregate([d.id for d in series], *when, rule.grain)
    cells["contributors"] = 1
    cells["of"] = cells["datastream"]
    if rule.place != "sensor":
        cells = _common(cells, series, rule.place)
    keep = cells["contributors"] >= rule.contributors
    if rule.persons:
        keep &= cells["sum"] >= rule.persons
    shown = cells[keep].reset_index(drop=True)
    if rule.noise and len(shown):
        names = shown["of"] + "|" + shown["time"].astype("str")
        shown["mean"] = shown["mean"] + noise(secret, names, rule.noise) / shown["count"]
        shown["sum"] = (shown["mean"] * shown["count"]).round(9)
    shown[["min", "max"]] = np.nan
    return shown.drop(columns=["contributors", "of"]), int((~keep).sum())


def gathered(cells: pd.DataFrame, grain: str, zone: str) -> pd.DataFrame:
    """Gather protected cells into longer periods of the city's clock."""
    if cells.empty:
        return cells
    weighted = cells.copy()
    weighted["time"] = begin(cells["time"], grain, zone)
    weighted[_SHARES] = weighted[_SHARES].mul(cells["count"], axis=0)
    found = weighted.groupby(["datastream", "time"], as_index=False, sort=True)[
        ["sum", "count", *_SHARES]
    ].sum()
    found["mean"] = found["sum"] / found["count"]
    found[_SHARES] = found[_SHARES].div(found["count"], axis=0)
    found[["min", "max"]] = np.nan
    return found[list(cells.columns)]


def _common(cells: pd.DataFrame, series: Sequence[Datastream], place: str) -> pd.DataFrame:
    """Return one value per kind, period and part of town in place of one per meter."""
    facts = pd.DataFrame(
        {
            "datastream": [d.id for d in series],
            "group": [_name(d, place) for d in series],
            "additive": [d.unit in ADDITIVE for d in series],
        }
    )
    joined = cells.merge(facts, on="datastream")
    joined[_SHARES] = joined[_SHARES].mul(joined["count"], axis=0)
    keys = ["group", "time"]
    found = joined.groupby(keys, as_index=False, sort=True).agg(
        total=("sum", "sum"), middle=("mean", "mean"), additive=("additive", "first"),
        values=("count", "sum"), contributors=("datastream", "nunique"),
        of=("datastream", lambda ids: ",".join(sorted(ids))),
        **{share: (share, "sum") for share in _SHARES},
    )  # fmt: skip
    found[_SHARES] = found[_SHARES].div(found["values"], axis=0)
    # The number of values per meter, so that mean times count is the common sum.
    count = (found["values"] / found["contributors"]).round().clip(lower=1).astype("int64")
    mean = np.where(found["additive"], found["total"] / count, found["middle"])
    return pd.DataFrame(
        {
            "datastream": found["group"].astype("str"),
            "time": found["time"],
            "sum": mean * count,
            "mean": mean,
            "min": np.nan,
            "max": np.nan,
            "count": count,
            **{share: found[share] for share in _SHARES},
            "contributors": found["contributors"],
            "of": found["of"],
        }
    )


def _name(datastream: Datastream, place: str) -> str:
    """Return the id of a common series; kinds that cannot be added stay apart."""
    part = slug(datastream.area) or "ohne-ort" if place == "area" else "alle"
    kind = slug(f"{datastream.observed_property}-{datastream.unit}-{datastream.interval_s}")
    return f"{datastream.dataset}/{part}/{kind}"
