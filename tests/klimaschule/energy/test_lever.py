from dataclasses import replace

import pandas as pd
import pytest

from stadtlabor.klimaschule import heating_model, one_kelvin
from stadtlabor.simulation.heated_school import (
    daily_temperature,
    heated_school,
    typical_day_types,
)

DAYS = pd.date_range("2014-10-01", "2016-09-30")
WEATHER = daily_temperature(1, DAYS[0].date(), DAYS[-1].date())
KINDS = typical_day_types(DAYS)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_one_kelvin_is_what_a_cooler_school_saves(number: int) -> None:
    school = replace(heated_school(number), summer_off=False)
    cooler = replace(school, balance_point_c=school.balance_point_c - 1)
    warm, cool = (s.expected_kwh(WEATHER, KINDS).sum() for s in (school, cooler))
    model = heating_model(school.measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    lever = one_kelvin(model, WEATHER, KINDS)
    assert lever.percent == pytest.approx(100 * (1 - cool / warm), abs=0.6)
    assert lever.low_percent < lever.percent < lever.high_percent
    assert lever.kwh == pytest.approx(warm - cool, rel=0.08)
    assert "6 oder 10 %" in lever.sentence
    assert one_kelvin(model, WEATHER, KINDS, kelvin=2).kwh > 1.7 * lever.kwh


def test_summer_has_no_lever() -> None:
    model = heating_model(heated_school(1).measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    hot = pd.Series(28.0, index=pd.date_range("2016-07-01", periods=5))
    with pytest.raises(ValueError, match="wird nicht geheizt"):
        one_kelvin(model, hot, pd.Series("school", index=hot.index))
