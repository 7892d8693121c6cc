from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stadtlabor.klimaschule import fill_gaps, gap_total

Make = Callable[..., pd.Series]


def without(series: pd.Series, start: str, end: str) -> pd.Series:
    """The series with NaN from ``start`` (inclusive) to ``end`` (exclusive)."""
    zone = series.index.tz
    begin, stop = pd.Timestamp(start, tz=zone), pd.Timestamp(end, tz=zone)
    return series.mask((series.index >= begin) & (series.index < stop))


def test_measured_values_stay_and_the_gap_is_close(electricity: Make) -> None:
    whole = electricity()
    series = without(whole, "2025-01-14", "2025-01-20")
    filled = fill_gaps(series, kind="electricity")
    hole = series.isna()
    measured = filled[~hole]
    assert (measured["value"] == series[~hole]).all()
    assert (measured["low"] == series[~hole]).all()
    assert (measured["high"] == series[~hole]).all()
    assert (measured["provenance"] == "measured").all()
    assert (filled["provenance"][hole] == "filled").all()
    error = (filled["value"] - whole)[hole].abs().mean()
    assert error < 0.1 * whole.mean()
    assert (filled["low"] <= filled["value"]).all()
    assert (filled["value"] <= filled["high"]).all()


def test_absent_intervals_are_filled_like_nan(electricity: Make) -> None:
    series = without(electricity(days=60), "2024-10-07", "2024-10-09")
    assert fill_gaps(series.dropna(), kind="electricity").equals(
        fill_gaps(series, kind="electricity")
    )


def test_nine_of_ten_true_values_lie_in_the_band(electricity: Make) -> None:
    whole = electricity(days=300)
    series = whole.copy()
    for day in range(20, 290, 27):
        begin = whole.index[0] + pd.DateOffset(days=day)
        series[(series.index >= begin) & (series.index < begin + pd.DateOffset(days=2))] = np.nan
    filled, hole = fill_gaps(series, kind="electricity"), series.isna()
    inside = ((whole >= filled["low"]) & (whole <= filled["high"]))[hole]
    assert 0.85 < inside.mean() < 0.97


def test_nine_of_ten_hours_of_a_heating_season_lie_in_the_band(gas: Make, outside: Make) -> None:
    """Hours in which a boiler is certainly off do not narrow the band of those at work."""
    whole = gas(days=365)
    series = whole.copy()
    for day in range(20, 260, 23):
        begin = whole.index[0] + pd.DateOffset(days=day)
        series[(series.index >= begin) & (series.index < begin + pd.DateOffset(days=3))] = np.nan
    filled, hole = fill_gaps(series, kind="gas", temperature=outside()), series.isna()
    inside = ((whole >= filled["low"]) & (whole <= filled["high"]))[hole]
    at_work = inside[whole[hole] > 0]
    assert 0.88 < inside.mean() < 0.96
    assert at_work.mean() > 0.84
    assert (filled["low"] >= 0).all()


def test_at_the_end_only_the_past_counts(electricity: Make) -> None:
    whole = electricity(days=120)
    series = without(whole, "2024-12-24", "2025-01-01")
    filled, hole = fill_gaps(series, kind="electricity"), series.isna()
    assert hole.iloc[-1]
    assert (filled["value"] - whole)[hole].abs().mean() < 0.15 * whole.mean()
    assert "alle vor der Lücke" in filled.attrs["filling"].sentences[0]
    begin = fill_gaps(without(whole, "2024-09-02", "2024-09-05"), kind="electricity")
    assert begin["value"].notna().all()
    assert "alle nach der Lücke" in begin.attrs["filling"].sentences[0]


def test_the_clock_changes_within_a_gap(electricity: Make) -> None:
    series = without(electricity(days=300), "2025-03-29", "2025-04-01")
    filled = fill_gaps(series, kind="electricity")
    assert len(filled.loc["2025-03-30"]) == 23
    assert filled["value"].notna().all()
    morning = filled["value"][filled.index.hour == 8]
    assert morning.loc["2025-03-31"].iloc[0] == pytest.approx(
        morning.loc["2025-03-24"].iloc[0], rel=0.3
    )


def test_an_hour_follows_its_neighbours(electricity: Make) -> None:
    whole = electricity(days=60, step="15min")
    # A day on which everything runs higher: the rest of the day tells the missing hour.
    day = whole.index.normalize() == pd.Timestamp("2024-10-08", tz=whole.index.tz)
    whole[day] *= 1.5
    series = without(whole, "2024-10-08 10:00", "2024-10-08 11:00")
    filled, hole = fill_gaps(series, kind="electricity"), series.isna()
    assert filled["value"][hole].sum() == pytest.approx(whole[hole].sum(), rel=0.1)


