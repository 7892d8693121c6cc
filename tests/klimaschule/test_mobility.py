import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stadtlabor.klimaschule.footprint import activities
from stadtlabor.klimaschule.mobility import (
    Answer,
    K,
    Leg,
    compare,
    evaluate,
    modes,
    shift,
    suppress,
)
from stadtlabor.klimaschule.mobility.survey import SCHOOL_DAYS
from stadtlabor.schooldays import day_types


def answer(mode="bus", km=4.0, group="5-7", **more):
    return Answer(group=group, legs=(Leg(mode=mode, km=km, **more),))


def town(dice, n):
    """Draw pupils of a made-up school."""
    drawn = dice.choice(["foot", "bicycle", "bus", "car"], n, p=[0.25, 0.25, 0.35, 0.15])
    return [answer(str(m), float(dice.lognormal(1, 0.5)), persons=2) for m in drawn]


def test_modes_have_activities():
    for mode in modes().values():
        unit = activities()[mode.activity].unit
        assert unit == ("km" if mode.vehicle else "Pkm")


def test_school_days_are_those_of_the_calendar():
    counts = [
        (day_types(pd.date_range(f"{y}-01-01", f"{y}-12-31")) == "school").sum()
        for y in range(2018, 2027)
    ]
    assert round(np.mean(counts)) == SCHOOL_DAYS


def test_kilometres_of_a_year():
    survey = evaluate([answer(km=5.0)] * 10, persons=100)
    assert survey.km.loc["bus", "km"] == pytest.approx(100 * 5 * 2 * SCHOOL_DAYS)
    assert survey.km.loc["car", "counted_km"] == 0


def test_who_shares_a_car_shares_its_kilometres_and_the_empty_way_back_counts():
    together = Leg(mode="car", km=6, persons=3)
    assert together.counted_km == 2
    taxi = Leg(mode="car", km=6, persons=3, only_for_school=True)
    assert taxi.counted_km == 6  # 12 km driven for two children
    alone = Leg(mode="car", km=6, persons=1, only_for_school=True)
    assert alone.counted_km == 12


def test_minutes_become_kilometres_with_a_wider_range():
    known = evaluate([answer(km=10.0)] * 20, persons=40)
    guessed = Answer(group="5-7", legs=(Leg(mode="bus", minutes=30),))
    survey = evaluate([guessed] * 20, persons=40)
    assert survey.km.loc["bus", "km"] == pytest.approx(known.km.loc["bus", "km"])
    assert survey.km.loc["bus", "high"] > known.km.loc["bus", "high"]
    assert any("geschätzt" in note for note in survey.notes)


def test_several_legs_count_each_for_itself():
    way = Answer(group="8-10", legs=(Leg(mode="bicycle", km=2), Leg(mode="rail", km=18)))
    assert way.main_mode == "rail"
    survey = evaluate([way] * 6, persons=6)
    assert survey.km.loc["bicycle", "km"] == pytest.approx(6 * 2 * 2 * SCHOOL_DAYS)


def test_ninety_per_cent_ranges_hold_the_truth():
    """Samples of a made-up school: shares and kilometres of the car lie in their range."""
    dice = np.random.default_rng(2)
    everyone = town(dice, 600)
    true_share = np.mean([a.main_mode == "car" for a in everyone])
    true_km = evaluate(everyone, 600).km.loc["car", "counted_km"]
    held = np.zeros(2)
    for _ in range(200):
        sample = [everyone[i] for i in dice.permutation(600)[:200]]
        survey = evaluate(sample, 600)
        held[0] += survey.shares.loc["car", "low"] <= true_share <= survey.shares.loc["car", "high"]
        held[1] += survey.km.loc["car", "low"] <= true_km <= survey.km.loc["car", "high"]
    assert (held / 200 >= 0.85).all(), held / 200
    assert (held / 200 <= 0.96).all(), held / 200


def test_a_full_count_has_no_sampling_error():
    survey = evaluate(town(np.random.default_rng(1), 80), persons=80)
    assert survey.km.loc["bus", "low"] == pytest.approx(survey.km.loc["bus", "high"])


def test_few_answers_show_nothing():
    with pytest.raises(ValueError, match="damit niemand erkennbar ist"):
        evaluate([answer()] * (K - 1), persons=100)
    with pytest.raises(ValueError, match="nur 5 Personen"):
        evaluate([answer()] * 6, persons=5)


def test_small_counts_are_hidden_in_shares_too():
    survey = evaluate([answer()] * 20 + [answer("car")] * 3, persons=100)
    assert survey.shares.loc["car"].isna().all()
    assert survey.shares.loc["bus"].isna().all()  # else the three follow from the sum


@given(st.lists(st.lists(st.integers(0, 30), min_size=4, max_size=4), min_size=1, max_size=6))
def test_no_hidden_count_follows_from_a_sum(rows):
    counts = pd.DataFrame(rows)
    shown = suppress(counts)
    assert not ((shown > 0) & (shown < K)).any(axis=None)
    for table, shown_table in ((counts, shown), (counts.T, shown.T)):
        for label in table.index:
            hidden = shown_table.loc[label].isna()
            line = table.loc[label]
            if hidden.any() and line[~hidden].sum():
                assert hidden.sum() >= 2
                assert line[hidden].sum() >= K


def test_low_response_and_one_season_are_said():
    some = [answer().model_copy(update={"season": "winter"})] * 20
    said = " ".join(evaluate(some, persons=200).notes)
    assert "Weniger als die Hälfte" in said
    assert "Winterhalbjahr" in said


def test_a_change_is_called_one_only_beyond_chance():
    dice = np.random.default_rng(3)
    before = evaluate(town(dice, 300), 900)
    same = evaluate(town(dice, 300), 900)
    assert (compare(before, same)["verdict"] == "nicht größer als der Zufall").sum() >= 3
    changed = evaluate(shift(town(dice, 300), "bicycle", 0.9, 30), 900)
    assert compare(before, changed).loc["car", "verdict"] == "weniger als vorher"


def test_items_carry_the_sampling_error():
    survey = evaluate(town(np.random.default_rng(4), 100), 600)
    car = next(i for i in survey.items("Umfrage") if i.activity == "mobility.car")
    assert car.unit == "km"
    assert 5 < car.uncertainty_pct < 60


def test_a_scenario_moves_only_the_near_ones():
    far = [answer("car", 20.0)] * 10
    near = [answer("car", 2.0)] * 10
    moved = shift([*far, *near], "bicycle", 0.5, within_km=5)
    assert sum(a.main_mode == "bicycle" for a in moved) == 5


@pytest.mark.parametrize(
    "more", [{"name": "Anna"}, {"group": "5a"}, {"legs": []}, {"legs": [{"mode": "ufo", "km": 1}]}]
)
def test_what_is_no_answer_is_refused(more):
    given = {"group": "5-7", "legs": [{"mode": "bus", "km": 1}]} | more
    with pytest.raises(ValidationError):
        Answer.model_validate(given)
