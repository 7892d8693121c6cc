import numpy as np
import pandas as pd
import pytest

from stadtlabor.klimaschule import holiday_use, weekend_use
from stadtlabor.simulation.heated_school import typical_day_types

DAYS = pd.date_range("2014-09-15", "2016-07-31")
KINDS = typical_day_types(DAYS)


def electricity(weekend: float, holiday: float, seed: int, noise: float = 0.08) -> pd.Series:
    """Use with a season: 200 kWh on a school day, more in winter."""
    season = 200 * (1 + 0.4 * np.cos(2 * np.pi * (DAYS.day_of_year - 15) / 365))
    part = KINDS.map(
        {"school": 1.0, "weekend": weekend, "school_holiday": holiday, "public_holiday": holiday}
    ).to_numpy()
    rng = np.random.default_rng(seed)
    return pd.Series(season * part * rng.normal(1, noise, len(DAYS)), index=DAYS)


def test_ratios_are_free_of_the_season() -> None:
    use = electricity(0.35, 0.5, seed=1)
    weekend, holiday = weekend_use(use, KINDS), holiday_use(use, KINDS)
    assert weekend.ratio == pytest.approx(0.35, rel=0.03)
    assert holiday.ratio == pytest.approx(0.5, rel=0.04)
    assert weekend.low < 0.35 < weekend.high
    assert weekend.kwh == pytest.approx(weekend.kwh_per_day * weekend.n)
    assert holiday.left_out > 0  # the middle of the summer holidays
    assert "(Wochenende)" in weekend.sentence


def test_the_interval_holds_the_truth_nine_times_of_ten() -> None:
    held = [
        weekend.low <= 0.35 <= weekend.high
        for seed in range(200)
        for weekend in [weekend_use(electricity(0.35, 0.5, seed, noise=0.3), KINDS)]
    ]
    assert 0.83 <= np.mean(held) <= 0.96


def test_a_single_holiday_says_nothing_about_the_next() -> None:
    part = slice("2014-10-06", "2014-11-20")
    found = holiday_use(electricity(0.35, 0.5, seed=2)[part], KINDS[part])
    assert found.blocks < 3
    assert np.isnan(found.low)
    assert found.ratio == pytest.approx(0.5, rel=0.15)
    assert "?" in found.sentence


def test_no_school_days_near_is_said_in_german() -> None:
    august = slice("2015-08-25", "2015-09-01")
    with pytest.raises(ValueError, match="keine Tage dieser Art mit Schultagen"):
        holiday_use(electricity(0.3, 0.5, 1)[august], KINDS[august])
