"""What single lessons promise beyond the contract that all of them keep."""

from __future__ import annotations

import itertools
from pathlib import Path

import pandas as pd
import pytest

from stadtlabor.lessons import (
    SceneError,
    differenzangriff,
    ehrliche_differenz,
    heizkurve,
    heizung_wochenende,
    lesson,
    wann_warnen,
)
from stadtlabor.lessons import kompensation as offsetting
from stadtlabor.lessons import wasserleck as leak
from stadtlabor.lessons import zaehlfehler as miscounted
from stadtlabor.lessons.facts import _facts, fact
from stadtlabor.lessons.fortnight import fortnight
from stadtlabor.lessons.heating_years import PROBE, two_years, years
from stadtlabor.lessons.release import Release, invented_class
from stadtlabor.lessons.schools import find_school
from stadtlabor.simulation.counted_street import counted_street
from stadtlabor.simulation.two_winters import SCHOOL

LESSONS = sorted((Path(__file__).parents[2] / "notebooks").glob("*/*.toml"))


def test_every_single_figure_has_a_source() -> None:
    assert len(_facts()) >= 10
    assert all(f.source and f.value > 0 for f in _facts().values())
    with pytest.raises(KeyError):
        fact("gibt_es_nicht")


def test_one_school_forgets_the_weekend_and_the_other_does_not() -> None:
    forgets = fortnight(find_school("beispiel-mittelschule"), "2026-01-12")
    lowers = fortnight(find_school("beispiel-gymnasium"), "2026-01-12")
    assert forgets.weekend_day_kw > 1.3 * forgets.weekend_night_kw
    assert lowers.weekend_day_kw < 1.1 * lowers.weekend_night_kw
    assert len(forgets.weekends) == 2
    # Mean difference times 12 hours on 4 days is what the hours sum up to.
    assert sum(forgets.saved_kwh) == pytest.approx(forgets.difference_kw * 48)
    total = forgets.week_kwh + forgets.weekend_kwh
    assert total == pytest.approx(forgets.hours["kw"].sum())


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"start": "2019-01-07"}, "keine zwei Wochen"),
        ({"school": "beispiel-gymnasium"}, "senkt die Heizung am Wochenende schon ab"),
        ({"school": "gibt-es-nicht"}, "gibt-es-nicht"),
    ],
)
def test_weekend_lesson_says_what_is_wrong(parameters: dict[str, str], said: str) -> None:
    with pytest.raises(SceneError, match=said):
        heizung_wochenende.scene(**parameters)


def test_the_heating_curve_finds_the_known_truth() -> None:
    _, days, note = two_years(PROBE)
    found = years(days)
    low, high = found.model.balance_point_interval
    assert low <= SCHOOL.balance_point_c <= high
    low, high = found.model.slope_interval
    assert low <= SCHOOL.slope_kwh_per_k <= high
    assert note.simulated
    # Measured heat rises, corrected heat falls: that is the point of the lesson.
    assert found.kwh[1] > found.kwh[0]
    rows = found.corrections.set_index("method")["corrected_kwh"] / found.kwh[0]
    assert 0.92 < rows["Regression"] < 0.97
    assert 0.92 < rows["G20/15"] < 0.97


def test_the_heating_curve_takes_other_schools() -> None:
    assert heizkurve.scene("beispiel-mittelschule").truths["balance_c"] == pytest.approx(15, abs=1)
    with pytest.raises(SceneError):
        heizkurve.scene("gibt-es-nicht")


def test_a_gap_in_the_weather_is_named() -> None:
    _, days, _ = two_years(PROBE)
    days.loc[days.index[400], "temperature_c"] = float("nan")
    with pytest.raises(SceneError, match="fehlen Temperaturen"):
        years(days)


@pytest.mark.parametrize("day", [2, 9, 14])
def test_the_leak_is_where_the_teacher_puts_it(day: int) -> None:
    truths = leak.scene(day, 60).truths
    assert truths["leak_day"] == day
    assert truths["night_litres"] == pytest.approx(60, rel=0.08)
    assert truths["year_m3"] == pytest.approx(truths["night_litres"] * 24 * 365 / 1000)


def test_leaks_that_cannot_be_found_are_refused() -> None:
    with pytest.raises(SceneError, match="zwischen 2 und 14"):
        leak.scene(1)
    with pytest.raises(SceneError, match="kleines Leck"):
        leak.scene(9, 3)


def test_the_published_story_is_split_exactly() -> None:
    told = ehrliche_differenz.tell()
    assert told.totals == [390, 189, 293]
    for before, after, changes in zip(told.totals, told.totals[1:], told.changes, strict=False):
        assert sum(changes.values()) == pytest.approx(after - before, abs=1e-4)
    scene = ehrliche_differenz.scene()
    assert all(caveat in scene.intro for caveat in told.caveats)
    shown = scene.pictures["stufen"]()
    assert set(told.sources) <= set(shown.note.sources)
    with pytest.raises(SceneError, match="hildegardis"):
        ehrliche_differenz.scene("gibt-es-nicht")


