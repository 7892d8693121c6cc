from dataclasses import replace

import pandas as pd
import pytest

from stadtlabor.klimaschule import degree_day_number, heating_model, weather_corrections
from stadtlabor.simulation.heated_school import (
    daily_temperature,
    heated_school,
    typical_day_types,
)

DAYS = pd.date_range("2013-01-01", "2016-12-31")
WEATHER = daily_temperature(1, DAYS[0].date(), DAYS[-1].date())
KINDS = typical_day_types(DAYS)
SCHOOL = replace(heated_school(1), summer_off=False)
YEAR = slice("2016-01-01", "2016-12-31")


def test_only_the_heating_is_scaled() -> None:
    table = weather_corrections(
        100_000,
        heating_share=0.8,
        climate_factor=1.10,
        degree_days=3500,
        reference_degree_days=3850,
    ).set_index("method")
    assert list(table.index) == ["gemessen", "Klimafaktor", "G20/15"]
    assert table.loc["gemessen", "corrected_kwh"] == 100_000
    # Side by side: each from the measured value, never one after the other.
    assert table.loc["Klimafaktor", "corrected_kwh"] == pytest.approx(108_000)
    assert table.loc["G20/15", "corrected_kwh"] == pytest.approx(108_000)
    assert table.loc["Klimafaktor", "low"] == pytest.approx(107_600)
    assert "Potsdam" in table.loc["Klimafaktor", "why"]
    assert "3.850 statt 3.500 Kd" in table.loc["G20/15", "why"]


def test_the_regression_finds_the_reference_year() -> None:
    use = SCHOOL.measured_kwh(WEATHER, KINDS)
    model = heating_model(use, WEATHER, KINDS)
    degree_days = degree_day_number(WEATHER)
    expected = SCHOOL.expected_kwh(WEATHER, KINDS)
    table = weather_corrections(
        expected[YEAR].sum(),
        degree_days=degree_days[2016],
        reference_degree_days=degree_days.mean(),
        climate_factor=1.02,
        model=model,
        temperature_c=WEATHER[YEAR],
        day_types=KINDS[YEAR],
        reference_temperature_c=WEATHER,
        reference_day_types=KINDS,
    ).set_index("method")
    assert list(table.index) == ["gemessen", "Klimafaktor", "G20/15", "Regression"]
    usual = expected.sum() * 366 / len(DAYS)
    assert table.loc["Regression", "corrected_kwh"] == pytest.approx(usual, rel=0.01)
    assert (table["low"] <= table["corrected_kwh"]).all()
    assert (table["corrected_kwh"] <= table["high"]).all()
    assert "Eure liegt" in table.loc["G20/15", "why"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"already": "Klimafaktor", "climate_factor": 1.0}, "zweimal bereinigen"),
        ({}, "Ohne Vergleichswetter"),
        ({"climate_factor": 10.5, "heating_share": 1.0}, "Der Klimafaktor 10,50 ist nicht"),
        ({"climate_factor": 1.0}, "Anteil der Heizung angeben"),
        ({"climate_factor": 1.0, "heating_share": 80.0}, "zwischen 0 und 1 liegen, nicht 80,00"),
        (
            {"degree_days": float("nan"), "reference_degree_days": 3800.0, "heating_share": 1.0},
            "Ist das Jahr vollständig gemessen",
        ),
    ],
)
def test_impossible_corrections_are_said_in_german(changes: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        weather_corrections(50_000, **changes)
    with pytest.raises(ValueError, match="größer als null"):
        weather_corrections(0, heating_share=1.0, climate_factor=1.0)
