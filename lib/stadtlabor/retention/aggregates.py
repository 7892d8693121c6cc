"""What stays of values whose retention period is over: sums or means, and how many there were.

Least and greatest values are not among them: they would be single values again. A period with a
single value is left out for the same reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from stadtlabor.catalogue.cards import GATHERED
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.retention.texts import texts
from stadtlabor.store import Store

__all__ = ["LENGTH_S", "gather", "gathered"]

LENGTH_S = {"hour": 3_600, "day": 86_400, "month": 2_592_000}
"""Length of each period in seconds; a month counts as thirty days."""

_LEAST = 2
_SHARES = {
    "simulated": Quality.SIMULATED,
    "filled": Quality.FILLED,
    "suspect": Quality.SUSPECT,
}


def gathered(stream: Datastream, grain: str) -> tuple[Datastream, Datastream]:
    """Return the two series that stay of one: sum or mean, and the number of values.

    Counts and amounts (``interval_s`` above 0) are summed, momentary values averaged.
    """
    dataset, thing, what = stream.id.split("/", 2)
    kind = "sum" if stream.interval_s else "mean"
    words = texts()["names"][grain]
    place = f"{dataset}{GATHERED[grain]}/{thing}/{what}"
    value, count = (
        replace(
            stream,
            id=f"{place}.{ending}",
            name=words[ending].format(name=stream.name),
            interval_s=LENGTH_S[grain],
        )
        for ending in (kind, "count")
    )
    return value, replace(count, observed_property=f"{stream.observed_property}_count", unit="1")


def gather(
    store: Store,
    series: Sequence[Datastream],
    before: pd.Timestamp,
    grain: str,
    stated: pd.Timestamp,
) -> Batch | None:
    """Return aggregates of all whole periods that begin before an instant and are not there yet.

    A period that has been gathered once is never gathered again: what comes late for it would be
    taken for all of it.

    Parameters
    ----------
    store
        Where the series lie.
    series
        All of one data set.
    before
        Whole periods that begin earlier.
    grain
        Key of :data:`LENGTH_S`.
    stated
        Result time of the aggregates.
    """
    left = {stream.id: gathered(stream, grain) for stream in series}
    dataset = series[0].dataset
    # A period is gathered when its first value goes, so it is read to its end.
    end = before + pd.Timedelta(seconds=LENGTH_S[grain] * 1.1)
    found = store.aggregate(sorted(left), None, end, grain)
    found = found[(found["time"] < before) & (found["count"] >= _LEAST)]
    if found.empty:
        return None
    value = np.where(
        found["datastream"].map(lambda id_: left[id_][0].id.endswith(".sum")),
        found["sum"],
        found["mean"],
    )
    quality = np.zeros(len(found), "int8")
    for name, bit in _SHARES.items():
        quality |= np.where(found[name] >= 0.5, int(bit), 0).astype("int8")
    ids = [found["datastream"].map(lambda id_, n=n: left[id_][n].id) for n in (0, 1)]
    frame = observations(
        [*ids[0], *ids[1]],
        pd.DatetimeIndex([*found["time"], *found["time"]]),
        np.concatenate([value, found["count"].to_numpy("float64")]),
        np.concatenate([quality, quality]),
        stated,
    )
    frame = _new(store, f"{dataset}{GATHERED[grain]}", frame)
    used = set(frame["datastream"])
    streams = [stream for pair in left.values() for stream in pair if stream.id in used]
    return Batch(frame, streams) if len(frame) else None


def _new(store: Store, dataset: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that the store does not hold yet."""
    known = {stream.id for stream in store.datastreams(dataset)} & set(frame["datastream"])
    if not known:
        return frame
    there = store.read(sorted(known))
    keys = pd.MultiIndex.from_frame(there[["datastream", "time"]])
    wanted = pd.MultiIndex.from_frame(frame[["datastream", "time"]])
    return frame[~wanted.isin(keys)].reset_index(drop=True)
