"""A twin resembles what it stands for and knows no more than the public."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from desks import NOW, counter, rule
from stadtlabor import data
from stadtlabor.catalogue.policy import ANONYMOUS
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.twin import invented
from stadtlabor.observations import COLUMNS
from stadtlabor.store import AGGREGATE_COLUMNS, Store
from stadtlabor.store.frames import framed


def public(desk, grain: str) -> pd.DataFrame:
    question = Question(dataset="count", purpose="participation", grain=grain)
    table = desk(rule(grain=grain)).answer(question, ANONYMOUS).table
    return framed(table, AGGREGATE_COLUMNS)


@pytest.mark.parametrize("grain", ["hour", "day"])
def test_sums_are_the_public_ones_and_values_are_not_the_real_ones(desk, store: Store, grain):
    seen, series = public(desk, grain), store.datastreams("count")
    found = invented(seen, series, grain, "Europe/Berlin")
    assert {n: str(found[n].dtype) for n in found} == COLUMNS
    assert found.attrs["simulated"]
    assert (found["quality"] == 1).all()
    real = store.read([d.id for d in series])
    both = real.merge(found, on=["datastream", "time"])
    assert len(both) > 0.95 * len(found)  # the first period began before the data
    assert (both["value_x"] != both["value_y"]).mean() > 0.99
    for row in seen.itertuples():
        begin, length = row.time, {"hour": "1h", "day": "1D"}[grain]
        of = found["datastream"] == row.datastream
        inside = of & (found["time"] >= begin) & (found["time"] < begin + pd.Timedelta(length))
        np.testing.assert_allclose(found.loc[inside, "value"].sum(), row.sum, rtol=1e-9, atol=1e-9)
        assert inside.sum() == row.count


def test_the_same_question_gives_the_same_values(desk, store: Store):
    seen, series = public(desk, "hour"), store.datastreams("count")
    whole = invented(seen, series, "hour", "Europe/Berlin")
    later = invented(seen[seen["time"] >= "2026-11-29"], series, "hour", "Europe/Berlin")
    rest = whole[whole["time"] >= "2026-11-29"].reset_index(drop=True)
    pd.testing.assert_frame_equal(later, rest)


def test_a_notebook_asks_for_its_twin(store: Store, monkeypatch, empty_home):
    monkeypatch.setattr("stadtlabor.data.asking.observation_store", lambda: store)
    found = data.twin("count", counter("a").id, start="2026-11-29", end=NOW)
    assert set(found["datastream"]) == {counter("a").id}
    assert found.attrs["twin"]
