"""The question of a warning, tile by tile."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stadtlabor import rain
from stadtlabor.rain.nowcasting.uncertainty import reached
from storms import grid, moving_cells


def test_any_cell_makes_a_tile_and_unseen_cells_make_none() -> None:
    field = grid(np.zeros((1, 20, 28)))[0].assign_attrs(units="mm")
    field[3, 9] = 15.0
    field[19, 27] = 16.0
    field[10, 2] = np.nan
    tiles = rain.tile_events(field, 8, 15)
    assert tiles.shape == (3, 4)  # the last ones are smaller
    assert np.argwhere(tiles.to_numpy()).tolist() == [[0, 1], [2, 3]]
    assert float(tiles["tile_y"][0]) == float(field["y"][:8].mean())


def test_probability_lies_on_the_same_tiles() -> None:
    frames = grid(moving_cells(size=100))
    p = rain.tile_probability(frames, threshold_mm=5)
    events = rain.tile_events(rain.hourly_sum(rain.nowcast(frames)), 8, 5)
    assert p.shape == events.shape
    assert np.allclose(p["tile_x"], events["tile_x"])
    assert float(np.nanmin(p)) >= 0
    assert float(np.nanmax(p)) <= 1
    assert p.attrs["issued"] == "2026-07-01T12:20:00"


def test_more_rain_is_less_likely_and_a_longer_time_likelier() -> None:
    frames = grid(moving_cells(size=100))
    little, much = (np.nan_to_num(rain.tile_probability(frames, threshold_mm=t)) for t in (2, 8))
    assert (little >= much).all()
    short = np.nan_to_num(rain.tile_probability(frames, threshold_mm=2, minutes=15))
    assert short.mean() < little.mean()


def test_minutes_that_are_no_frames_are_told() -> None:
    with pytest.raises(ValueError, match="13 Minuten sind kein Vielfaches"):
        rain.tile_probability(grid(moving_cells()), threshold_mm=2, minutes=13)
    with pytest.raises(ValueError, match="mindestens zwei"):
        rain.tile_probability(grid(moving_cells(frames=1)), threshold_mm=2)


def test_what_is_needed_no_more_is_certain() -> None:
    assert reached(np.array([np.inf, 0.0])).tolist() == [1.0, 0.0]


def test_real_probability_beats_climatology(shared_data: Path) -> None:
    frames = rain.read(shared_data / "rain" / "mch_20160711")
    said, fell = [], []
    for issue in range(8, 27, 6):
        p = rain.tile_probability(frames.isel(time=slice(0, issue + 1)), threshold_mm=10)
        hour = rain.hourly_sum(frames.isel(time=slice(issue + 1, issue + 13)))
        said.append(np.nan_to_num(p.to_numpy()).ravel())
        fell.append(rain.tile_events(hour, 8, 10).to_numpy().ravel())
    p, o = np.concatenate(said), np.concatenate(fell).astype(float)
    assert ((p - o) ** 2).mean() < 0.95 * o.mean() * (1 - o.mean())
    sure = p >= 0.2
    assert p[sure].mean() == pytest.approx(o[sure].mean(), abs=0.1)  # calibrated where it matters


def test_known_methods_run_and_a_missing_library_is_told() -> None:
    frames = grid(moving_cells())
    assert float(rain.nowcast(frames, method="persistence")[5, 30, 30]) == pytest.approx(
        float(frames[-1, 30, 30])
    )
    pytest.importorskip("pysteps", reason="pysteps is an extra for researchers")
    for method in ("lucaskanade", "proesmans", "sprog", "anvil"):
        assert rain.nowcast(frames, method=method, leads=2).shape == (2, 96, 96)
    many = rain.nowcast(frames, method="steps", members=2, leads=2)
    assert many.dims == ("lead", "member", "y", "x")
    with pytest.raises(ValueError, match="braucht 9 Radarbilder, es sind 4"):
        rain.nowcast(frames, method="darts")
