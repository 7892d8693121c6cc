from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import xarray as xr
from scipy.ndimage import gaussian_filter

from stadtlabor.rain import around, extrapolate, motion, nowcast, outlook, place_index

WKT = pyproj.CRS("+proj=aeqd +lat_0=47.7 +lon_0=10.3 +units=m").to_wkt()


def moving_cells(frames: int = 4, size: int = 96, step: tuple[int, int] = (1, 2)) -> np.ndarray:
    """Return rain cells that move by ``step`` cells (rows, columns) per frame."""
    rng = np.random.default_rng(3)
    field = gaussian_filter(rng.random((size * 2, size * 2)), 5)
    field = np.clip((field - np.quantile(field, 0.7)) * 800, 0, None)
    start = size // 2
    return np.stack(
        [
            field[
                start - step[0] * t : start - step[0] * t + size,
                start - step[1] * t : start - step[1] * t + size,
            ]
            for t in range(frames)
        ]
    )


def grid(values: np.ndarray) -> xr.DataArray:
    n, rows, columns = values.shape
    return xr.DataArray(
        values.astype("float32"),
        dims=("time", "y", "x"),
        coords={
            "time": pd.date_range("2026-07-01 12:00", periods=n, freq="5min"),
            "y": (np.arange(rows) - rows // 2) * 1000.0,
            "x": (np.arange(columns) - columns // 2) * 1000.0,
        },
        name="precipitation_mm_h",
        attrs={"crs_wkt": WKT, "interval_s": 300, "units": "mm/h"},
    )


def test_motion_of_known_cells() -> None:
    velocity = motion(moving_cells())
    middle = velocity[:, 24:72, 24:72].mean(axis=(1, 2))
    assert middle == pytest.approx([1.0, 2.0], abs=0.25)


def test_forecast_beats_standing_still() -> None:
    cells = moving_cells(frames=10)
    future = extrapolate(cells[3], motion(cells[:4]), 6)
    truth = cells[9]
    seen = np.isfinite(future[5])
    error = np.abs(future[5] - truth)[seen].mean()
    assert error < 0.5 * np.abs(cells[3] - truth)[seen].mean()


def test_what_comes_from_outside_is_unknown() -> None:
    future = extrapolate(np.ones((50, 50)), np.full((2, 50, 50), 3.0), 4)
    assert np.isnan(future[3][:10, :]).all()
    assert np.isfinite(future[3][20:, 20:]).all()


def test_missing_cells_stay_missing_and_travel() -> None:
    frame = np.ones((50, 50))
    frame[20:30, 20:30] = np.nan
    future = extrapolate(frame, np.stack([np.zeros((50, 50)), np.full((50, 50), 5.0)]), 2)
    assert np.isnan(future[1][25, 35])
    assert future[1][25, 22] == pytest.approx(1.0)


def test_a_gap_in_the_frames_is_refused() -> None:
    rain = grid(moving_cells())
    with pytest.raises(ValueError, match="fehlen Radarbilder"):
        nowcast(rain.isel(time=[0, 1, 3]))


def test_issue_is_the_end_of_the_newest_interval() -> None:
    forecast = nowcast(grid(moving_cells()), steps=12)
    assert forecast.attrs["issued"] == "2026-07-01T12:20:00"
    assert forecast["time"].to_numpy()[0] == np.datetime64("2026-07-01T12:20")
    assert forecast.sizes["time"] == 12


def test_outlook_of_steady_rain() -> None:
    rain = grid(np.full((4, 64, 64), 12.0))
    result = outlook(nowcast(rain), 47.7, 10.3, [5.0, 11.0, 15.0])
    assert result.sum_mm == pytest.approx(12.0, rel=0.02)
    assert result.share[5.0] == 1.0
    assert result.share[15.0] == 0.0
    assert len(result.rates) == 12


def test_places_outside_are_refused() -> None:
    rain = grid(moving_cells())
    assert place_index(rain, 47.7, 10.3) == (48, 48)
    assert around(rain, 47.7, 10.3, 20).shape == (4, 20, 20)
    with pytest.raises(ValueError, match="außerhalb des Radarbilds"):
        place_index(rain, 52.5, 13.4)


def test_real_convection_beats_persistence(shared_data: Path) -> None:
    """RADKLIM-YW 2017-08-16: the published bar at 15 min is CSI 0.660 / 0.468 (Lucas-Kanade)."""
    from stadtlabor.sources import dwd_radar
    from stadtlabor.sources.delivery import Delivery

    files = sorted((shared_data / "rain" / "radklim_yw_20170816").glob("*.gz"))[:9]
    now = pd.Timestamp.now("UTC").to_pydatetime()
    frames = [
        dwd_radar.parse(Delivery("dwd-radar", f.name, f.read_bytes(), now)).to_numpy()[0]
        for f in files
    ]
    assert max(np.nanmax(f) for f in frames) == pytest.approx(142.92, abs=0.01)

    def csi(forecast: np.ndarray, truth: np.ndarray, threshold: float) -> float:
        seen = np.isfinite(truth)
        said, fell = np.nan_to_num(forecast[seen]) >= threshold, truth[seen] >= threshold
        return float((said & fell).sum() / (said | fell).sum())

    future = extrapolate(frames[5].astype("float64"), motion(np.stack(frames[2:6])), 3)
    for threshold, bar in ((1.0, 0.64), (5.0, 0.44)):
        ours = csi(future[2], frames[8], threshold)
        assert ours > bar
        assert ours > 1.25 * csi(frames[5], frames[8], threshold)
