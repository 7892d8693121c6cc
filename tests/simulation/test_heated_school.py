from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stadtlabor.simulation.heated_school import (
    daily_temperature,
    heated_school,
    typical_day_types,
)

DAYS = pd.date_range("2015-10-01", "2016-09-30")
WEATHER = daily_temperature(1, DAYS[0].date(), DAYS[-1].date())
KINDS = typical_day_types(DAYS)


def test_the_same_number_is_the_same_school() -> None:
    assert heated_school(7) == heated_school(7)
    assert heated_school(7) != heated_school(8)
    first, second = (heated_school(7).measured_kwh(WEATHER, KINDS) for _ in range(2))
    pd.testing.assert_series_equal(first, second)


def test_the_year_looks_like_bavaria() -> None:
    counts = KINDS.value_counts()
    assert 180 <= counts["school"] <= 192
    assert 55 <= counts["school_holiday"] <= 68
    assert KINDS["2015-12-25"] == "public_holiday"
    assert KINDS["2016-08-10"] == "school_holiday"
    assert KINDS["2016-03-29"] == "school_holiday"  # the Tuesday after Easter
    assert KINDS["2016-02-06"] == "weekend"


def test_truth_without_noise_is_a_hinge() -> None:
    school = heated_school(3)
    steady = pd.Series(2.0, index=DAYS)
    kinds = pd.Series("school", index=DAYS)
    weekly = school.expected_kwh(steady, kinds).rolling(5)
    expected = school.slope_kwh_per_k * (school.balance_point_c - 2.0) + school.hot_water_kwh
    monday_to_friday = weekly.mean()[DAYS.day_of_week == 4]
    assert monday_to_friday[monday_to_friday.index.month < 6].iloc[1:].to_numpy() == pytest.approx(
        expected, rel=1e-6
    )
    warm = school.expected_kwh(pd.Series(25.0, index=DAYS), kinds)
    assert warm[DAYS.day_of_week < 5].mean() == pytest.approx(school.hot_water_kwh, rel=0.02)


def test_noise_is_what_the_school_says() -> None:
    schools = [heated_school(n) for n in range(40)]
    ratios = []
    for school in schools:
        expected = school.expected_kwh(WEATHER, KINDS)
        cold = (school.balance_point_c - 8 > WEATHER) & ~WEATHER.index.month.isin([6, 7, 8])
        rest = (school.measured_kwh(WEATHER, KINDS) - expected)[cold]
        heated = expected[school.balance_point_c - 4 > WEATHER] - school.hot_water_kwh
        spread = 1.4826 * (rest - rest.median()).abs().median()
        ratios.append(spread / heated.clip(lower=0).mean() / school.noise)
    assert 0.7 < np.median(ratios) < 1.2


def test_a_saving_takes_the_same_part_of_every_day() -> None:
    school = heated_school(5)
    whole, less = (school.measured_kwh(WEATHER, KINDS, saved) for saved in (0.0, 0.05))
    assert less.sum() == pytest.approx(0.95 * whole.sum(), rel=1e-3)
    assert (whole.isna() == less.isna()).all()


def test_drift_changes_whole_heating_years_only() -> None:
    school = replace(heated_school(6), noise=0.0, wild=0.0)
    calm, drifting = (
        replace(school, drift=drift).measured_kwh(WEATHER, KINDS) for drift in (0.0, 0.1)
    )
    cold = (school.balance_point_c - 12 > WEATHER) & (calm > 0)
    ratio = (drifting / calm)[cold]
    assert abs(ratio.mean() - 1) > 0.005
    assert ratio.std() < 0.02
