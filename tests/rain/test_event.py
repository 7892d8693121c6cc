"""Loading a storm by name, from files and from the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stadtlabor.city import city
from stadtlabor.rain.grid import place_index
from stadtlabor.rain.research.event import event, storm_times


def test_the_wettest_simulated_hours_lie_over_the_city() -> None:
    rain = event("simuliert-1")
    assert rain.shape == (60, 192, 192)
    assert rain.attrs["simulated"]
    centre = city().city.centre
    row, column = place_index(rain, centre.lat, centre.lon)
    sums = rain[:, row, column].to_numpy() / 12
    hours = np.convolve(sums, np.ones(12), "valid")
    assert hours.argmax() == 19  # the heaviest hour begins 90 minutes in, its end is named first
    second = event("simuliert-2")[:, row, column].to_numpy() / 12
    assert hours.max() > np.convolve(second, np.ones(12), "valid").max() > 5
    assert len(set(storm_times())) == 9


def test_files_are_cut_around_the_rain(shared_data: Path) -> None:
    folder = shared_data / "rain" / "radklim_yw_20170816"
    rain = event(str(folder), km=128)
    whole = event(str(folder), km=None)
    assert rain.shape == (12, 128, 128)
    assert float(rain.sum("time").max()) == float(whole.sum("time").max())
    part = event(str(folder), start="2017-08-16T01:00", end="2017-08-16T01:30", km=64)
    assert part.sizes["time"] == 6


def test_what_is_not_there_is_named(shared_data: Path) -> None:
    with pytest.raises(ValueError, match="simuliert-1 bis simuliert-9"):
        event("simuliert-12")
    folder = str(shared_data / "rain" / "radklim_yw_20170816")
    with pytest.raises(ValueError, match=r"Es gibt Bilder von 16\.08\.2017 00:50"):
        event(folder, start="2020-01-01")
