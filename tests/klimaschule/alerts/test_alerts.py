"""What an alert says, when it speaks, and that nothing makes it fail."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor import klimaschule
from stadtlabor.klimaschule.alerts import rules
from stadtlabor.klimaschule.alerts.find import RULES
from stadtlabor.klimaschule.alerts.telling import catalogue
from stadtlabor.klimaschule.example import example_school
from stadtlabor.klimaschule.footprint import factors
from stadtlabor.klimaschule.school import Meter, School, SchoolError

START, END = date(2025, 11, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def mittelschule():
    return example_school("beispiel-mittelschule", days=730)


def test_the_school_that_heats_at_weekends_is_told_so_with_size_and_certainty(mittelschule):
    told = klimaschule.alerts(mittelschule, START, END)
    found = next(alert for alert in told if alert.key == "heat_weekend")
    assert found.title == "Am Wochenende wird geheizt wie am Schultag"
    assert found.kwh.low < found.kwh.value < found.kwh.high
    assert found.eur.value == pytest.approx(found.kwh.value * mittelschule.prices.heat)
    assert found.eur.source == mittelschule.prices.source
    factor = factors()[found.kg.factor_id]
    assert found.kg.value == pytest.approx(found.kwh.value * factor.value)
    assert found.kg.unit == f"kg {factor.gases}"
    assert found.simulated
    assert found.start >= pd.Timestamp(START)
    assert {"ratio", "kind"} <= set(found.evidence)
    for part in ("kWh", "€", "kg CO2e", "90 % Sicherheit", "gemessen", "geschätzt", "Mögliche",
                 "Test: ", "erfunden"):  # fmt: skip
        assert part in found.sentence, part


def test_the_thrifty_schools_are_left_in_peace():
    for name in ("beispiel-grundschule", "beispiel-gymnasium"):
        assert klimaschule.alerts(example_school(name, days=730), START, END) == []


def test_without_prices_there_is_no_money(mittelschule):
    told = klimaschule.alerts(replace(mittelschule, prices=None), START, END)
    assert told
    assert all(alert.eur is None and "€" not in alert.sentence for alert in told)


def test_the_night_is_told_as_the_pattern_says(mittelschule):
    meter = mittelschule.meter("electricity")
    loud = replace(meter, values=meter.values + 5400 * 0.0012 / 4)
    school = replace(mittelschule, meters=(loud,))
    found = next(a for a in klimaschule.alerts(school, START, END) if a.key == "baseload_high")
    assert re.match(
        r"Wenn niemand da ist, laufen weiter: [\d,]+ kW ± [\d,]+\. "
        r"Das sind \d+ % eures Stroms, etwa [\d.]+ kWh im Jahr "
        r"\(mit 90 % Sicherheit [\d.]+ bis [\d.]+\), [\d.]+ €, [\d.]+ kg CO2e?\. "
        r"So sicher sind wir: \d+ von 365 Tagen gemessen, \d+ geschätzt\.",
        found.sentence,
    ), found.sentence
    assert found.yearly


def test_two_weeks_are_enough_for_the_first_findings(mittelschule):
    loud = replace(
        mittelschule.meter("electricity"),
        values=mittelschule.meter("electricity").values + 5400 * 0.0012 / 4,
    )
    heat = mittelschule.meter("heat")
    begin, end = pd.Timestamp("2026-01-12"), pd.Timestamp("2026-02-05")
    zone = heat.values.index.tz
    cut = [m.between(begin.tz_localize(zone), end.tz_localize(zone)) for m in (loud, heat)]
    short = replace(mittelschule, meters=tuple(cut))
    two = klimaschule.alerts(short, begin, begin + pd.Timedelta(days=14))
    assert "baseload_high" in {alert.key for alert in two}
    more = {alert.key for alert in klimaschule.alerts(short, begin, end)}
    assert {"baseload_high", "heat_weekend"} <= more
    missing = klimaschule.unknown(short, begin, begin + pd.Timedelta(days=14))
    assert any("drei Wochenenden" in sentence for sentence in missing)
    assert any("ein Winter gemessen" in sentence for sentence in missing)
    assert all(sentence.endswith(".") for sentence in missing)


def test_with_two_years_of_everything_only_missing_meters_are_unknown(mittelschule):
    missing = klimaschule.unknown(mittelschule, START, END)
    assert all("keinen" in sentence for sentence in missing)


def test_a_school_without_meters_is_told_so():
    nothing = School("leer", "Leere Schule")
    assert klimaschule.alerts(nothing, START, END) == []
    assert "noch nichts" in klimaschule.unknown(nothing, START, END)[0]


def test_a_period_that_is_none_is_refused_in_german(mittelschule):
    with pytest.raises(SchoolError, match="Zeitraum"):
        klimaschule.alerts(mittelschule, END, START)


def test_every_rule_has_words_a_field_thresholds_and_a_source():
    keys = set(rules())
    assert len(keys) >= 20
    assert len(RULES) >= 20
    words = set(catalogue()) - {"frame", "media", "unknown"}
    assert words == keys
    for key, rule in rules().items():
        assert rule["source"]
        assert rule["limits"]
        assert set(rule["hides"]) <= keys
        for part in ("title", "finding", "reasons", "test", "pupil", "caretaker"):
            assert catalogue()[key][part]


NUMBERS = st.one_of(st.floats(-1e6, 1e9), st.sampled_from([0.0, 5.0, float("inf"), float("nan")]))


@st.composite
def odd_meters(draw):
    medium = draw(
        st.sampled_from(["electricity", "heat", "gas", "water", "solar", "feed_in", "waste", "x"])
    )
    step = draw(st.sampled_from([1, 300, 900, 1800, 3600, 7200, 86400, 604800]))
    size = draw(st.integers(0, 400))
    start = pd.Timestamp(draw(st.sampled_from(["2026-01-05", "2026-03-28", "2026-10-24"])))
    times = pd.date_range(start, periods=size, freq=f"{draw(st.sampled_from([900, 3600, 86400]))}s")
    zone = draw(st.sampled_from(["Europe/Berlin", "UTC", None]))
    if zone:
        times = times.tz_localize("UTC").tz_convert(zone)
    pattern = draw(st.lists(NUMBERS, min_size=1, max_size=30))
    values = pd.Series(np.resize(np.array(pattern, dtype=float), size), index=times)
    if draw(st.booleans()):
        values = pd.concat([values, values.iloc[:7]]).sample(frac=1, random_state=1)
    return Meter(medium, values, step)


@settings(max_examples=60)
@given(
    meters=st.lists(odd_meters(), max_size=3),
    air=st.sampled_from([None, "daily", "hourly", "empty"]),
    length=st.integers(1, 120),
)
def test_odd_data_never_raise(meters, air, length):
    temperature = {
        None: None,
        "empty": pd.Series(dtype=float, index=pd.DatetimeIndex([])),
        "daily": pd.Series(np.linspace(-9, 20, 300), pd.date_range("2025-12-01", periods=300)),
        "hourly": pd.Series(
            np.linspace(-9, 20, 7200),
            pd.date_range("2025-12-01", periods=7200, freq="h", tz="Europe/Berlin"),
        ),
    }[air]
    school = School("s", "Schule", meters=tuple(meters), temperature_c=temperature)
    start = pd.Timestamp("2026-01-10")
    told = klimaschule.alerts(school, start, start + pd.Timedelta(days=length))
    told_not = klimaschule.unknown(school, start, start + pd.Timedelta(days=length))
    for alert in told:
        assert "{" not in alert.sentence
        assert "nan" not in alert.sentence
    assert all(isinstance(sentence, str) for sentence in told_not)


@settings(max_examples=25)
@given(first=st.integers(0, 300), length=st.integers(1, 60))
def test_any_part_of_a_year_can_be_asked(mittelschule, first, length):
    start = pd.Timestamp(START) + pd.Timedelta(days=first)
    end = start + pd.Timedelta(days=length)
    for alert in klimaschule.alerts(mittelschule, start, end):
        assert alert.end > start
        assert alert.start < end
        assert 0 <= alert.confidence <= 1
    klimaschule.unknown(mittelschule, start, end)
