"""Turn a row of spooled deliveries into few batches: one frame for all uplinks, not one each."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd
import xarray as xr

from stadtlabor.observations import Batch, Problem
from stadtlabor.sources.decode import DecodeError, decode
from stadtlabor.sources.delivery import Delivery
from stadtlabor.sources.uplink import READERS, Values, batch

__all__ = ["Decoded", "decode_all"]

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
        Id and German reason of each delivery that cannot be read.
    problems
        Single values that were refused.
    """

    observations: Batch | None = None
    grids: list[tuple[int, xr.DataArray]] = field(default_factory=list)
    dead: list[tuple[int, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def decode_all(deliveries: Iterable[tuple[int, Delivery]]) -> Decoded:
    """Decode deliveries; one that cannot be read never stops the others."""
    found = Decoded()
    uplinks: list[Values] = []
    batches: list[Batch] = []
    for number, delivery in deliveries:
        if delivery.kind in READERS:
            try:
                uplinks.append(READERS[delivery.kind](delivery))
                continue
            except Exception:  # the one place that words failures is decode()
                log.debug("%s", delivery.name, exc_info=True)
        try:
            result = decode(delivery)
        except DecodeError as error:
            log.warning("Lieferung %d abgelegt: %s", number, error, exc_info=error.__cause__)
            found.dead.append((number, str(error)))
            continue
        if isinstance(result, Batch):
            batches.append(result)
        else:
            found.grids.append((number, result))
    if uplinks:
        batches.append(batch(uplinks))
    found.problems = [problem for each in batches for problem in each.problems]
    found.observations = _joined([each for each in batches if len(each.frame)])
    return found


def _joined(batches: list[Batch]) -> Batch | None:
    if len(batches) <= 1:
        return batches[0] if batches else None
    datastreams = {d.id: d for each in batches for d in each.datastreams}
    frame = pd.concat([each.frame for each in batches], ignore_index=True)
    return Batch(frame, list(datastreams.values()))
