import numpy as np
import pandas as pd
import pytest

from stadtlabor.observations import COLUMNS, Batch, Datastream, Quality, observations

TIMES = pd.date_range("2026-03-29 00:00", periods=3, freq="h", tz="Europe/Berlin")


def test_columns_and_types_are_exact() -> None:
    frame = observations("a/b/c", TIMES, [1, 2, 3], Quality.SIMULATED)
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == COLUMNS
    assert frame["time"].iloc[2] == pd.Timestamp("2026-03-29 01:00", tz="UTC")  # clocks went ahead


def test_times_without_zone_are_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        observations("a/b/c", TIMES.tz_localize(None), 1.0)


def test_missing_values_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        observations("a/b/c", TIMES, [1.0, np.nan, 2.0])


def test_a_batch_knows_its_units_and_refuses_the_undescribed() -> None:
    described = Datastream("a/b/c", "Zähler", "electricity", "kWh", 3600, "Quelle", "CC0")
    assert Batch(observations("a/b/c", TIMES, 1.0), [described]).frame.attrs["units"] == {
        "a/b/c": "kWh"
    }
    assert described.dataset == "a"
    assert described.thing == "b"
    with pytest.raises(ValueError, match="a/x/c"):
        Batch(observations("a/x/c", TIMES, 1.0), [described])
