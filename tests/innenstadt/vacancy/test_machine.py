"""No history reaches a state that the paper does not allow."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innenstadt.vacancy.stock import AGENT, CITIZEN, EDITOR, NOW, PUBLISHER, shop
from stadtlabor.innenstadt.vacancy import (
    Actor,
    Event,
    MoveError,
    RightsError,
    Standing,
    fold,
    rules,
    step,
    words,
)

# Written by hand from the reference, not read from rules.toml: state → states after one step.
PAPER = {
    "new": {"reported", "occupied"},
    "reported": {"checked", "rejected", "occupied", "archived"},
    "checked": {"marketed", "occupied", "archived"},
    "marketed": {"placed", "occupied", "archived"},
    "placed": {"occupied", "marketed", "archived"},
    "occupied": {"reported", "archived"},
    "rejected": {"reported", "archived"},
    "archived": {"reported"},
}

DATA = {"kind": "popup", "facts": {"area_m2": 70.0}, "into": "andere", "agent": "verwalter",
        "text": "a", "photo": "p", "booking": "b", "operation": "o", "before": 0}  # fmt: skip


def event(standing: Standing, what: str, actor: Actor, **data) -> Event:
    told = dict(DATA, **data)
    if what in ("report", "enrol"):
        told["facts"] = shop().model_dump(mode="json")
    at = NOW + timedelta(hours=standing.version)
    return Event("laden", standing.version + 1, at, actor, what, "weil es so ist", told)


def walk(*moves: tuple[str, Actor]) -> Standing:
    standing = Standing()
    for what, actor in moves:
        standing = step(standing, event(standing, what, actor))
    return standing


REPORTED = (("report", CITIZEN),)
CHECKED = (*REPORTED, ("check", EDITOR))
MARKETED = (*CHECKED, ("market", EDITOR))


def test_the_way_of_a_vacancy():
    standing = walk(*MARKETED, ("place", EDITOR), ("move_in", EDITOR))
    assert standing.state == "occupied"
    assert standing.placed_as == ""
    assert walk(*MARKETED, ("place", EDITOR)).placed_as == "popup"


actors = st.builds(
    Actor, st.sampled_from(["citizen", "editor", "agent", "publisher"]), st.sampled_from("abc")
)
steps = st.tuples(st.sampled_from(sorted(rules().moves)), actors)


@settings(max_examples=300)
@given(st.lists(steps, max_size=40))
def test_random_histories_stay_on_paper(moves):
    standing = Standing()
    kept: list[Event] = []
    for what, actor in moves:
        made = event(standing, what, actor, agent="a")
        try:
            after = step(standing, made, kept)
        except (MoveError, RightsError) as error:
            assert str(error).endswith(".")  # noqa: PT017 – most attempts fail by intent
            continue
        changed = after.state != standing.state
        # Undoing puts a unit back where it was before, however it came from there.
        assert not changed or what == "undo" or after.state in PAPER[standing.state]
        assert actor.role in rules().moves[what].roles
        assert after.released is None or after.state in rules().offered
        if after.released is not standing.released and what == "release":
            assert standing.proposed_by not in ("", actor.person)  # two persons, whatever roles
        standing = after
        kept.append(made)
    assert fold(kept) == standing


def test_ten_thousand_histories_in_memory():
    throw = random.Random(7)
    people = [Actor(role, name) for role in ("citizen", "editor", "publisher") for name in "ab"]
    moves, seen = sorted(rules().moves), set()
    for _ in range(10_000):
        standing = Standing()
        for _ in range(12):
            possible = rules().possible(standing.state)
            what = throw.choice(possible if throw.random() < 0.8 else moves)
            made = event(standing, what, throw.choice(people))
            try:
                after = step(standing, made)
            except (MoveError, RightsError):
                continue
            assert (
                after.state == standing.state
                or what == "undo"
                or after.state in PAPER[standing.state]
            )
            standing = after
            seen.add(standing.state)
    assert seen == set(rules().states)


@pytest.mark.parametrize(
    ("before", "what", "actor", "said"),
    [
        (REPORTED, "market", EDITOR, "ist gemeldet: „in die Vermittlung geben“ geht hier nicht"),
        (CHECKED, "place", EDITOR, "„vermitteln“ geht hier nicht"),
        (REPORTED, "check", CITIZEN, "Bürgerin oder Bürger“ darf nicht „prüfen“"),
        (CHECKED, "market", AGENT, "nicht beauftragt"),
        (CHECKED, "release", PUBLISHER, "nicht zur Freigabe vorgeschlagen"),
        (CHECKED, "verkaufen", EDITOR, "„verkaufen“ gibt es nicht"),
    ],
)
def test_what_is_not_possible_is_told_in_german(before, what, actor, said):
    with pytest.raises((MoveError, RightsError), match=said):
        walk(*before, (what, actor))


def test_two_persons_release_whatever_their_roles():
    both = Actor("publisher", "redaktion")
    with pytest.raises(RightsError, match="Zwei Personen"):
        walk(*CHECKED, ("propose", EDITOR), ("release", both))
    assert walk(*CHECKED, ("propose", EDITOR), ("release", PUBLISHER)).released is not None


def test_a_change_after_the_proposal_needs_a_new_one():
    before = (*CHECKED, ("propose", EDITOR), ("edit", EDITOR))
    with pytest.raises(MoveError, match="nicht zur Freigabe vorgeschlagen"):
        walk(*before, ("release", PUBLISHER))
    shown = walk(*CHECKED, ("propose", EDITOR), ("release", PUBLISHER), ("edit", EDITOR))
    assert shown.is_pending
    assert shown.released is not None
    assert shown.released.area_m2 == 84.0
    assert shown.facts is not None
    assert shown.facts.area_m2 == 70.0


def test_agents_act_for_their_units_only():
    appointed = (*CHECKED, ("appoint", EDITOR))
    assert walk(*appointed, ("market", AGENT)).state == "marketed"
    with pytest.raises(RightsError, match="nicht beauftragt"):
        walk(*appointed, ("market", Actor("agent", "fremd")))


def test_time_does_not_run_back():
    standing = walk(*REPORTED)
    made = event(standing, "check", EDITOR)
    early = Event(made.unit, made.version, NOW - timedelta(days=1), made.actor, "check")
    with pytest.raises(MoveError, match="vor dem letzten Eintrag"):
        step(standing, early)


def test_every_move_and_state_has_a_german_word():
    assert set(words()["moves"]) == set(rules().moves)
    assert set(words()["states"]) == {"new", *rules().states}
