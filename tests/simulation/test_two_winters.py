from __future__ import annotations

import pandas as pd

from stadtlabor.klimaschule import degree_day_number
from stadtlabor.simulation.two_winters import SAVED, SCHOOL, SECOND_YEAR, two_winters


def test_two_whole_years_without_a_gap() -> None:
    days = two_winters()
    assert len(days) == 366 + 365
    assert days.notna().all().all()
    assert (days["energy_kwh"] >= 0).all()
    pd.testing.assert_frame_equal(days, two_winters())


def test_the_second_winter_is_colder_and_yet_saves_as_stated() -> None:
    days = two_winters()
    second = days.index >= pd.Timestamp(SECOND_YEAR)
    expected = SCHOOL.expected_kwh(days["temperature_c"], days["day_type"])
    share = days["energy_kwh"] / expected.sum()
    first_ratio = share[~second].sum() / (expected[~second] / expected.sum()).sum()
    second_ratio = share[second].sum() / (expected[second] / expected.sum()).sum()
    assert abs(second_ratio / first_ratio - (1 - SAVED)) < 0.02
    assert days["energy_kwh"][second].sum() > days["energy_kwh"][~second].sum()
    calendar = days["temperature_c"].copy()
    calendar.index = calendar.index + pd.Timedelta(days=184)
    numbers = degree_day_number(calendar)
    assert numbers[2017] > 1.1 * numbers[2016]
