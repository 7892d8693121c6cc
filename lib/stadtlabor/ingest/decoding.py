"""Turn a row of spooled deliveries into few batches: one frame for all uplinks, not one each.

No card, no ingest: a delivery whose data set has no card is put aside. Values that break the card's
promises are refused and their delivery is put aside too, so that nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from stadtlabor.catalogue.contract import broken_grid, uncarded, upheld
from stadtlabor.observations import Batch, Datastream, Problem
from stadtlabor.sources.decode import DecodeError, decode
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.uplink import READERS, Values, batch

__all__ = ["REFUSED", "Decoded", "decode_all"]

REFUSED = "Nicht angenommen: "
"""Begins the reason of every delivery that its card, or the lack of one, keeps out."""

log = logging.getLogger(__name__)


@dataclass
class Decoded:
    """What a row of deliveries holds.

    Attributes
    ----------
    observations
        All observations, in the order of arrival; None where there are none.
    grids
        Grids with the id of their delivery.
    dead
        Id and German reason of each delivery that cannot be read or taken, whole or in part.
    problems
        Single values that were refused.
    complete
        Per delivery that was taken whole: from when to when it states all values of a datastream.
    owners
        Id of the delivery of each row of ``observations``.
    """

    observations: Batch | None = None
    grids: list[tuple[int, xr.DataArray]] = field(default_factory=list)
    dead: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: list[dict[str, tuple[pd.Timestamp, pd.Timestamp]]] = field(default_factory=list)
    owners: np.ndarray = field(default_factory=lambda: np.empty(0, "int64"))


def decode_all(deliveries: Iterable[tuple[int, Delivery]]) -> Decoded:
    """Decode deliveries; one that cannot be read or taken never stops the others."""
    found = Decoded()
    lack_of = cache(lambda dataset: uncarded([dataset]))  # cards are looked for once a stretch

    def aside(number: int, datastreams: Iterable[Datastream]) -> bool:
        """Put a delivery aside if a data set in it has no card; tell whether that was so."""
        faults = [lack_of(d) for d in dict.fromkeys(d.dataset for d in datastreams)]
        if any(faults):
            _bury(found, number, " ".join(filter(None, faults)))
        return any(faults)

    stretches: list[tuple[int, dict[str, tuple[pd.Timestamp, pd.Timestamp]]]] = []
    uplinks: list[tuple[int, Values]] = []
    batches: list[tuple[np.ndarray, Batch]] = []
    for number, delivery in deliveries:
        if delivery.kind in READERS:
            try:
                values = READERS[delivery.kind](delivery)
            except Exception:  # the one place that words failures is decode()
                log.debug("%s", delivery.name, exc_info=True)
            else:
                if not aside(number, values.datastreams.values()):
                    uplinks.append((number, values))
                continue
        try:
            result = decode(delivery)
        except DecodeError as error:
            log.warning("Lieferung %d abgelegt: %s", number, error, exc_info=error.__cause__)
            found.dead.append((number, str(error)))
            continue
        if not isinstance(result, Batch):
            fault = broken_grid(result)
            if fault:
                _bury(found, number, fault)
            else:
                found.grids.append((number, result))
        elif not aside(number, result.datastreams):
            batches.append((np.full(len(result.frame), number), result))
            stretches.append((number, result.complete))
    if uplinks:
        sizes = [len(values.rows) for _, values in uplinks]
        owners = np.repeat([number for number, _ in uplinks], sizes)
        batches.append((owners, batch(values for _, values in uplinks)))
    found.problems = [problem for _, each in batches for problem in each.problems]
    filled = [(owners, each) for owners, each in batches if len(each.frame)]
    joined = _joined([each for _, each in filled])
    if joined is not None:
        owners = np.concatenate([owners for owners, _ in filled])
        found.observations = _taken(found, joined, owners)
    refused = {number for number, _ in found.dead}
    found.complete = [told for number, told in stretches if told and number not in refused]
    return found


def _bury(found: Decoded, number: int, fault: str) -> None:
    log.warning("Lieferung %d abgelegt: %s", number, fault)
    found.dead.append((number, f"{REFUSED}{fault}"))


def _taken(found: Decoded, batch: Batch, numbers: np.ndarray) -> Batch | None:
    """Return what keeps the promises of the cards; put aside the deliveries of everything else."""
    checked = upheld(batch)
    found.owners = numbers[checked.keep]
    if checked.keep.all():
        return batch
    found.problems += [breach.told(batch.frame) for breach in checked.breaches]
    reasons: dict[int, str] = {}
    for breach in checked.breaches:
        owners = numbers[breach.rows]
        for number in np.unique(owners):
            own = breach.told(batch.frame, breach.rows[owners == number])
            reasons.setdefault(int(number), f"{REFUSED}{own}")
    found.dead += reasons.items()
    if not checked.keep.any():
        return None
    frame = batch.frame[checked.keep].reset_index(drop=True)
    kept = set(frame["datastream"].unique())
    return Batch(frame, [d for d in batch.datastreams if d.id in kept])


def _joined(batches: list[Batch]) -> Batch | None:
    if len(batches) <= 1:
        return batches[0] if batches else None
    datastreams = {d.id: d for each in batches for d in each.datastreams}
    frame = pd.concat([each.frame for each in batches], ignore_index=True)
    return Batch(frame, list(datastreams.values()))
