from datetime import date, timedelta

import pytest

from stadtlabor.klimaschule.mobility import (
    Answer,
    ClosedError,
    FullError,
    Leg,
    Surveys,
    UnknownSurveyError,
)

TODAY = date(2026, 11, 24)
BUS = Answer(group="5-7", legs=(Leg(mode="bus", km=4),))


@pytest.fixture
def surveys(tmp_path):
    return Surveys(tmp_path)


def test_an_answer_sent_twice_counts_once(surveys):
    called = surveys.call("Grundschule", 3, TODAY)
    assert surveys.add(called.code, BUS, "a", TODAY)
    assert not surveys.add(called.code.upper(), BUS, "a", TODAY)
    assert surveys.add(called.code, BUS, "b", TODAY)
    assert surveys.answers(called.code) == [BUS, BUS]
    assert surveys.count(called.code) == 2


def test_code_and_key_are_told_apart(surveys):
    called = surveys.call("Grundschule", 30, TODAY)
    assert surveys.opened(called.key) == called == surveys.find(called.code)
    with pytest.raises(UnknownSurveyError):
        surveys.opened(called.code)
    with pytest.raises(UnknownSurveyError):
        surveys.find("gibtsn")


def test_after_the_last_day_nothing_is_taken(surveys):
    called = surveys.call("Grundschule", 30, TODAY)
    with pytest.raises(ClosedError):
        surveys.add(called.code, BUS, "a", TODAY + timedelta(days=1))


def test_a_joke_with_a_thousand_answers_ends(surveys):
    called = surveys.call("Grundschule", 2, TODAY)
    for n in range(6):
        surveys.add(called.code, BUS, str(n), TODAY)
    with pytest.raises(FullError):
        surveys.add(called.code, BUS, "noch eine", TODAY)


def test_old_surveys_are_erased_with_their_answers(surveys):
    old = surveys.call("alt", 30, TODAY - timedelta(days=366))
    new = surveys.call("neu", 30, TODAY)
    surveys.add(new.code, BUS, "a", TODAY)
    assert surveys.erase_old(TODAY) == 1
    with pytest.raises(UnknownSurveyError):
        surveys.find(old.code)
    assert surveys.count(new.code) == 1
