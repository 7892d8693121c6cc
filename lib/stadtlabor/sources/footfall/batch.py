"""Turn a delivery with pedestrian counts into the observations that the store keeps."""

from __future__ import annotations

import json

import pandas as pd

from stadtlabor.city import city
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.footfall.documents import document_rows
from stadtlabor.sources.footfall.read import read_bytes
from stadtlabor.sources.footfall.rows import frame_of
from stadtlabor.sources.stations import hourly

__all__ = ["parse"]

AREAS = {"leeds-csv": "Leeds"}
"""Town of deliveries whose files do not name it."""


def parse(delivery: Delivery) -> Batch:
    """Read a delivery of any dialect.

    Counts are taken as they come. What the provider marks as not verified carries
    ``Quality.PRELIMINARY``; zeros that cannot be true are for the analysis to flag.

    Raises
    ------
    SourceError
        In German, if nothing can be read.
    """
    simulated = ".simuliert." in delivery.name
    if delivery.kind.endswith("-json"):
        # An hour in which nothing was measured is an empty answer, not a fault.
        frame = frame_of(document_rows(delivery.body, delivery.name))
        meta = json.loads(delivery.body).get("metadata") or {}
        simulated = simulated or bool(meta.get("simulated", False))
    else:
        frame = read_bytes(delivery.body, delivery.name)
    for column in ("area", "counter_id"):
        if column not in frame:
            frame[column] = AREAS.get(delivery.kind, "") if column == "area" else ""
    here = city()
    streams: dict[str, Datastream] = {}
    for row in frame.drop_duplicates("counter").to_dict("records"):
        number = int(row["counter_id"]) if row["counter_id"].isdigit() else None
        streams[row["counter"]] = hourly(here, row["counter"], row["area"], number, simulated)
    quality = pd.Series(int(Quality.SIMULATED) if simulated else 0, index=frame.index)
    if "preliminary" in frame:
        quality |= frame["preliminary"] * int(Quality.PRELIMINARY)
    observed = observations(
        frame["counter"].map({name: s.id for name, s in streams.items()}),
        pd.DatetimeIndex(frame["start"]),
        frame["pedestrians"].to_numpy(),
        quality.to_numpy(),
        pd.Timestamp(delivery.received_at),
    )
    return Batch(observed, list(streams.values()), list(frame.attrs["report"].problems))
