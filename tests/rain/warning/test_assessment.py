from __future__ import annotations

import numpy as np
import pandas as pd
import pyproj
import pytest
import xarray as xr

from stadtlabor.catchments import Catchment, WarningLevel
from stadtlabor.rain.warning import Assessment, assess, hour_sum

WKT = pyproj.CRS("+proj=aeqd +lat_0=47.7 +lon_0=10.3 +units=m").to_wkt()
LEVELS = [
    WarningLevel(level=2, hour_mm=15, six_hours_mm=20, cost_ratio=0.25, reason="Probe"),
    WarningLevel(level=3, hour_mm=25, six_hours_mm=35, cost_ratio=0.15, reason="Probe"),
]
MIDDLE = Catchment(id="mitte", name="Mitte", lat=47.7, lon=10.3, radius_km=3)


def grid(values: np.ndarray, start: str = "2026-07-01 12:00", dim: str = "time") -> xr.DataArray:
    n = values.shape[0]
    times = pd.date_range(start, periods=n, freq="5min")
    axis = times if dim == "time" else 5 * np.arange(1, n + 1)
    return xr.DataArray(
        values.astype("float32"),
        dims=(dim, "y", "x"),
        coords={
            dim: axis,
            "y": (np.arange(values.shape[1]) - 40) * 1000.0,
            "x": (np.arange(values.shape[2]) - 40) * 1000.0,
        },
        attrs={"crs_wkt": WKT, "interval_s": 300, "units": "mm/h", "source": "Probe"},
    )


def steady(rate: float, row: int = 40, column: int = 40, size: int = 2, steps: int = 12):
    values = np.zeros((steps, 81, 81))
    values[:, row - size : row + size + 1, column - size : column + size + 1] = rate
    return values


def ask(past: np.ndarray, coming: np.ndarray, dim: str = "lead", catchments=(MIDDLE,)):
    nowcast = grid(coming, "2026-07-01 18:00", dim)
    return assess(grid(past, "2026-07-01 12:00"), nowcast, list(catchments), LEVELS)


def test_rain_that_stays_over_the_catchment():
    found = ask(np.zeros((72, 81, 81)), steady(20, size=40)).outlooks[0]
    # Expected rain is on average too much, and its strength uncertain.
    assert 0.5 < found.hour[2] < 0.7
    assert 0 < found.hour[3] < 0.25
    assert found.expected_mm == pytest.approx(20)
    flood = ask(np.zeros((72, 81, 81)), steady(120, size=40)).outlooks[0]
    assert flood.hour[3] > 0.99
    assert found.fallen_share == 1


def test_the_nearer_the_likelier_and_never_beyond_reach():
    near, far, away = (
        ask(np.zeros((72, 81, 81)), steady(30, column=c)).outlooks[0].hour[2] for c in (43, 50, 78)
    )
    assert near > far > away == 0


def test_both_forms_of_a_nowcast_and_members_agree():
    coming = steady(30, column=46)
    lead, time = (ask(np.zeros((72, 81, 81)), coming, dim).outlooks[0] for dim in ("lead", "time"))
    assert lead == time
    one = grid(coming, dim="lead")
    members = xr.concat([one, one * 0], "member").assign_attrs(one.attrs)
    half = assess(grid(np.zeros((72, 81, 81))), members, [MIDDLE], LEVELS).outlooks[0]
    assert half.hour[2] == pytest.approx(lead.hour[2] / 2)


def test_what_has_fallen_counts_for_six_hours():
    past = np.zeros((72, 81, 81))
    past[12:] = steady(3, size=20, steps=60)  # 15 mm in five hours
    found = ask(past, steady(6, size=20)).outlooks[0]
    assert found.fallen_mm == pytest.approx(15, rel=1e-3)
    assert found.six_hours[2] > 5 * found.hour[2]
    assert found.probability(2) == found.six_hours[2] > found.six_hours[3]
    past[0:] = steady(6, size=20, steps=72)  # 30 mm in five hours
    already = ask(past, steady(0)).outlooks[0]
    assert already.six_hours == {2: 1.0, 3: 0.0}


def test_half_an_hour_of_frames_is_told():
    found = ask(np.zeros((6, 81, 81)), steady(1)).outlooks[0]
    assert found.fallen_share == pytest.approx(0.1)


def test_what_is_not_seen_is_not_dry():
    coming = steady(0)
    coming[3:, :, 39:] = np.nan
    found = ask(np.zeros((72, 81, 81)), coming).outlooks[0]
    assert found.unseen > 0.4
    assert found.blind
    outside = Catchment(id="fern", name="Fern", lat=48.9, lon=10.3, radius_km=3)
    assert ask(np.zeros((72, 81, 81)), steady(0), catchments=[outside]).outlooks[0].blind


def test_polygon_and_circle():
    lat, lon = 47.7, 10.3
    square = Catchment(
        id="eck", name="Eck",
        polygon=[(lat - 0.03, lon - 0.04), (lat - 0.03, lon + 0.04), (lat + 0.03, lon + 0.04),
                 (lat + 0.03, lon - 0.04)],
    )  # fmt: skip
    both = ask(np.zeros((72, 81, 81)), steady(30, column=45), catchments=[MIDDLE, square])
    assert both.outlooks[0].hour[2] == pytest.approx(both.outlooks[1].hour[2], abs=0.2)
    small = Catchment(id="punkt", name="Punkt", lat=lat, lon=lon, radius_km=0.1)
    assert ask(np.zeros((72, 81, 81)), steady(30), catchments=[small]).outlooks[0].hour[2] > 0.05


def test_a_nowcast_in_another_unit_is_refused():
    wrong = grid(steady(1)).assign_attrs(units="mm")
    with pytest.raises(ValueError, match="mm/h"):
        hour_sum(wrong)
    with pytest.raises(ValueError, match="60 Minuten"):
        hour_sum(grid(steady(1, steps=11)))


def test_json_and_back():
    import json

    found = ask(np.zeros((72, 81, 81)), steady(20))
    assert Assessment.from_dict(json.loads(json.dumps(found.to_dict()))) == found
