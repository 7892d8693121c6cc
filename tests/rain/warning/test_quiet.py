"""Long times without a storm: never stale, never level 2, and the displays say so."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyproj
import pytest
import xarray as xr
from faults import arrivals
from scipy.ndimage import gaussian_filter
from test_service import Hand

from stadtlabor.city import city
from stadtlabor.rain import around, read
from stadtlabor.rain.warning import Journal
from stadtlabor.rain.warning.display import display
from stadtlabor.rain.warning.service import Service
from stadtlabor.simulation.rain import Sky

CELLS = 96
MIDDLE = city().city.centre
STEP = timedelta(minutes=5)


class Whole(Hand):
    """A feed that cuts its windows out of the whole sequence: joining frames takes longer."""

    def __init__(self, rain: xr.DataArray) -> None:
        super().__init__(arrivals(rain))
        self.rain = rain.load()

    def window(self, ends):
        starts = [np.datetime64((end - STEP).replace(tzinfo=None)) for end in ends]
        return self.rain.sel(time=starts)


def grid(values: np.ndarray, start: str) -> xr.DataArray:
    """Return frames of 1 km cells around the city; a corner lies out of the radar's sight."""
    axis = (np.arange(values.shape[1]) - values.shape[1] / 2) * 1000.0
    values = values.astype("float32")
    values[:, :12, :12] = np.nan
    wkt = pyproj.CRS(f"+proj=aeqd +lat_0={MIDDLE.lat} +lon_0={MIDDLE.lon} +units=m").to_wkt()
    return xr.DataArray(
        values,
        dims=("time", "y", "x"),
        coords={
            "time": pd.date_range(start, periods=len(values), freq="5min"),
            "y": axis,
            "x": axis,
        },
        attrs={
            "crs_wkt": wkt, "interval_s": 300, "units": "mm/h", "source": "Probe",
            "simulated": True,
        },
    )  # fmt: skip


def stratiform(count: int, seed: int = 7) -> xr.DataArray:
    """Return wide, slow rain up to 7 mm/h, in steps of 0.12 mm/h as a radar tells it.

    A smooth field wanders east at 12 km/h over hours while it slowly becomes another one; a part of
    it stays dry.
    """
    throw = np.random.default_rng(seed)
    length = CELLS + count
    here, there = (
        gaussian_filter(throw.standard_normal((CELLS, length)), 9, mode="wrap") for _ in range(2)
    )
    frames = []
    for n in range(count):
        turn = n / count * np.pi / 2
        field = np.cos(turn) * here + np.sin(turn) * there
        field = field[:, length - CELLS - n : length - n] / here.std()
        rain = np.clip(1.5 + 1.6 * field, 0, 7)
        fine = gaussian_filter(throw.standard_normal((CELLS, CELLS)), 1.5)
        rain *= np.clip(1 + 0.6 * fine, 0, None)
        frames.append(np.floor(np.clip(rain, 0, 7) / 0.12) * 0.12)
    return grid(np.stack(frames), "2026-11-08 00:00")


def sequences(name: str, shared: Path | None = None) -> xr.DataArray:
    if name == "dry":
        # The night in which the clocks go back; a mast stands in the beam.
        values = np.zeros((84, 48, 48))
        values[:, 40, 30:34] = 0.24
        return grid(values, "2026-10-24 22:00")
    if name == "stratiform":
        return stratiform(92)
    if name == "simulated":
        sky = Sky(city(), 2026)
        first = datetime.fromisoformat("2026-06-01T21:00:00+00:00")
        fields = (sky.field(first + n * STEP) for n in range(36))
        frames = [around(field, MIDDLE.lat, MIDDLE.lon, CELLS).load() for field in fields]
        return xr.concat(frames, "time", combine_attrs="override")
    # The part of the Swiss composite around Kempten, hours before the rain comes near.
    rain = read(sorted((shared / "rain" / "mch_20160711").glob("*.gif")))
    return rain.isel(y=slice(400, 500), x=slice(510, 610))


@pytest.mark.parametrize("name", ["dry", "stratiform", "simulated", "alps"])
def test_nothing_happens(name, tmp_path, request):
    shared = request.getfixturevalue("shared_data") if name == "alps" else None
    feed = Whole(sequences(name, shared))
    service = Service(tmp_path, city().warning, feed, [])
    said = []
    for number, one in enumerate(list(feed.coming)):
        turn = service.turn(one.received)
        assert turn.verdict.stale is (number < 2), turn.verdict.reasons
        assert not turn.messages
        if number % 6 == 5:
            said.append(display(tmp_path, city().warning, one.received))
    service.close()
    assert {shown.stale for shown in said} == {False}
    assert {area.state for shown in said for area in shown.areas} == {"none"}
    assert not Journal(tmp_path).events("operator", "message")
    if name == "stratiform":
        assert max(area.fallen_mm for area in said[-1].areas) > 0.5
