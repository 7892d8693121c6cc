"""Gauges that lie, and radar put right by those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from stadtlabor.observations import observations
from stadtlabor.rain.gauging.fusion import fuse, gauge_points, leave_one_out, link_points
from stadtlabor.rain.gauging.gauges import Doubt, believed, doubts, expected, gauges_of, told
from stadtlabor.rain.reading import read
from stadtlabor.rain.units import UnitError, to_rate, total


@pytest.fixture
def openmrg(shared_data: Path) -> Path:
    return shared_data / "rain" / "openmrg_20150827"


@pytest.fixture
def gauges(openmrg: Path) -> xr.DataArray:
    with xr.open_dataset(openmrg / "openMRG_city_gauges_20150827.nc") as data:
        rain = data["rainfall_amount"].load()
    return rain.rename(station_id="station").transpose("time", "station")


def minutes(values: np.ndarray) -> xr.DataArray:
    times = pd.date_range("2026-07-01 10:00", periods=len(values), freq="min")
    names = [f"Pegel {n}" for n in range(values.shape[1])]
    return xr.DataArray(values, dims=("time", "station"), coords={"time": times, "station": names})


def test_real_gauges_are_believed(gauges: xr.DataArray) -> None:
    """Ten gauges through a day of drizzle and storms: nothing real is thrown away."""
    flags = doubts(gauges)
    assert not (flags > 0).any()
    assert told(flags) == []


@pytest.mark.parametrize(
    ("harm", "doubt", "word"),
    [
        (lambda v: v.__setitem__((slice(700, 705), 2), np.nan), Doubt.MISSING, "keine Werte"),
        (lambda v: v.__setitem__((700, 2), -0.1), Doubt.NEGATIVE, "negativen Regen"),
        (lambda v: v.__setitem__((700, 2), 25.0), Doubt.SPIKE, "als fallen kann"),
        (lambda v: v.__setitem__((slice(700, 720), 2), 0.4), Doubt.STUCK, "dieselbe Zahl"),
        (lambda v: v.__setitem__((slice(400, 700), 2), 0.0), Doubt.DEAF, "bleibt trocken"),
    ],
)
def test_each_fault_has_its_cause(gauges: xr.DataArray, harm, doubt: Doubt, word: str) -> None:
    values = gauges.to_numpy().copy()
    harm(values)
    broken = gauges.copy(data=values)
    flags = doubts(broken)
    marked = flags.to_numpy() > 0
    assert (flags.to_numpy()[marked] == int(doubt)).all()
    assert marked[:, 2].any()
    assert not np.delete(marked, 2, axis=1).any()
    sentences = told(flags)
    assert len(sentences) == 1
    assert word in sentences[0]
    assert sentences[0].startswith("Bergsj (ab 27.08.2015")
    assert np.isnan(believed(broken).to_numpy()[marked]).all()


def test_observations_of_the_store_become_gauges() -> None:
    times = pd.date_range("2026-07-01 10:00", periods=5, freq="min", tz="UTC")
    told_values = pd.concat(
        [
            observations("rain-gauge/rathaus/rain", times[[0, 1, 4]], [0.1, 0.2, 0.3]),
            observations("rain-gauge/iller/rain", times, 0.4),
            observations("rain-gauge/nowhere/rain", times, 9.0),
        ]
    )
    places = pd.DataFrame(
        {"lon": [10.31, 10.32], "lat": [47.72, 47.73]},
        index=["rain-gauge/iller/rain", "rain-gauge/rathaus/rain"],
    )
    gauges = gauges_of(told_values, places)
    assert gauges.dims == ("time", "station")
    assert gauges["station"].to_numpy().tolist() == places.index.tolist()
    assert gauges.sel(station="rain-gauge/rathaus/rain").isnull().to_numpy().tolist() == [
        False,
        False,
        True,
        True,
        False,
    ]
    assert float(gauges["lon"][0]) == 10.31
    missing = doubts(gauges) == int(Doubt.MISSING)
    assert int(missing.sum()) == 2
    with pytest.raises(ValueError, match="keinem Regenmesser ist ein Ort"):
        gauges_of(told_values, places[:0])


def test_level_two_shows_before_its_hour_is_over(gauges: xr.DataArray) -> None:
    """The gauge Tole reaches 16.2 mm in the hour that ends 10:06."""
    tole = gauges.sel(station=["Tole"])
    sums = tole.rolling(time=60).sum()
    peak = pd.Timestamp(sums["time"].to_numpy()[int(sums[:, 0].argmax("time"))])
    assert float(sums.max()) == pytest.approx(16.2)
    raised = expected(tole)[:, 0] >= 15
    first = pd.Timestamp(raised["time"].to_numpy()[int(raised.argmax("time"))])
    assert peak - first >= pd.Timedelta(minutes=10)
    # Nine other gauges, their largest hours 4 to 13 mm: one false alarm, at the one with 13.2.
    others = expected(gauges) >= 15
    assert set(gauges["station"].to_numpy()[others.any("time").to_numpy()]) == {"Tole", "Torsl"}


def test_expectation_needs_its_numbers() -> None:
    steady = minutes(np.full((90, 1), 0.2))
    assert float(expected(steady)[-1, 0]) == pytest.approx(12.0)
    steady[60, 0] = np.nan
    assert np.isnan(float(expected(steady)[-1, 0]))
    assert np.isnan(expected(steady)[:40]).all()


def openmrg_hours(
    openmrg: Path, gauges: xr.DataArray
) -> Iterator[tuple[xr.DataArray, pd.DataFrame]]:
    radar = read(openmrg / "openMRG_Radar_180minutes.nc")
    for first in range(0, 25, 4):
        hour = radar.isel(time=slice(first, first + 12))
        start = hour["time"].to_numpy()[0]
        fell = gauges.sel(time=slice(start, start + np.timedelta64(59, "m"))).sum("time")
        yield total(hour), gauge_points(fell, radar.attrs["crs_wkt"])


def test_gauges_put_the_radar_right(openmrg: Path, gauges: xr.DataArray) -> None:
    """At the gauge left out, the hourly error falls by at least a fifth."""
    table = pd.concat([leave_one_out(*hour) for hour in openmrg_hours(openmrg, gauges)])
    assert len(table) == 70
    error = (table[["radar", "fused"]].sub(table["mm"], axis=0)).abs().mean()
    assert error["fused"] <= 0.8 * error["radar"]


def test_a_gauge_left_out_has_no_say(openmrg: Path, gauges: xr.DataArray) -> None:
    radar, points = list(openmrg_hours(openmrg, gauges))[3]
    radar = radar + 1.0
    radar.attrs["units"] = "mm"
    wild = points.copy()
    wild.loc["Tole", "mm"] = 500.0
    plain, wilder = leave_one_out(radar, points), leave_one_out(radar, wild)
    assert plain.loc["Tole", "fused"] == wilder.loc["Tole", "fused"]
    assert plain.loc["Torp", "fused"] != wilder.loc["Torp", "fused"]


def city(rain: np.ndarray) -> xr.DataArray:
    axis = 1000.0 * np.arange(20)
    crs = "EPSG:25832"
    attrs = {"units": "mm", "interval_s": 3600, "crs_wkt": crs}
    return xr.DataArray(rain, dims=("y", "x"), coords={"y": axis, "x": axis}, attrs=attrs)


def sensors(mm: list[float], error: float = 0.0) -> pd.DataFrame:
    places = [
        (2000.0, 2000.0),
        (16000.0, 3000.0),
        (5000.0, 15000.0),
        (15000.0, 16000.0),
        (9e3, 9e3),
    ]
    x, y = zip(*places[: len(mm)], strict=True)
    return pd.DataFrame({"x": x, "y": y, "mm": mm, "error": error})


def test_a_biased_radar_is_scaled() -> None:
    truth = np.add.outer(np.linspace(0, 10, 20), np.linspace(0, 10, 20))
    radar = city(truth / 2)
    at = sensors([0.0] * 5)
    rows, columns = (at[axis].to_numpy().astype(int) // 1000 for axis in ("y", "x"))
    fused = fuse(radar, at.assign(mm=truth[rows, columns]))
    np.testing.assert_allclose(fused, truth, atol=1e-6)
    assert fused.attrs["fused_from"] == 5


def test_sensors_without_error_are_met_and_rain_is_never_negative() -> None:
    rng = np.random.default_rng(5)
    radar = city(rng.gamma(1, 3, (20, 20)))
    radar[0, 0] = np.nan
    points = sensors([0.0, 12.0, 3.0, 0.5, 7.0])
    fused = fuse(radar, points)
    for _, point in points.iterrows():
        there = fused.sel(x=point["x"], y=point["y"])
        assert float(there) == pytest.approx(point["mm"], abs=1e-6)
    assert np.isnan(float(fused[0, 0]))
    assert float(fused.min()) >= 0


def test_a_radar_that_contradicts_the_ground_is_not_followed() -> None:
    radar = city(np.add.outer(np.zeros(20), np.linspace(10, 0, 20)))
    fused = fuse(radar, sensors([1.0, 9.0, 2.0, 8.0, 5.0]))
    assert float(fused[:, 17].mean()) > float(fused[:, 2].mean())
    dry = fuse(city(np.zeros((20, 20))), sensors([2.0, 2.0, 2.0, 2.0]))
    np.testing.assert_allclose(dry, 2.0)


def test_too_few_sensors_leave_the_radar_alone() -> None:
    radar = city(np.ones((20, 20)))
    few = fuse(radar, sensors([5.0, 5.0, 5.0]))
    np.testing.assert_array_equal(few, radar)
    assert few.attrs["fused_from"] == 0
    outside = sensors([5.0] * 4).assign(x=1e7)
    assert fuse(radar, outside).attrs["fused_from"] == 0
    with pytest.raises(UnitError, match="to_sum"):
        fuse(to_rate(radar), outside)


def test_short_links_count_less_and_the_shortest_not_at_all() -> None:
    places = {"lon": ("station", [9.0, 9.0, 9.0]), "lat": ("station", [48.0, 48.0, 48.0])}
    length = ("station", [300.0, 1000.0, 8000.0])
    sums = xr.DataArray(
        [1.0, 2.0, 3.0], dims="station", coords={"station": [1, 2, 3], "length": length, **places}
    )
    table = link_points(sums, "EPSG:25832")
    assert table.index.tolist() == [2, 3]
    assert table["error"].tolist() == [2.0, 0.25]
    assert table["x"].tolist() == pytest.approx([500_000.0] * 2)
