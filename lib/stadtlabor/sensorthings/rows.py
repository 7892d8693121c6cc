"""Read the observations of one datastream piece by piece, and never more than is needed."""

from __future__ import annotations

import operator
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from stadtlabor.observations import Quality
from stadtlabor.sensorthings import reading
from stadtlabor.sensorthings.conditions import Conditions
from stadtlabor.sensorthings.evaluation import judge
from stadtlabor.sensorthings.model import OBSERVATIONS, Entity
from stadtlabor.sensorthings.refusal import refuse
from stadtlabor.sensorthings.stock import Stream
from stadtlabor.sensorthings.times import from_us, to_us

__all__ = ["Budget", "Row", "as_entity", "marks", "pieces", "row_at"]

FIRST_PIECE = 1_000
LARGEST_PIECE = 50_000
AT_ONCE = 500
MOST_READ = 2_000_000
MOST_SERIES = 500
MOST_ENTITIES = 20_000
LONGEST_S = 20.0
# No value of a city is older or younger; the store's own times reach no further anyway.
EARLIEST = datetime(1700, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_TESTS = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
}


class Row(NamedTuple):
    """One observation: datastream, start (µs since the Unix epoch), value, quality, result time."""

    series: Entity
    t: int
    value: float
    quality: int
    rt: int


@dataclass
class Budget:
    """How much one answer may still cost: rows to read, single series, entities to write, time."""

    rows: int = MOST_READ
    series: int = MOST_SERIES
    entities: int = MOST_ENTITIES
    until: float = field(default_factory=lambda: time.monotonic() + LONGEST_S)

    def read(self, rows: int) -> None:
        """Count rows; raises Refusal when there have been too many."""
        self.rows -= rows
        if self.rows < 0:
            raise refuse("option.rows", most=MOST_READ)
        self.check()

    def look(self, series: int) -> None:
        """Count series that are read within another entity."""
        self.series -= series
        if self.series < 0:
            raise refuse("option.expand_reads", most=MOST_SERIES)

    def write(self) -> None:
        """Count an entity: what is expanded can multiply beyond all measure."""
        self.entities -= 1
        if self.entities < 0:
            raise refuse("option.expand_entities", most=MOST_ENTITIES)
        self.check()

    def check(self) -> None:
        """Raise Refusal when the answer has taken too long; others want to ask as well."""
        if time.monotonic() > self.until:
            raise refuse("option.slow", most=round(LONGEST_S))


def pieces(
    series: Entity,
    stream: Stream,
    asked: Conditions,
    budget: Budget,
    descending: bool = False,
    wanted: int = FIRST_PIECE,
) -> Iterator[list[Row]]:
    """Yield the rows that meet the conditions, in order of time, in pieces of growing size.

    ``of_series`` is not asked here: whoever calls has chosen the series.
    """
    low, high = _clipped(asked.start), _clipped(asked.end)
    limit = max(1, min(wanted + 1, LARGEST_PIECE))
    tests = [judge(part) for part in asked.of_row]
    while low is None or high is None or low < high:
        frame = reading.observations(
            stream.dataset, stream.id, low, high, limit, descending, stream.step_s
        )
        budget.read(len(frame) * (5 if tests else 1))
        rows = _rows(series, frame, asked)
        if tests:
            rows = list(_tested(rows, tests, budget))
        if rows:
            yield rows
        if len(frame) < limit:
            return
        last = frame["time"].iloc[-1]
        low, high = (low, last) if descending else (last + pd.Timedelta(microseconds=1), high)
        limit = min(limit * 4, LARGEST_PIECE)


def row_at(series: Entity, stream: Stream, t: int) -> Row | None:
    """Return the observation at an instant (µs since the Unix epoch)."""
    if not to_us(EARLIEST) <= t < to_us(LATEST):
        return None
    start = pd.Timestamp(from_us(t))
    end = start + pd.Timedelta(microseconds=1)
    frame = reading.observations(stream.dataset, stream.id, start, end, 1, step_s=stream.step_s)
    found = _rows(series, frame, Conditions())
    return found[0] if found else None


def as_entity(row: Row) -> Entity:
    """Return an observation as an entity, for conditions; times are instants here."""
    links = row.series.links
    return Entity(
        OBSERVATIONS,
        f"{row.series.number}-{row.t}",
        {
            "phenomenonTime": from_us(row.t),
            "result": row.value,
            "resultTime": from_us(row.rt) if row.rt > 0 else None,
            "parameters": marks(row.quality),
        },
        {"Datastream": [row.series], "FeatureOfInterest": links["FeatureOfInterest"]},
    )


def _tested(
    rows: list[Row], tests: list[Callable[[Entity], bool]], budget: Budget
) -> Iterator[Row]:
    for nth, row in enumerate(rows):
        if nth % AT_ONCE == 0:
            budget.check()
        entity = as_entity(row)
        if all(test(entity) for test in tests):
            yield row


@cache
def marks(quality: int) -> dict[str, bool]:
    """Return which marks of :class:`stadtlabor.observations.Quality` a value carries."""
    return {str(bit.name).lower(): bool(quality & bit) for bit in Quality}


def _rows(series: Entity, frame: pd.DataFrame, asked: Conditions) -> list[Row]:
    value = frame["value"].to_numpy("float64")
    keep = np.isfinite(value)
    for op, number in asked.results:
        keep &= _TESTS[op](value, number)
    columns = (
        _microseconds(frame["time"])[keep].tolist(),
        value[keep].tolist(),
        frame["quality"].to_numpy("int64")[keep].tolist(),
        _microseconds(frame["result_time"])[keep].tolist(),
    )
    return [Row(series, *cells) for cells in zip(*columns, strict=True)]


def _microseconds(times: pd.Series) -> np.ndarray:
    return pd.DatetimeIndex(times).as_unit("us").asi8


def _clipped(instant: datetime | None) -> pd.Timestamp | None:
    return None if instant is None else pd.Timestamp(min(max(instant, EARLIEST), LATEST))
