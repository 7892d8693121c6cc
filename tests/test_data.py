from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from stadtlabor import data
from stadtlabor.observations import COLUMNS, Batch, Datastream, Quality, observations
from stadtlabor.store import GridStore, Store

ID = "footfall/markt/live"


@pytest.fixture
def filled(empty_home: Path) -> Path:
    times = pd.date_range("2026-10-24T22:00Z", periods=48, freq="1h")
    stream = Datastream(
        ID,
        "Passanten Markt",
        "pedestrians",
        "1",
        3600,
        "Stadt Musterstadt",
        "CC0",
        True,
        "Zähler Markt",
        "Musterstadt",
        47.7,
        10.3,
    )
    store = Store(empty_home / "store")
    store.write(Batch(observations(ID, times, 1.0, Quality.SIMULATED), [stream]))
    store.close()
    return empty_home


def test_a_frame_says_what_its_chart_must_say(filled):
    found = data.read("footfall")
    assert {n: str(t) for n, t in found.dtypes.items()} == COLUMNS
    assert found.attrs == {
        "citation": str(data.version("footfall")),
        "units": {ID: "1"},
        "sources": ["Stadt Musterstadt"],
        "licences": ["CC0"],
        "simulated": True,
        "shares": {"simulated": 1.0, "filled": 0.0, "suspect": 0.0},
    }


def test_times_without_a_zone_are_the_citys_clock(filled):
    found = data.read("footfall", start="2026-10-25", end="2026-10-26")
    assert len(found) == 25
    days = data.aggregate("footfall", "day", start="2026-10-25", end="2026-10-26")
    assert [str(t) for t in days["time"]] == ["2026-10-25 00:00:00+02:00"]
    assert days["sum"].tolist() == [25]
    assert days.attrs["shares"]["simulated"] == 1.0


def test_a_version_can_be_pinned_in_the_name(filled):
    version = data.version("footfall").version
    assert len(data.read(f"footfall@{version}")) == 48
    assert data.read(f"footfall@{version}").attrs["citation"] == str(data.version("footfall"))
    with pytest.raises(data.DataError, match="keine Version 99"):
        data.read("footfall@99")


def test_a_dataset_without_data_is_empty_but_complete(empty_home):
    found = data.read("footfall")
    assert found.empty
    assert {n: str(t) for n, t in found.dtypes.items()} == COLUMNS
    assert found.attrs["units"] == {}
    assert found.attrs["citation"].startswith("footfall@-1")
    assert data.aggregate("footfall", "day").empty
    assert data.latest("footfall").empty
    assert data.datastreams("footfall").empty
    assert data.datasets() == []


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (lambda: data.read("footfall", "footfall/mark/live"), "Vielleicht „footfall/markt/live“"),
        (lambda: data.read("fotfall"), "Vielleicht „footfall“"),
        (lambda: data.read("Foot fall"), "kein Name eines Datensatzes"),
        (lambda: data.read("footfall", start="gestern"), "„gestern“ ist kein Zeitpunkt"),
        (lambda: data.aggregate("footfall", "year"), "kein Zeitraum"),
        (lambda: data.grid("footfall"), "liegen keine Raster"),
    ],
)
def test_what_cannot_be_answered_is_told_in_german(filled, question, sentence):
    with pytest.raises(data.DataError, match=sentence):
        question()


def test_datastreams_and_latest(filled):
    told = data.datastreams("footfall").iloc[0]
    assert (told["id"], told["thing"], told["thing_name"]) == (ID, "markt", "Zähler Markt")
    assert (told["unit"], told["interval_s"], told["simulated"]) == ("1", 3600, True)
    assert data.latest("footfall")["time"].tolist() == [pd.Timestamp("2026-10-26T21:00Z")]


def test_grids_come_through_the_same_door(filled):
    rain = xr.DataArray(
        [[[0.12, 0.24], [0.0, 1.2]]],
        dims=("time", "y", "x"),
        coords={"time": pd.to_datetime(["2026-01-01"]), "y": [0.0, 1.0], "x": [0.0, 1.0]},
        name="precipitation_mm_h",
        attrs={"units": "mm/h", "source": "DWD", "licence": "CC BY 4.0", "interval_s": 300},
    )
    GridStore(filled / "store").write_grid(rain)
    assert data.datasets() == ["footfall", "rain-radar"]
    found = data.grid("rain-radar", start="2026-01-01")
    assert float(found.max()) == pytest.approx(1.2)
    assert found.attrs["citation"] == str(data.version("rain-radar"))
    assert len(data.grid("rain-radar@1", start="2026-01-02")["time"]) == 0