def test_daily_series(electricity: Make) -> None:
    daily = electricity(days=200).resample("D").sum()
    series = daily.copy()
    series.iloc[70:80] = np.nan
    filled, hole = fill_gaps(series, kind="electricity"), series.isna()
    assert len(filled) == 200
    assert (filled["value"] - daily)[hole].abs().mean() < 0.1 * daily.mean()
    total = gap_total(filled)
    assert total.low <= daily.sum() <= total.high


def test_cold_days_need_the_temperature(gas: Make, outside: Make) -> None:
    whole, temperature = gas(), outside()
    cold = temperature.resample("D").mean()
    day = cold["2024-11":"2025-02"].idxmin().normalize()
    hole = (whole.index >= day) & (whole.index < day + pd.DateOffset(days=2))
    series = whole.mask(hole)
    told = fill_gaps(series, kind="gas", temperature=temperature)
    untold = fill_gaps(series, kind="gas")
    error = [(f["value"] - whole)[hole].abs().sum() for f in (told, untold)]
    assert error[0] < 0.5 * error[1]
    assert (told["value"][told.index.hour == 2] == 0).all()
    assert any("Ohne Außentemperatur" in s for s in untold.attrs["filling"].sentences)


def test_known_holidays_are_used(electricity: Make) -> None:
    whole = electricity(days=200)
    days = pd.date_range("2024-09-02", periods=200, freq="D")
    free = ((days >= "2024-10-28") & (days <= "2024-11-03")) | (
        (days >= "2024-12-23") & (days <= "2025-01-06")
    )
    names = np.where(days.day_of_week >= 5, "weekend", np.where(free, "school_holiday", "school"))
    types = pd.Series(names, index=days)
    closed = pd.Index(whole.index.tz_localize(None).normalize()).isin(days[free])
    rng = np.random.default_rng(3)
    whole[closed] = np.round(3 * rng.normal(1, 0.05, closed.sum()), 3)
    series = without(whole, "2025-01-02", "2025-01-04")
    hole = series.isna()
    typed = fill_gaps(series, kind="electricity", day_types=types)
    assert (typed["value"] - whole)[hole].abs().mean() < 0.5
    with pytest.raises(ValueError, match="unknown kinds of day"):
        fill_gaps(series, kind="electricity", day_types=types.replace("school", "Schule"))


def test_too_little_is_said_and_nothing_invented(electricity: Make) -> None:
    series = without(electricity(days=13), "2024-09-05", "2024-09-06")
    filled = fill_gaps(series, kind="electricity")
    hole = series.isna()
    assert filled["value"][hole].isna().all()
    assert filled["provenance"][hole].isna().all()
    assert "bleibt leer. Es sind erst 12 Tage gemessen" in filled.attrs["filling"].sentences[0]
    total = gap_total(filled)
    assert np.isnan(total.value)
    assert total.sentence.startswith("Keine Summe: 1 Tag")
    assert total.known == pytest.approx(series.sum())


def test_two_weeks_are_enough_for_a_cautious_estimate(electricity: Make) -> None:
    series = without(electricity(days=16), "2024-09-10", "2024-09-11")
    filled = fill_gaps(series, kind="electricity")
    assert filled["value"].notna().all()
    assert filled.attrs["filling"].sentences[-1].startswith("Vorsicht: Es sind erst 15 Tage")


def test_without_a_similar_day_the_gap_stays(electricity: Make) -> None:
    series = electricity(days=250)
    no_lessons = (series.index.day_of_week < 5) & (series.index > series.index[24 * 40])
    filled = fill_gaps(series.mask(no_lessons), kind="electricity")
    sentences = filled.attrs["filling"].sentences
    assert any("fehlt ein ähnlicher Tag" in s for s in sentences)
    assert filled["value"].iloc[-24 * 7 :].isna().any()


def test_a_gap_longer_than_half_of_all_is_refused(electricity: Make) -> None:
    series = without(electricity(days=40), "2024-09-20", "2024-10-06")
    filled = fill_gaps(series, kind="electricity")
    assert "mehr als halb so lang" in filled.attrs["filling"].sentences[0]
    assert filled["value"].isna().any()


