"""A store in a fresh place and batches to put into it.

``STADTLABOR_TEST_STORE=s3`` runs the tests of this folder on an object store: the same tests, told
only by the environment where things lie.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from objectstore import environment, fresh
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.store import Store

MakeBatch = Callable[..., Batch]


ON_DISK = os.environ.get("STADTLABOR_TEST_STORE", "file") == "file"


@pytest.fixture(autouse=True)
def where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stores of this test lie where the run has been told to."""
    if not ON_DISK:
        for name, value in {**environment(), "STADTLABOR_STORE": fresh()}.items():
            monkeypatch.setenv(name, value)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what is about a disk where there is none."""
    for item in items:
        mark = item.get_closest_marker("disk")
        if mark is not None and not ON_DISK:
            item.add_marker(pytest.mark.skip(reason=f"about the disk: {mark.args[0]}"))


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
