"""Daily sums beside sealed months: never another answer, only a faster one."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from stadtlabor.observations import Quality
from stadtlabor.store import days

ID, OTHER = "footfall/markt/live", "footfall/gasse/live"


def forget() -> None:
    """Forget what this process has kept of the files, as a new process would."""
    days.read_sums.cache_clear()


@pytest.fixture
def filled(store, batch):
    values = np.random.default_rng(1).integers(0, 100, 24 * 200).astype(float).tolist()
    store.write(batch(values, start="2026-01-10T00:00Z", every="1h"))
    store.write(
        batch(values, start="2026-01-10T00:00Z", every="1h", name=OTHER, quality=Quality.FILLED)
    )
    store.seal("footfall")
    store.write(batch([5000], start="2026-03-29T01:00Z", result="2026-09-01T00:00Z"))
    return store


WINDOWS = [
    (None, None),
    ("2026-02-10T05:00Z", "2026-06-20T17:00Z"),
    ("2026-01-31T23:00Z", "2026-05-31T22:00Z"),
    ("2026-02-01T00:00Z", "2026-03-01T00:00Z"),
]


@pytest.mark.parametrize("grain", ["day", "week", "month"])
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("names", [ID, [ID, OTHER]])
@pytest.mark.parametrize("harm", ["lost", "torn"])
def test_sums_answer_as_the_rows_do(filled, grain, window, names, harm):
    start, end = (None if at is None else pd.Timestamp(at) for at in window)
    forget()
    quick = filled.aggregate(names, start, end, grain)
    kept = sorted(filled.place.glob("observations/footfall/_days/*/*.parquet"))
    assert len(kept) == 7
    for path in kept:
        path.unlink() if harm == "lost" else path.write_bytes(b"PAR1")
    forget()
    pd.testing.assert_frame_equal(quick, filled.aggregate(names, start, end, grain), rtol=1e-12)
    rows = filled.read(names, start, end)
    assert quick["sum"].sum() == rows["value"].sum()
    assert quick["count"].sum() == len(rows)
    assert quick["max"].max() == rows["value"].max()


def test_sums_are_used(filled, monkeypatch):
    forget()
    read = []
    ask = filled._reader.ask
    monkeypatch.setattr(
        filled._reader, "ask", lambda s, *args, **more: read.append(s) or ask(s, *args, **more)
    )
    filled.aggregate(ID, None, None, "day")
    assert [f.month for f in read[0].base()] == ["2026-03"]  # the month with a correction


def test_sums_go_with_their_file(filled):
    if not isinstance(filled.place, Path):
        time.sleep(1.1)  # the clock of an object store knows whole seconds
    filled.seal("footfall")
    kept = filled.place.glob("observations/footfall/_days/*/*.parquet")
    assert len(list(kept)) == 8
    filled.vacuum("footfall", all_days=0, sealed_days=0)
    names = {p.name for p in filled.place.glob("observations/footfall/_days/*/*.parquet")}
    assert names == {p.name for p in filled.place.glob("observations/footfall/layer=base/*/*")}
    assert len(names) == 7
