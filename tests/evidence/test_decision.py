"""The record of a decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from counted_home import EVENT, fill
from stadtlabor import promotion
from stadtlabor.evidence.decision import Option, decided, options_table
from stadtlabor.evidence.popup import PopupRecord, recommended
from stadtlabor.evidence.trace import trace_run

OPTIONS = [Option("a", "Bleiben", "p", "c", "w"), Option("b", "Gehen", "p", "c", "w")]
TODAY = date(2026, 11, 30)


def test_the_rule_stands_before_the_result() -> None:
    assert recommended(12, 8, 16, 0.01, 10) == "extend"
    assert recommended(12, 8, 16, 0.2, 10) == "longer"
    assert recommended(7, 2, 12, 0.01, 10) == "longer"
    assert recommended(2, -3, 7, 0.4, 10) == "end"


def test_a_decision_needs_body_days_and_a_known_option() -> None:
    assert not decided(OPTIONS, "a", "", "", "", "", TODAY).option
    made = decided(OPTIONS, "a", "Gehen", "Ausschuss", "2026-11-02", "2027-05-02", TODAY)
    assert (made.option, made.follows, made.overdue) == ("b", False, False)
    assert "weicht von der Empfehlung ab" in made.sentence
    late = decided(OPTIONS, "a", "a", "Ausschuss", "2025-11-02", "2026-05-02", TODAY)
    assert "Bitte neu prüfen" in late.sentence
    for stated, words in (
        (("Tanzen", "x", "2026-11-02", "2027-05-02"), "steht nicht zur Wahl"),
        (("a", "", "2026-11-02", "2027-05-02"), "alle drei"),
        (("a", "x", "2.11.2026", "2027-05-02"), "ist kein Tag"),
        (("a", "x", "2026-11-02", "2026-11-02"), "später"),
    ):
        with pytest.raises(ValueError, match=words):
            decided(OPTIONS, "a", *stated, TODAY)


def test_the_table_marks_the_recommendation_in_words() -> None:
    assert "Gehen (dafür spricht das Ergebnis)" in options_table(OPTIONS, "b")


def test_without_counts_of_its_own_the_city_shows_the_example(empty_home: Path) -> None:
    record = PopupRecord("", "", "", 5.0)
    assert record.counts.note.simulated
    assert "simuliert" in record.answer.data
    assert record.result()["data"] == ""
    assert record.recommended == "extend"


def test_with_counts_the_record_runs_and_its_figures_lead_to_rows(empty_home: Path) -> None:
    fill(empty_home)
    given = {"counter": EVENT.counter, "start": f"{EVENT.first}", "end": f"{EVENT.last}",
             "decision": "Verlängern", "decided_by": "Ausschuss für Wirtschaft",
             "decided_on": "2026-07-20", "review_on": "2027-07-20"}  # fmt: skip
    run = promotion.run("entscheidung", **given)
    assert run.result["low"] < EVENT.percent < run.result["high"]
    assert run.result["decision"] == "extend"
    assert run.result["simulated"] is True
    assert run.figures
    (read,) = trace_run(run, "percent").inputs
    assert read.dataset == "footfall"
    assert read.rows == 420 * 24 * 6
