"""A store in a fresh folder and batches to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.store import Store

MakeBatch = Callable[..., Batch]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def batch() -> MakeBatch:
    """Make a batch of one series: values from a start on, one every ``every``."""

    def make(
        values: list[float],
        start: str = "2026-01-01T00:00Z",
        every: str = "15min",
        result: str = "2026-01-02T00:00Z",
        name: str = "footfall/markt/live",
        quality: Quality = Quality.MEASURED,
    ) -> Batch:
        times = pd.date_range(start, periods=len(values), freq=every)
        stream = Datastream(
            name, "Passanten", "pedestrians", "1", 900, "Stadt Musterstadt", "CC0", lat=47.7, lon=10
        )
        frame = observations(name, times, values, quality, pd.Timestamp(result))
        return Batch(frame, [stream])

    return make
