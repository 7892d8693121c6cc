import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from stadtlabor.klimaschule.footprint import activities
from stadtlabor.klimaschule.waste import (
    Bins,
    canteen,
    divide,
    fractions,
    sorting,
    year_from_bins,
    year_from_weighing,
)


def bins(**more):
    given = {
        "fraction": "residual", "number": 2, "litres": 1100, "fill_percent": 80, "emptyings": 26,
    }  # fmt: skip
    return Bins.model_validate(given | more)


def test_fractions_have_activities():
    assert {f.activity for f in fractions().values()} <= set(activities())


def test_number_times_volume_times_fill_times_density():
    year = year_from_bins([bins()])
    assert year.table.loc["residual", "kg"] == pytest.approx(2 * 1100 * 26 * 0.8 * 0.10)
    assert "ungeprüfte Annahme" in year.notes[1]


def test_an_own_weighing_wins_and_narrows_the_range():
    rough, weighed = year_from_bins([bins()]), year_from_bins([bins(weighed_kg=132)])
    assert weighed.table.loc["residual", "kg"] == pytest.approx(2 * 1100 * 26 * 0.8 * 0.12)
    assert len(weighed.notes) == 1

    def width(year):
        row = year.table.loc["residual"]
        return (row["high"] - row["low"]) / row["kg"]

    assert width(weighed) < width(rough) / 2
    assert weighed.items("Tonnen")[0].uncertainty_pct == pytest.approx(width(weighed) * 50)


def test_weighed_weeks_are_projected_with_their_spread():
    weeks = pd.DataFrame({"paper": [20.0, 24.0, 22.0, 26.0]})
    table = year_from_weighing(weeks, 38).table
    assert table.loc["paper", "kg"] == pytest.approx(23 * 38)
    assert table.loc["paper", "low"] < 23 * 38 < table.loc["paper", "high"]
    with pytest.raises(ValueError, match="mindestens zwei Wochen"):
        year_from_weighing(weeks[:1])


def test_a_full_year_has_no_spread_left():
    weeks = pd.DataFrame({"paper": np.linspace(10, 30, 38)})
    row = year_from_weighing(weeks, 38).table.loc["paper"]
    assert row["low"] == pytest.approx(row["high"])


@pytest.mark.parametrize(
    "bad", [{"fraction": "sand"}, {"fill_percent": -1}, {"litres": 0}, {"emptyings": 400}]
)
def test_impossible_bins_are_refused(bad):
    with pytest.raises(ValidationError):
        bins(**bad)
    with pytest.raises(ValueError, match="keine Tonne"):
        year_from_bins([])


def bag(dice):
    return dice.gamma(2, [0.8, 0.6, 0.5, 0.05, 0.1, 0.1, 0.6])


def test_sorting_ranges_hold_the_truth():
    """The share of what lies in the wrong bin, over drawn bags of a known mixture."""
    dice = np.random.default_rng(1)
    columns = ["plastics", "paper", "organic", "glass", "metal", "composite", "rest"]
    truth = 1 - 0.6 / 2.75
    held = 0
    for n in range(100):
        result = sorting(
            pd.DataFrame([bag(dice) for _ in range(20)], columns=columns), "residual", n
        )
        held += result.wrong_low <= truth <= result.wrong_high
    assert 80 <= held <= 98


def test_divided_mass_sums_to_the_whole():
    bags = pd.DataFrame({"plastics": [1.0, 2, 1], "rest": [3.0, 2, 4]})
    parts = divide(9000, sorting(bags, "residual"))
    assert parts["kg"].sum() == pytest.approx(9000)
    assert parts.loc["plastics", "kg"] == pytest.approx(9000 * 4 / 13)


@pytest.mark.parametrize(
    ("bags", "said"),
    [
        (pd.DataFrame({"plastics": [1.0, 2]}), "mindestens drei Säcke"),
        (pd.DataFrame({"plastics": [1.0, 2, -3]}), "negativ"),
        (pd.DataFrame({"gold": [1.0, 2, 3]}), "kein bekanntes Material"),
    ],
)
def test_what_cannot_be_sorted_is_told(bags, said):
    with pytest.raises(ValueError, match=said):
        sorting(bags, "residual")


def test_canteen_waste_per_meal():
    days = pd.DataFrame(
        {
            "meals": [100, 200, 150, 120],
            "plate": [5.0, 11.0, 7.0, 6.5],
            "kitchen": [1.0, np.nan, 2, 1],
        },
        index=pd.date_range("2026-11-16", periods=4),
    )
    result = canteen(days)
    assert result.stages.loc["plate", "g_per_meal"] == pytest.approx(29.5 / 570 * 1000)
    assert result.stages.loc["kitchen", "g_per_meal"] == pytest.approx(4 / 370 * 1000)
    assert result.by_weekday.isna().all()
    with pytest.raises(ValueError, match="drei Tagen"):
        canteen(days[:2])
