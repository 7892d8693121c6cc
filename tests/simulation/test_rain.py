from datetime import UTC, datetime

import numpy as np
import pyproj
import pytest

from stadtlabor.city import city
from stadtlabor.simulation import Sky
from stadtlabor.sources.radar_grid import RADOLAN

DAY = 20_779  # 2026-11-22
CENTRE = city().city.centre


def test_gauge_and_radar_agree_at_the_city(sky):
    sums = sky.at(CENTRE.lat, CENTRE.lon, DAY)
    assert sums.sum() > 0.5
    project = pyproj.Transformer.from_crs("EPSG:4326", RADOLAN, always_xy=True)
    x, y = project.transform(CENTRE.lon, CENTRE.lat)
    for step in (int(sums.argmax()), 0, 287):
        end = datetime.fromtimestamp(DAY * 86_400 + 300 * (step + 1), UTC)
        cell = sky.field(end).sel(x=x, y=y, method="nearest")
        assert float(cell.item()) / 12 == pytest.approx(sums[step], abs=1e-6)


def test_it_rains_every_day_and_sometimes_hard(sky):
    days = np.array([sky.at(CENTRE.lat, CENTRE.lon, day) for day in range(DAY - 60, DAY)])
    assert (days.max(axis=1) > 0.02).all()
    hours = days.reshape(-1, 12).sum(axis=1)
    assert 8 < hours.max() < 80
    assert 2 < days.sum(axis=1).mean() < 20


def test_any_window_can_be_made_without_history():
    one, other = Sky(city(), 2026), Sky(city(), 2026)
    other.at(CENTRE.lat, CENTRE.lon, DAY - 30)
    same = one.at(CENTRE.lat, CENTRE.lon, DAY)
    np.testing.assert_array_equal(same, other.at(CENTRE.lat, CENTRE.lon, DAY))
    assert not np.array_equal(same, Sky(city(), 7).at(CENTRE.lat, CENTRE.lon, DAY))
