from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.klimaschule import heating_model, line_r2
from stadtlabor.simulation.heated_school import (
    daily_temperature,
    heated_school,
    typical_day_types,
)

DAYS = pd.date_range("2014-10-01", "2016-09-30")
WEATHER = daily_temperature(1, DAYS[0].date(), DAYS[-1].date())
KINDS = typical_day_types(DAYS)


def quiet(number: int = 1, **changes: object) -> object:
    """A school without wild or missing days and with little noise."""
    plain = {"wild": 0.0, "missing": 0.0, "noise": 0.03, "summer_off": False}
    return replace(heated_school(number), **{**plain, **changes})


@given(st.integers(0, 10_000))
@settings(max_examples=8)
def test_a_quiet_school_is_found_closely(number: int) -> None:
    school = quiet(number)
    model = heating_model(school.measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    assert model.balance_point_c == pytest.approx(school.balance_point_c, abs=0.3)
    assert model.slope_kwh_per_k == pytest.approx(school.slope_kwh_per_k, rel=0.03)
    assert model.baseline_kwh == pytest.approx(school.hot_water_kwh, rel=0.08)
    assert model.inertia == pytest.approx(school.inertia, abs=0.05)
    assert model.weather_driven
    assert model.warnings == ()
    assert model.r2 > 0.97


def test_free_days_have_their_own_curve() -> None:
    school = quiet(2, setback_k=3.0, free_slope=0.8, free_hot_water=0.5)
    model = heating_model(school.measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    table = model.by_day_type
    assert list(table.index) == ["school", "weekend", "school_holiday"]
    weekend = table.loc["weekend"]
    assert weekend["balance_point_c"] == pytest.approx(school.balance_point_c - 3, abs=0.5)
    assert weekend["slope_kwh_per_k"] == pytest.approx(0.8 * school.slope_kwh_per_k, rel=0.06)
    assert (table["balance_point_c_low"] < table["balance_point_c_high"]).all()
    assert model.groups["public_holiday"] == "weekend"


def test_without_day_types_all_days_are_one_kind() -> None:
    school = quiet(3, setback_k=0.0, free_slope=1.0, free_hot_water=1.0, club_days=())
    model = heating_model(school.measured_kwh(WEATHER, KINDS), WEATHER)
    assert list(model.by_day_type.index) == ["school"]
    assert model.balance_point_c == pytest.approx(school.balance_point_c, abs=0.3)
    assert model.predict(WEATHER)["mean"].notna().all()


def test_wild_days_do_not_move_it() -> None:
    school = quiet(4)
    use = school.measured_kwh(WEATHER, KINDS)
    calm = heating_model(use, WEATHER, KINDS)
    use.iloc[::60] *= 6
    use.iloc[7::90] = 0.0
    model = heating_model(use, WEATHER, KINDS)
    assert model.balance_point_c == pytest.approx(calm.balance_point_c, abs=0.15)
    assert model.slope_kwh_per_k == pytest.approx(calm.slope_kwh_per_k, rel=0.02)
    assert len(model.set_aside) >= 10


def test_a_boiler_that_is_off_in_summer_is_noticed() -> None:
    school = quiet(5, balance_point_c=17.0, summer_off=True, noise=0.1)
    model = heating_model(school.measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    assert model.summer_off
    assert model.balance_point_c == pytest.approx(17.0, abs=0.5)
    cool_august = pd.Series(10.0, index=pd.date_range("2016-08-01", periods=7))
    kinds = pd.Series("school", index=cool_august.index)
    assert model.predict(cool_august, kinds)["mean"].max() < 1.3 * school.hot_water_kwh


def test_a_late_start_in_autumn_does_not_move_it() -> None:
    school = quiet(6, balance_point_c=16.0, noise=0.1)
    use = school.measured_kwh(WEATHER, KINDS)
    warm = pd.Series(30.0, index=DAYS)
    late = (DAYS.month == 10) & (DAYS.day <= 18)
    without = school.measured_kwh(warm, KINDS)
    model = heating_model(use.where(~late, without), WEATHER, KINDS)
    assert model.balance_point_c == pytest.approx(16.0, abs=0.6)


def test_intervals_grow_when_days_remember() -> None:
    forgetful, stubborn = (
        heating_model(
            quiet(7, noise=0.14, noise_autocorrelation=memory).measured_kwh(WEATHER, KINDS),
            WEATHER,
            KINDS,
        )
        for memory in (0.0, 0.7)
    )
    assert forgetful.autocorrelation == pytest.approx(0.0, abs=0.15)
    assert stubborn.autocorrelation == pytest.approx(0.7, abs=0.12)
    narrow, wide = (np.diff(m.slope_interval)[0] for m in (forgetful, stubborn))
    assert wide > 1.4 * narrow


def test_little_data_says_so() -> None:
    school = quiet(8, noise=0.1)
    use = school.measured_kwh(WEATHER, KINDS)
    january = slice("2015-01-01", "2015-02-15")
    model = heating_model(use[january], WEATHER[january], KINDS[january])
    assert "Tage ohne Heizung fehlen" in model.sufficiency
    assert "Mit so wenigen Heiztagen" in model.sufficiency
    whole = heating_model(use, WEATHER, KINDS)
    assert "Heizgrenze auf ±" in whole.sufficiency
    assert "fehlen" not in whole.sufficiency
    low, high = model.slope_interval
    assert high - low > 3 * (whole.slope_interval[1] - whole.slope_interval[0])


@given(st.integers(0, 700), st.integers(20, 90), st.integers(0, 200), st.booleans())
@settings(max_examples=60)
def test_any_short_stretch_gives_finite_figures_or_a_german_reason(
    first: int, length: int, number: int, typed: bool
) -> None:
    part = slice(first, first + length)
    use, weather = heated_school(number).measured_kwh(WEATHER, KINDS)[part], WEATHER[part]
    kinds = KINDS[part] if typed else None
    try:
        model = heating_model(use, weather, kinds)
    except ValueError as told:
        assert str(told).endswith(".")  # noqa: PT017 - either way is right
        return
    table = model.by_day_type
    assert np.isfinite(table.to_numpy(dtype=float)).all()
    assert model.sufficiency
    seen = model.predict(weather, kinds)
    assert (seen["low"] <= seen["mean"]).all()
    assert (seen["mean"] <= seen["high"]).all()


def test_use_that_ignores_the_weather_is_called_so() -> None:
    rng = np.random.default_rng(1)
    use = pd.Series(np.where(KINDS == "school", 300, 100) * rng.normal(1, 0.1, len(DAYS)), DAYS)
    model = heating_model(use, WEATHER, KINDS)
    assert not model.weather_driven
    assert model.weather_r2 < 0.1 < model.r2
    assert "folgt dem Wetter kaum" in model.warnings[0]
    assert "folgt dem Wetter kaum" in model.sufficiency


def test_predictions_hold_days_and_leave_gaps() -> None:
    school = quiet(9, noise=0.15)
    use = school.measured_kwh(WEATHER, KINDS)
    first, second = slice(None, "2015-09-30"), slice("2015-10-01", None)
    model = heating_model(use[first], WEATHER[first], KINDS[first])
    seen = model.predict(WEATHER[second], KINDS[second])
    held = (use[second] >= seen["low"]) & (use[second] <= seen["high"])
    assert 0.8 < held.mean() < 0.97
    holes = WEATHER[second].copy()
    holes.iloc[5] = np.nan
    assert model.predict(holes, KINDS[second])["mean"].isna().sum() == 1


def test_days_with_a_zone_are_the_same_days() -> None:
    school = quiet(10)
    use = school.measured_kwh(WEATHER, KINDS)
    plain = heating_model(use, WEATHER, KINDS)
    local = heating_model(use.tz_localize("Europe/Berlin"), WEATHER, KINDS)
    assert local.balance_point_c == plain.balance_point_c


@pytest.mark.parametrize(
    ("days", "temperature", "words"),
    [
        (10, None, "Nur 10 Tage haben Energie und Temperatur"),
        (60, 3.0, "liegen nur 0,0 K"),
    ],
)
def test_what_cannot_be_fitted_is_said_in_german(
    days: int, temperature: float | None, words: str
) -> None:
    weather = WEATHER[:days] if temperature is None else WEATHER[:days] * 0 + temperature
    with pytest.raises(ValueError, match=words):
        heating_model(weather * 0 + 100, weather)


def test_a_dead_meter_and_missing_types_are_said_in_german() -> None:
    with pytest.raises(ValueError, match="steht an allen Tagen auf null"):
        heating_model(WEATHER * 0, WEATHER)
    model = heating_model(quiet(1).measured_kwh(WEATHER, KINDS), WEATHER, KINDS)
    with pytest.raises(ValueError, match="gibt es keine Temperatur"):
        model.predict(WEATHER.iloc[:0], KINDS)
    with pytest.raises(ValueError, match="auch für die Vorhersage Tagesarten"):
        model.predict(WEATHER)
    with pytest.raises(ValueError, match=r"Für den 1\.10\.2014 fehlt die Tagesart"):
        model.predict(WEATHER, KINDS.iloc[1:])
    with pytest.raises(ValueError, match="„Ferien“ ist nicht bekannt"):
        model.predict(WEATHER, KINDS.where(KINDS != "school_holiday", "Ferien"))


def test_real_building(shared_data: Path) -> None:
    """Cambridge b8, 2019: R² of the straight line is 0.80; the boiler was off until October."""
    folder = shared_data / "klimaschule" / "cambridge-estates"
    gas, outside = (
        _daily(folder / f"{name}_2019.csv.gz", how)
        for name, how in (("b8_gas", "sum"), ("weather_bedford", "mean"))
    )
    assert line_r2(gas, outside) == pytest.approx(0.80, abs=0.01)
    days = pd.date_range("2019-01-01", "2019-12-31")
    kinds = pd.Series(np.where(days.day_of_week < 5, "school", "weekend"), index=days)
    model = heating_model(gas, outside, kinds)
    assert model.line_r2 == pytest.approx(0.80, abs=0.01)
    assert model.r2 > 0.85
    assert 13 < model.balance_point_c < 16
    predicted = model.predict(outside, kinds)["mean"]
    assert predicted.sum() == pytest.approx(gas.sum(), rel=0.08)


def _daily(path: Path, how: str) -> pd.Series:
    frame = pd.read_csv(path)
    times = pd.to_datetime(frame["datetime"], utc=True)
    hourly = pd.Series(frame.iloc[:, 1].to_numpy(), index=pd.DatetimeIndex(times))
    return hourly.resample("D").agg(how)
