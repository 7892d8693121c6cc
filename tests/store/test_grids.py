from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from stadtlabor.sources.decode import decode
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, StoreError


@pytest.fixture
def grids(tmp_path: Path) -> GridStore:
    return GridStore(tmp_path / "store")


def _rain(times: list[str], fill: float, shape: tuple[int, int] = (200, 150), **attrs: object):
    values = np.full((len(times), *shape), fill, "float32")
    values[:, 0, 0] = np.nan
    return xr.DataArray(
        values,
        dims=("time", "y", "x"),
        coords={
            "time": np.array(times, "datetime64[ns]"),
            "y": np.arange(shape[0]) * 1000.0,
            "x": np.arange(shape[1]) * 1000.0 + 500,
        },
        name="precipitation_mm_h",
        attrs={
            "units": "mm/h",
            "interval_s": 300,
            "crs_wkt": "WKT",
            "source": "DWD",
            "licence": "CC BY 4.0",
            "product": "YW",
            "simulated": False,
            **attrs,
        },
    )


def test_a_grid_is_read_back_with_what_a_map_must_say(grids):
    rain = _rain(["2026-01-01T00:00", "2026-01-01T00:05"], 1.2)
    assert grids.write_grid(rain) == 2
    found = grids.read_grid("rain-radar")
    assert found.dtype == "float32"
    assert found.name == "precipitation_mm_h"
    np.testing.assert_allclose(found, rain, atol=1e-6)
    assert found.attrs["source"] == "DWD"
    assert found.attrs["simulated"] is False
    assert found.attrs["units"] == "mm/h"
    assert found.attrs["citation"] == str(grids.version("rain-radar"))
    assert [str(t) for t in grids.grid_times("rain-radar")] == [
        "2026-01-01 00:00:00+00:00",
        "2026-01-01 00:05:00+00:00",
    ]


def test_same_content_changes_nothing_and_a_correction_keeps_the_past(grids):
    grids.write_grid(_rain(["2026-01-01T00:00"], 1.2))
    first = grids.version("rain-radar")
    assert grids.write_grid(_rain(["2026-01-01T00:00"], 1.2)) == 0
    assert grids.version("rain-radar") == first
    assert grids.write_grid(_rain(["2026-01-01T00:00"], 2.4)) == 1
    second = grids.version("rain-radar")
    assert (first.version, second.version) == (1, 2)
    assert float(grids.read_grid("rain-radar").max()) == pytest.approx(2.4)
    assert float(grids.read_grid("rain-radar", at_version=1).max()) == pytest.approx(1.2)
    assert grids.version("rain-radar", 1) == first


def test_an_older_forecast_never_hides_a_newer_one(grids):
    new = _rain(["2026-01-01T00:00"], 2.4, issued="2026-01-01T00:00:00+00:00")
    old = _rain(["2026-01-01T00:00"], 1.2, issued="2025-12-31T23:00:00+00:00")
    grids.write_grid(new)
    grids.write_grid(old)
    assert float(grids.read_grid("rain-radar").max()) == pytest.approx(2.4)


def test_time_and_window_are_cut_before_loading(grids):
    grids.write_grid(_rain([f"2026-01-01T00:{m:02d}" for m in range(0, 60, 5)], 1.2))
    found = grids.read_grid(
        "rain-radar",
        pd.Timestamp("2026-01-01T00:10Z"),
        pd.Timestamp("2026-01-01T00:20Z"),
        window=(10_000, 20_000, 12_600, 23_000),
    )
    assert found.shape == (2, 4, 3)
    assert found.isel(time=0).load().shape == (4, 3)
    assert grids.read_grid("rain-radar", pd.Timestamp("2027-01-01T00:00Z")).shape == (0, 200, 150)


def test_simulated_is_told_if_any_field_is(grids):
    grids.write_grid(_rain(["2026-01-01T00:00"], 1.2))
    grids.write_grid(_rain(["2026-01-01T00:05"], 1.2, simulated=True, source="Simulierte Stadt"))
    found = grids.read_grid("rain-radar")
    assert found.attrs["simulated"] is True
    assert found.attrs["source"] == "DWD; Simulierte Stadt"


def test_another_geometry_is_refused_in_german(grids):
    grids.write_grid(_rain(["2026-01-01T00:00"], 1.2))
    with pytest.raises(StoreError, match=r"\(100 × 150\) liegt anders .* \(200 × 150\)"):
        grids.write_grid(_rain(["2026-01-01T00:05"], 1.2, shape=(100, 150)))
    with pytest.raises(StoreError, match="eigenen Datensatz"):
        grids.write_grid(_rain(["2026-01-01T00:05"], 1.2, crs_wkt="another"))
    grids.write_grid(_rain(["2026-01-01T00:05"], 1.2, shape=(100, 150), dataset="rain-de1200"))
    assert grids.datasets() == ["rain-de1200", "rain-radar"]


def test_what_is_no_rain_becomes_a_cell_without_a_value(grids):
    rain = _rain(["2026-01-01T00:00"], 1.2)
    rain[0, 5, 5], rain[0, 6, 6] = -1, 5_000
    grids.write_grid(rain)
    found = grids.read_grid("rain-radar").load()
    assert np.isnan(found[0, 5, 5])
    assert np.isnan(found[0, 6, 6])
    assert int(np.isnan(found).sum()) == 3


def test_a_slot_without_an_index_row_is_not_there_and_is_used_again(grids):
    grids.write_grid(_rain(["2026-01-01T00:00"], 1.2))
    # What a crash between field and index leaves: a file that no row names.
    slots = grids.place / "grids/rain-radar/zarr/fields"
    (slots / "1.0.0").write_bytes(b"half")
    assert len(grids.grid_times("rain-radar")) == 1
    grids.write_grid(_rain(["2026-01-01T00:05"], 2.4))
    assert float(grids.read_grid("rain-radar").isel(time=1).max()) == pytest.approx(2.4)


def test_old_fields_are_deleted_with_their_files(grids):
    grids.write_grid(_rain(["2026-01-01T00:00", "2026-01-02T00:00"], 1.2))
    assert grids.expire("rain-radar", pd.Timestamp("2026-01-02T00:00Z")) == 1
    assert len(grids.grid_times("rain-radar")) == 1
    slots = grids.place / "grids/rain-radar/zarr/fields"
    assert sorted(p.name for p in slots.glob("*.0.0")) == ["1.0.0"]
    assert grids.write_grid(_rain(["2026-01-03T00:00"], 1.2)) == 1


def test_a_real_forecast_of_the_weather_service_is_kept_to_its_last_step(grids, shared_data):
    path = shared_data / "rain/dwd_samples/composite_rv_20250923_0855.tar"
    rain = decode(Delivery("dwd-radar", path.name, path.read_bytes(), datetime.now(UTC)))
    grids.write_grid(rain)
    found = grids.read_grid("rain-forecast")
    np.testing.assert_allclose(found, rain, atol=1e-5)
    on_disk = sum(p.stat().st_size for p in (grids.place / "grids").rglob("*.0.0"))
    assert on_disk / rain.size < 0.1