def test_sums_have_a_band_of_their_own(electricity: Make) -> None:
    whole = electricity()
    series = without(whole, "2025-01-28", "2025-02-08")
    filled = fill_gaps(series, kind="electricity")
    zone = whole.index.tz
    january = gap_total(
        filled, pd.Timestamp("2025-01-01", tz=zone), pd.Timestamp("2025-02-01", tz=zone)
    )
    assert january.value == pytest.approx(filled["value"].loc["2025-01"].sum())
    assert january.low < january.value < january.high
    assert january.low <= whole.loc["2025-01"].sum() <= january.high
    assert january.filled_share == pytest.approx(4 / 31)
    gap = filled.attrs["filling"].gaps[0]
    both = gap_total(filled)
    hole = series.isna()
    assert gap.total == pytest.approx(filled["value"][hole].sum())
    assert gap.low <= whole[hole].sum() <= gap.high
    # Not all hours err to the same side, and yet they do not err independently.
    widths = (filled["high"] - filled["low"])[hole]
    assert np.sqrt((widths**2).sum()) < both.high - both.low < widths.sum()
    complete = gap_total(filled, end=pd.Timestamp("2025-01-01", tz=zone))
    assert complete.low == complete.high == complete.value
    assert complete.sentence.endswith("vollständig gemessen.")
    with pytest.raises(ValueError, match="außerhalb der Messreihe"):
        gap_total(filled, pd.Timestamp("2031-01-01", tz=zone))
    with pytest.raises(ValueError, match="zuerst die Lücken füllen"):
        gap_total(pd.DataFrame({"value": []}))


def test_a_complete_series_says_so(electricity: Make) -> None:
    filled = fill_gaps(electricity(days=20), kind="electricity")
    assert filled.attrs["filling"].sentences == (
        "Die Messreihe ist vollständig, nichts wurde geschätzt.",
    )
    assert len(filled.attrs["filling"].method) == 4


def test_utc_is_read_by_the_citys_clock(electricity: Make) -> None:
    series = without(electricity(days=250), "2025-04-08", "2025-04-09")
    local = fill_gaps(series, kind="electricity")
    utc = fill_gaps(series.tz_convert("UTC"), kind="electricity")
    assert (utc.index == local.index).all()
    assert np.allclose(utc["value"], local["value"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: s.tz_localize(None), "nennt keine Zeitzone"),
        (lambda s: pd.concat([s, s.iloc[:1]]), "gibt es zwei Werte"),
        (lambda s: s.iloc[:1], "weniger als zwei Werte"),
        (lambda s: s.set_axis(s.index[:-1].append(s.index[-1:] + pd.Timedelta("7min"))),
         "gleichmäßigen Abstand"),
        (lambda s: s.set_axis(pd.date_range(s.index[0], periods=len(s), freq="7min")),
         "keine ganzen Tage"),
    ],
)  # fmt: skip
def test_bad_times_are_told_in_german(
    electricity: Make, change: Callable[[pd.Series], pd.Series], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        fill_gaps(change(electricity(days=20)), kind="electricity")


def test_an_unknown_kind_is_refused(electricity: Make) -> None:
    with pytest.raises(ValueError, match="kind must be one of"):
        fill_gaps(electricity(days=20), kind="steam")


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000), gaps=st.integers(1, 8), longest=st.integers(1, 200),
    kind=st.sampled_from(["electricity", "heat", "gas", "water"]),
)  # fmt: skip
def test_whatever_is_missing(
    gas: Make, outside: Make, seed: int, gaps: int, longest: int, kind: str
) -> None:
    """Measured values never change, bands enclose their values, sums add up."""
    whole = gas(start="2025-02-10", days=70)
    rng = np.random.default_rng(seed)
    series = whole.copy()
    for _ in range(gaps):
        at = int(rng.integers(0, len(series)))
        series.iloc[at : at + int(rng.integers(1, longest + 1))] = np.nan
    if series.notna().sum() < 2:
        return
    filled = fill_gaps(series, kind=kind, temperature=outside("2025-02-10", 70))
    known = series.notna()
    assert (filled["value"][known] == series[known]).all()
    there = filled["value"].notna()
    assert (filled["low"][there] >= 0).all()
    assert (filled["low"] <= filled["value"])[there].all()
    assert (filled["value"] <= filled["high"])[there].all()
    assert filled["provenance"].notna().equals(there)
    total = gap_total(filled)
    assert total.known == pytest.approx(filled["value"].sum())
    assert np.isnan(total.value) or total.low <= total.value <= total.high
