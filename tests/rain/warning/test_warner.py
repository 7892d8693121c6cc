from __future__ import annotations

import itertools
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import SETTINGS, START, STEP, assessment, level, outlook

from stadtlabor.rain.warning import Message, Warner

LATE = timedelta(minutes=2)


def run(warner: Warner, wanted: list[int]) -> list[tuple[int, Message]]:
    """Ask for these levels of one catchment, five minutes apart; return (step, message)."""
    found = []
    for step, number in enumerate(wanted):
        told = assessment(step, outlook("bach", level(number)), outlook("hang", level(0)))
        found += [(step, m) for m in warner.update(told, START + step * STEP + LATE)]
    return found


def test_raised_at_once_and_lowered_late():
    found = run(Warner(SETTINGS), [0, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0])
    told = [(step, m.kind, m.reason, m.before, m.level) for step, m in found]
    assert told == [
        (1, "Alert", "raised", 0, 2),
        (2, "Update", "raised", 2, 3),
        (9, "Cancel", "cleared", 3, 0),  # 30 calm minutes after step 3
    ]


def test_calm_starts_anew_when_it_flickers():
    found = run(Warner(SETTINGS), [2, *[0] * 6, 2, *[0] * 6])
    assert [m.kind for _, m in found] == ["Alert"]
    found = run(Warner(SETTINGS), [3, 2, 0, 0, 2, 0, 0, 0, 0])
    assert [(step, m.level) for step, m in found] == [(0, 3), (7, 2)]


def test_a_standing_level_is_renewed_before_its_message_ends():
    found = run(Warner(SETTINGS), [2] * 40)
    assert {m.reason for _, m in found[1:]} == {"renewed"}
    for (_, before), (_, after) in itertools.pairwise(found):
        assert after.sent < before.expires


def test_without_data_nothing_is_cancelled():
    warner = Warner(SETTINGS)
    run(warner, [3])
    held = []
    for minute in range(5, 600, 5):
        held += warner.hold(START + timedelta(minutes=minute))
    assert {(m.kind, m.reason, m.level) for m in held} == {("Update", "held", 3)}
    assert len(held) == 8
    assert warner.standing["bach"].level == 3


def test_an_unseen_catchment_is_held_too():
    warner = Warner(SETTINGS)
    run(warner, [2])
    for step in range(1, 30):
        told = assessment(step, outlook("bach", level(0), unseen=0.5))
        for message in warner.update(told, START + step * STEP):
            assert message.reason == "held"
    assert warner.standing["bach"].level == 2
    assert warner.standing["bach"].blind


def test_cost_ratio_decides():
    warner = Warner(SETTINGS)
    assert warner.asked(outlook("bach", {2: 0.24, 3: 0.14, 4: 0.09})) == 0
    assert warner.asked(outlook("bach", {2: 0.25, 3: 0.14, 4: 0.09})) == 2
    assert warner.asked(outlook("bach", {2: 0.2, 3: 0.14, 4: 0.1})) == 4


@settings(max_examples=60)
@given(st.lists(st.sampled_from([0, 2, 3, 4, None]), max_size=60), st.integers(0, 60))
def test_chains_hold_whatever_comes(wanted, stop):
    """None is a time without data; at ``stop`` the warner is put away and taken up again."""
    warner, chain, level_now = Warner(SETTINGS), [], 0
    for step, number in enumerate(wanted):
        if step == stop:
            warner = Warner(SETTINGS, json.loads(json.dumps(warner.memory)))
        now = START + step * STEP + LATE
        if number is None:
            messages = warner.hold(now)
        else:
            told = assessment(step, outlook("bach", level(number)), outlook("hang", level(0)))
            messages = warner.update(told, now)
        for message in messages:
            assert Message.from_dict(json.loads(json.dumps(message.to_dict()))) == message
            assert message.before == level_now
            level_now = message.level
            if message.kind == "Alert":
                assert not message.references
                assert not chain or chain[-1].kind == "Cancel"
                chain = []
            else:
                before = chain[-1]
                assert message.references == ((before.sender, before.identifier, before.sent),)
                assert message.incident == before.incident
            assert (message.kind == "Cancel") == (message.level == 0)
            chain.append(message)
        # Never lower than what is asked for.
        assert warner.standing["bach"].level >= (number or 0)


def test_the_sender_is_not_the_weather_service():
    told = SETTINGS.model_dump()
    for change in ({"sender": "warnung@dwd.de"}, {"sender_name": "Deutscher Wetterdienst"}):
        with pytest.raises(ValueError, match="Deutsche Wetterdienst"):
            type(SETTINGS).model_validate(told | change)