def test_offsetting_scales_with_the_schools_own_sum() -> None:
    one, two = offsetting.scene(100).truths, offsetting.scene(200).truths
    for name in ("trees", "trees_low", "cost"):
        assert two[name] == pytest.approx(2 * one[name])
    assert one["trees_low"] > 3 * one["trees"]
    table: pd.DataFrame = offsetting.scene().data
    assert (table["Quelle"].str.len() > 5).all()
    with pytest.raises(SceneError, match="ab 1 t"):
        offsetting.scene(0)


@pytest.mark.parametrize("path", LESSONS, ids=lambda p: p.stem)
def test_notebooks_cut_no_cell_of_the_raw_rows(path: Path) -> None:
    shown = lesson(path.stem).raw()._repr_html_()
    assert "..." not in shown


@pytest.mark.parametrize("share", [30, 60, 75])
def test_the_planted_zeros_are_found_and_the_mean_is_put_right(share: int) -> None:
    truths = miscounted.scene(share).truths
    assert truths["zeros_late"] == pytest.approx(truths["days_since"] * share / 100, rel=0.2)
    # A year without the fault, from the same dice: leaving out beats counting in.
    sound = miscounted.scene(30).truths["mean_clean"]
    assert truths["mean_clean"] == pytest.approx(sound, rel=0.05)
    assert truths["mean_late"] < 0.95 * truths["mean_clean"]


def test_a_random_split_flatters_the_model_in_most_invented_cities() -> None:
    ratios = []
    for seed in range(1, 16):
        counts = counted_street(seed, miscounted.FIRST, 364, {"M": 300.0}, drift=miscounted.DRIFT)
        honest, mixed = miscounted._errors(miscounted._daily(miscounted._table(counts)), seed)
        ratios.append(honest / mixed)
    assert min(ratios) > 1
    assert sorted(ratios)[7] > 1.3
    assert miscounted.scene().truths["ratio"] > 1.3


def test_zeros_that_cannot_be_found_or_missed_are_refused() -> None:
    with pytest.raises(SceneError, match="30 bis 75"):
        miscounted.scene(5)


def test_a_threshold_trades_misses_for_false_alarms() -> None:
    scene = wann_warnen.scene()
    counts = [wann_warnen._counts(scene.data, mm) for mm in wann_warnen.THRESHOLDS]
    for low, high in itertools.pairwise(counts):
        assert low["hits"] >= high["hits"]
        assert low["false_alarms"] > high["false_alarms"]
    truths = scene.truths
    assert truths["pod"] + truths["missed"] == pytest.approx(100)
    assert truths["far"] + truths["right_alarms"] == pytest.approx(100)
    assert truths["events"] >= 20
    assert truths["events"] < 0.01 * len(scene.data)  # what task 6 says of a city that never warns
    # The cheapest threshold is neither end nor the event's own: there is something to find.
    assert truths["cheapest"] not in (truths["lowest"], truths["highest"], truths["event_mm"])
    assert wann_warnen.scene(loss=20).truths["cheapest"] <= truths["cheapest"]


@pytest.mark.parametrize(
    ("parameters", "said"),
    [({"threshold": 7}, "6, 8, 10 oder 12"), ({"loss": 100}, "5- bis 20-mal")],
)
def test_thresholds_that_fit_no_task_are_refused(parameters: dict[str, int], said: str) -> None:
    with pytest.raises(SceneError, match=said):
        wann_warnen.scene(**parameters)


def test_two_sums_give_a_person_away_unless_chance_is_in_them() -> None:
    people = invented_class().set_index("Name")["Stunden"]
    for name in ("Noa", "Kim", "Yara"):
        truths = differenzangriff.scene(name).truths
        assert truths["hidden"] == people[name]
    assert differenzangriff.scene().truths["off"] > 3
    assert "Stunden" not in differenzangriff.scene().data.columns
    with pytest.raises(SceneError, match="Möglich sind: Ada"):
        differenzangriff.scene("Niemand")


def test_the_desk_refuses_few_and_says_the_same_again() -> None:
    guarded, noisy = Release("k"), Release("noise")
    with pytest.raises(SceneError, match="weniger als 5 Personen"):
        guarded.total(way="zu Fuß")
    assert Release().total(way="zu Fuß") > 0
    with pytest.raises(SceneError, match="gibt es in dieser Klasse nicht"):
        guarded.total(way="Rakete")
    assert {noisy.total(without="Kim") for _ in range(20)} == {Release("noise").total("Kim")}
    assert noisy.questions == 20
    assert 2 <= abs(noisy.total() - Release().total()) <= 6


def test_the_attack_is_opened_for_the_person_that_the_notebook_names() -> None:
    assert "alle außer Yara" in lesson("differenzangriff", person="Yara").scene.intro
