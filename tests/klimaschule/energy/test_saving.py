from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from stadtlabor.klimaschule import heating_model, savings
from stadtlabor.simulation.heated_school import (
    daily_temperature,
    heated_school,
    typical_day_types,
)

DAYS = pd.date_range("2013-10-01", "2016-04-30")
WEATHER = daily_temperature(1, DAYS[0].date(), DAYS[-1].date())
KINDS = typical_day_types(DAYS)
BEFORE, AFTER = slice(None, "2015-09-30"), slice("2015-10-01", None)
SCHOOL = replace(heated_school(11), noise=0.1, noise_autocorrelation=0.4)
USE = SCHOOL.measured_kwh(WEATHER, KINDS)
MODEL = heating_model(USE[BEFORE], WEATHER[BEFORE], KINDS[BEFORE])


@pytest.mark.parametrize(("saved", "verdict"), [(0.15, "gespart"), (0.0, "nicht zu unterscheiden")])
def test_verdicts(saved: float, verdict: str) -> None:
    after = SCHOOL.measured_kwh(WEATHER, KINDS, saved)[AFTER]
    found = savings(MODEL, after, WEATHER[AFTER], KINDS[AFTER])
    assert found.verdict == verdict
    assert found.low_percent <= 100 * saved <= found.high_percent
    assert found.low_kwh < found.kwh < found.high_kwh
    assert found.kwh == pytest.approx(found.expected_kwh - found.used_kwh)


def test_more_is_told_with_positive_numbers() -> None:
    found = savings(MODEL, 1.2 * USE[AFTER], WEATHER[AFTER], KINDS[AFTER])
    assert found.verdict == "mehr verbraucht"
    assert found.percent < -10
    assert found.sentence.startswith("Mehr verbraucht: ")
    assert "−" not in found.sentence


def test_missing_days_are_left_out_on_both_sides() -> None:
    holes = USE[AFTER].copy()
    holes.iloc[:50] = np.nan
    whole, part = (savings(MODEL, use, WEATHER[AFTER], KINDS[AFTER]) for use in (USE[AFTER], holes))
    assert part.n < whole.n - 40
    assert part.expected_kwh < whole.expected_kwh


def test_a_few_wild_days_are_left_out_but_no_change_of_behaviour() -> None:
    use = USE[AFTER].copy()
    use.iloc[[20, 90]] *= 8
    assert {use.index[20], use.index[90]} <= set(
        savings(MODEL, use, WEATHER[AFTER], KINDS[AFTER]).left_out
    )
    weekends_off = USE[AFTER].where(KINDS[AFTER] != "weekend", 0.0)
    found = savings(MODEL, weekends_off, WEATHER[AFTER], KINDS[AFTER])
    assert len(found.left_out) == 0
    assert found.percent > 8


def test_nothing_to_compare_is_said_in_german() -> None:
    with pytest.raises(ValueError, match="kein Tag Energie und Temperatur"):
        savings(MODEL, USE[AFTER] * np.nan, WEATHER[AFTER], KINDS[AFTER])


def test_a_stated_drift_widens_the_interval_only() -> None:
    data = (MODEL, USE[AFTER], WEATHER[AFTER], KINDS[AFTER])
    plain, careful = savings(*data), savings(*data, drift_percent=3)
    assert careful.kwh == plain.kwh
    half = 1.6449 * 3 * np.sqrt(1 + 1 / 2)
    plain_half = (plain.high_percent - plain.low_percent) / 2
    assert (careful.high_percent - careful.low_percent) / 2 == pytest.approx(
        np.hypot(plain_half, half), rel=0.01
    )
