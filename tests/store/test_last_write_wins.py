"""The rule that everything rests on, checked against a model over random histories."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from objectstore import fresh
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.store import Store, query
from stadtlabor.store.series import MOST_SERIES

NAMES = ["energy/a/electricity", "energy/b/electricity"]
STREAMS = [Datastream(n, "Strom", "electricity", "kWh", 900, "Stadt", "CC0") for n in NAMES]
START = pd.Timestamp("2026-01-31T22:00Z")

# Few keys and few result times, so that corrections, duplicates and late values meet often.
row = st.tuples(st.sampled_from(NAMES), st.integers(0, 8), st.integers(0, 3), st.integers(-5, 5))
action = st.one_of(
    st.lists(row, min_size=1, max_size=8), st.just("seal"), st.just("gather"), st.just("again")
)
Model = dict[tuple[str, pd.Timestamp], tuple[int, int, float]]


def _batch(rows: list[tuple[str, int, int, int]]) -> Batch:
    names, hours, stated, values = zip(*rows, strict=True)
    times = pd.DatetimeIndex([START + pd.Timedelta(hours=h) for h in hours])
    results = pd.DatetimeIndex([START + pd.Timedelta(days=1 + r) for r in stated])
    return Batch(observations(list(names), times, list(values), 0, results), STREAMS)


def _told(store: Store, version: int | None = None) -> dict[tuple[str, pd.Timestamp], float]:
    found = store.read(NAMES, at_version=version)
    keys = list(zip(found["datastream"], found["time"], strict=True))
    assert keys == sorted(set(keys))
    return dict(zip(keys, found["value"], strict=True))


# Few series are read from the files themselves, many by the query engine: one rule for both.
@pytest.mark.parametrize("most", [0, MOST_SERIES])
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.lists(action, min_size=1, max_size=9))
def test_the_latest_statement_wins_whatever_is_sealed_when(most, history):
    with tempfile.TemporaryDirectory() as folder, patch.object(query, "MOST_SERIES", most):
        url = fresh() if os.environ.get("STADTLABOR_STORE") else None
        store = Store(Path(folder) / "store", url=url)
        model: Model = {}
        versions: dict[int, dict[tuple[str, pd.Timestamp], float]] = {}
        last: list[tuple[str, int, int, int]] | None = None
        for number, step in enumerate(history):
            if step == "seal":
                store.seal("energy")
            elif step == "gather" and model:
                store.gather("energy")
            elif step != "gather":
                rows = last if step == "again" else step
                if not rows:
                    continue
                last = rows
                store.write(_batch(rows))
                for name, hour, stated, value in rows:
                    key = (name, START + pd.Timedelta(hours=hour))
                    if key not in model or (stated, number) >= model[key][:2]:
                        model[key] = (stated, number, float(value))
            if not model:
                continue
            wanted = {key: entry[2] for key, entry in model.items()}
            assert _told(store) == wanted
            versions[store.version("energy").version] = wanted
        for version, wanted in versions.items():
            assert _told(store, version) == wanted
        store.close()
