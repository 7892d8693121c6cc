"""What leaves the house under which rule."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from desks import ALL, NOW, counter, rule
from stadtlabor.catalogue.policy import ANONYMOUS, Person, Rule, profile
from stadtlabor.dataservice.question import Question
from stadtlabor.dataservice.refusal import RefusedError, UnanswerableError
from stadtlabor.observations import COLUMNS, Batch, observations
from stadtlabor.store import AGGREGATE_COLUMNS
from stadtlabor.store.frames import framed


def ask(**facts) -> Question:
    return Question(**{"dataset": "count", "purpose": "participation", **facts})


def frame(desk, person=ANONYMOUS, **facts) -> pd.DataFrame:
    question = ask(**facts)
    types = COLUMNS if question.grain is None else AGGREGATE_COLUMNS
    return framed(desk.answer(question, person).table, types)


def test_open_data_are_given_as_they_are(desk, store):
    ids = [d.id for d in store.datastreams("count")]
    pd.testing.assert_frame_equal(frame(desk(rule())), store.read(ids))
    daily = store.aggregate(ids, None, None, "day")
    pd.testing.assert_frame_equal(frame(desk(rule()), grain="day"), daily)
    pd.testing.assert_frame_equal(frame(desk(rule()), latest=True), store.latest(ids))


def test_the_grain_is_the_finest_that_is_given(desk):
    limited = desk(rule(grain="hour"))
    for finer in ({}, {"latest": True}, {"at_version": 0, "grain": "hour"}):
        with pytest.raises(
            RefusedError, match=r"nur Stundenwerte oder gröbere.*Mehr Auskunft: Amt"
        ):
            limited.answer(ask(**finer), ANONYMOUS)
    assert len(frame(limited, grain="hour"))
    with pytest.raises(RefusedError, match="nur Tageswerte"):
        desk(rule(grain="day")).answer(ask(grain="hour"), ANONYMOUS)


def test_a_shifted_window_tells_nothing_new(desk):
    """Two spans that differ by a quarter of an hour give the same whole hours."""
    limited = desk(rule(grain="hour"))
    span = {"grain": "hour", "end": datetime(2026, 11, 29, 12, tzinfo=UTC)}
    shifted = [
        frame(limited, start=datetime(2026, 11, 29, 10, minute, tzinfo=UTC), **span)
        for minute in (0, 15, 30, 45, 59)
    ]
    for each in shifted[1:]:
        pd.testing.assert_frame_equal(each, shifted[0])
    cut = frame(
        limited, grain="hour", start=datetime(2026, 11, 29, 10, tzinfo=UTC),
        end=datetime(2026, 11, 29, 10, 20, tzinfo=UTC),
    )  # fmt: skip
    assert set(cut["time"]) == {pd.Timestamp("2026-11-29 10:00", tz="UTC")}
    assert (cut["count"] == 4).all()


def test_a_period_is_told_once_it_is_over(desk):
    assert frame(desk(rule(grain="hour")), grain="hour")["time"].max() == pd.Timestamp(
        "2026-11-30 10:00", tz="UTC"
    )
    # The local day of 29 November ends at 23:00 UTC.
    assert frame(desk(rule(grain="day")), grain="day")["time"].max() == pd.Timestamp(
        "2026-11-28 23:00", tz="UTC"
    )


def test_least_and_greatest_value_are_single_values(desk):
    found = frame(desk(rule(grain="hour")), grain="day")
    assert found["min"].isna().all()
    assert found["max"].isna().all()
    assert found["sum"].notna().all()


def test_few_people_are_not_shown_and_not_part_of_a_sum(desk, store):
    limited = desk(rule(grain="hour", persons=12))
    hours = frame(limited, grain="hour")
    ids = [d.id for d in store.datastreams("count")]
    end = pd.Timestamp("2026-11-30 11:00", tz="UTC")
    true = store.aggregate(ids, None, end, "hour")
    assert hours["sum"].min() >= 12
    assert len(hours) == (true["sum"] >= 12).sum() < len(true)
    assert (
        limited.answer(ask(grain="hour"), ANONYMOUS).label["withheld"] == (true["sum"] < 12).sum()
    )
    # The day is the sum of what was shown: no subtraction leads to what was not.
    days = frame(limited, grain="day").set_index(["datastream", "time"])["sum"]
    local = hours["time"].dt.tz_convert("Europe/Berlin").dt.normalize().dt.tz_convert("UTC")
    shown = hours.groupby(["datastream", local.dt.as_unit("us")])["sum"].sum()
    pd.testing.assert_series_equal(
        days, shown.reindex(days.index), check_names=False, check_exact=True
    )


def test_common_values_of_a_part_of_town(desk, store):
    limited = desk(rule(grain="hour", place="area", contributors=2))
    found = frame(limited, grain="hour", place="area")
    assert set(found["datastream"]) == {"count/mitte/pedestrians-1-900"}
    single = store.aggregate(
        [counter(n).id for n in "abc"], None, found["time"].max() + pd.Timedelta("1h"), "hour"
    )
    summed = single.groupby("time")["sum"].sum()
    np.testing.assert_allclose(found.set_index("time")["sum"], summed)
    with pytest.raises(RefusedError, match="gemeinsame Werte je Ortsteil, ohne Auswahl"):
        limited.answer(ask(grain="hour", place="area", datastreams=[counter("a").id]), ANONYMOUS)
    with pytest.raises(RefusedError, match="gemeinsame Werte je Ortsteil"):
        limited.answer(ask(grain="hour"), ANONYMOUS)


def test_the_town_minus_its_parts_is_refused(desk):
    both = desk(
        rule(grain="hour", place="area", contributors=2),
        rule(grain="hour", place="city", contributors=2),
    )
    pupil = Person("7b-03")
    assert len(frame(both, pupil, grain="hour", place="area"))
    with pytest.raises(RefusedError, match="Zusammen mit früheren Antworten"):
        both.answer(ask(grain="hour", place="city"), pupil)
    assert len(frame(both, Person("7b-04"), grain="hour", place="city"))
    # After a restart the log is still known.
    again = desk(rule(grain="hour", place="city", contributors=2))
    with pytest.raises(RefusedError, match="Zusammen mit früheren Antworten"):
        again.answer(ask(grain="hour", place="city"), pupil)


def test_noise_is_the_same_at_each_look(desk):
    plain, noisy = desk(rule(grain="hour")), desk(rule(grain="hour", noise=2.0))
    first = frame(noisy, grain="hour")
    pd.testing.assert_frame_equal(frame(noisy, Person("7b-03"), grain="hour"), first)
    added = first["sum"] - frame(plain, grain="hour")["sum"]
    assert (added.round(6) == added.round(0)).all()
    assert 0.5 < added.abs().mean() < 4
    assert abs(added.mean()) < 0.6


def test_old_values_stay_in_the_house(desk):
    recent = desk(rule(oldest=timedelta(days=1)))
    assert frame(recent)["time"].min() >= pd.Timestamp(NOW) - pd.Timedelta(days=1)
    asked = {"start": datetime(2026, 11, 1, tzinfo=UTC), "end": datetime(2026, 11, 29, tzinfo=UTC)}
    assert frame(recent, **asked).empty
    with pytest.raises(RefusedError):
        recent.answer(ask(latest=True), ANONYMOUS)


def test_a_permission_ends(desk):
    ended = desk(rule(expires=NOW))
    with pytest.raises(RefusedError, match=r"am 30\.11\.2026 abgelaufen\. Mehr Auskunft"):
        ended.answer(ask(), ANONYMOUS)
    assert len(frame(desk(rule(expires=NOW + timedelta(seconds=1)))))


def test_every_answer_names_source_and_licence(desk):
    for limits, facts in (({}, {}), ({"grain": "hour"}, {"grain": "hour"})):
        told = desk(rule(**limits)).answer(ask(**facts), ANONYMOUS).label
        assert told["sources"] == ["Probe"]
        assert told["licences"] == ["CC0"]
        assert told["citation"].startswith("count@")


def test_late_values_show_only_in_periods_that_are_over(desk, store):
    limited = desk(rule(grain="hour"))
    before = frame(limited, grain="hour")
    late = observations(counter("a").id, pd.DatetimeIndex(["2026-11-30 12:17"], tz="UTC"), [99])
    store.write(Batch(late, [counter("a")]))
    pd.testing.assert_frame_equal(frame(limited, grain="hour"), before)


def test_what_does_not_exist_and_what_has_no_card(desk):
    with pytest.raises(RefusedError, match="hat keine Karte"):
        desk(rule()).answer(ask(dataset="secret"), ANONYMOUS)
    with pytest.raises(UnanswerableError, match="keine Datenreihe „count/x/y“"):
        desk(rule()).answer(ask(datastreams=["count/x/y"]), ANONYMOUS)
    with pytest.raises(UnanswerableError):
        desk(rule()).answer(ask(at_version=99), ANONYMOUS)
    with pytest.raises(RefusedError):
        desk().answer(ask(), ANONYMOUS)
    only = Rule("use", frozenset({"sl:research"}), frozenset({"sl:group:forschung"}))
    for person, purpose in (
        (Person("x", frozenset({"forschung"}), ALL), "teaching"),
        (Person("x", frozenset({"7b"}), ALL), "research"),
        (Person("x", frozenset({"forschung"})), "research"),
    ):
        with pytest.raises(RefusedError, match="Mehr Auskunft: Amt"):
            desk(only).answer(ask(purpose=purpose), person)
    allowed = Person("x", frozenset({"forschung"}), ALL)
    assert desk(only).answer(ask(purpose="research"), allowed).table.num_rows
    with pytest.raises(RefusedError, match="reicht nicht bis zum Datensatz"):
        desk(rule()).answer(ask(), Person("x", datasets=frozenset({"other"})))


def test_every_decision_is_written_down(desk, tmp_path):
    limited = desk(rule(grain="hour", inform=True))
    limited.answer(ask(grain="hour"), Person("7b-03"))
    with pytest.raises(RefusedError):
        limited.answer(ask(), Person("7b-03"))
    (path,) = (tmp_path / "decisions").glob("*.jsonl")
    assert path.stem == "2026-11-30"
    given, refused = (json.loads(line) for line in path.read_text("utf-8").splitlines())
    assert given["who"] == "7b-03"
    assert given["given"]["policy"] == "probe"
    assert given["given"]["inform"] is True
    assert given["given"]["rows"] > 0
    assert "nur Stundenwerte" in refused["refused"]
    assert refused["question"] == {
        "dataset": "count", "purpose": "participation", "place": "sensor", "latest": False,
    }  # fmt: skip


ENFORCED = {
    "purpose": test_what_does_not_exist_and_what_has_no_card,
    "recipient": test_what_does_not_exist_and_what_has_no_card,
    "dateTime": test_a_permission_ends,
    "sl:temporalGrain": test_the_grain_is_the_finest_that_is_given,
    "sl:spatialGrain": test_common_values_of_a_part_of_town,
    "sl:persons": test_few_people_are_not_shown_and_not_part_of_a_sum,
    "sl:contributors": test_common_values_of_a_part_of_town,
    "sl:age": test_old_values_stay_in_the_house,
    "sl:noise": test_noise_is_the_same_at_each_look,
    "attribute": test_every_answer_names_source_and_licence,
    "inform": test_every_decision_is_written_down,
}
"""Word of the profile to the test that shows it at work."""


def test_no_word_of_the_profile_is_for_show():
    assert set(ENFORCED) == {*profile()["operators"], *profile()["duties"]}
