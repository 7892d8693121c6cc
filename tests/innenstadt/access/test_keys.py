"""Keys of the staff: shown once, kept as a hash, revoked at once."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.innenstadt.access import (
    AccessError,
    Brake,
    BusyError,
    Keys,
    UnknownKeyError,
    UnknownPersonError,
)
from stadtlabor.innenstadt.vacancy import Actor


@pytest.fixture
def keys(tmp_path, monkeypatch) -> Keys:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    return Keys(tmp_path / "vacancy")


def test_a_key_opens_until_it_is_revoked(keys):
    made, key = keys.invite("editor", "  Wirtschaftsförderung   1 ")
    assert made.label == "Wirtschaftsförderung 1"
    assert keys.opened(key) == made
    assert keys.opened(f" {key.upper()} ") == made  # as people type it
    assert made.actor == Actor("editor", made.person)
    gone = keys.revoke(made.person)
    assert gone.revoked == keys.revoke(made.person).revoked
    with pytest.raises(UnknownKeyError, match="passt nicht"):
        keys.opened(key)
    assert keys.all() == [gone]


def test_the_key_itself_is_nowhere_on_the_disk(keys, tmp_path):
    _, key = keys.invite("publisher", "Bauamt")
    for path in (tmp_path / "vacancy").iterdir():
        assert key.encode() not in path.read_bytes()


def test_persons_cannot_be_told_from_their_labels(keys):
    first, _ = keys.invite("agent", "Hausverwaltung A")
    second, _ = keys.invite("agent", "Hausverwaltung A")
    assert first.person != second.person
    assert {s.person for s in keys.all("agent")} == {first.person, second.person}
    assert keys.all("editor") == []


@pytest.mark.parametrize(
    ("role", "label", "said"),
    [
        ("citizen", "Amt", "Die Rolle „citizen“ gibt es nicht"),
        ("editor", " ", "Bezeichnung fehlt"),
        ("editor", "Frau Müller", "keine Person"),
        ("editor", "Amt, Tel. 0831 252530", "eine Telefonnummer"),
    ],
)
def test_keys_that_cannot_be_made(keys, role, label, said):
    with pytest.raises(AccessError, match=said):
        keys.invite(role, label)
    assert keys.all() == []


def test_who_is_unknown_cannot_be_revoked(keys):
    with pytest.raises(UnknownPersonError, match="gibt es nicht"):
        keys.revoke("niemand")


@given(st.text())
def test_no_text_opens(tmp_path_factory, text):
    keys = Keys(tmp_path_factory.getbasetemp() / "keys")
    with pytest.raises(UnknownKeyError):
        keys.opened(text)


def test_wrong_keys_make_the_next_one_wait_and_are_forgotten():
    brake = Brake(step_s=0.5, most_s=2.0, window_s=0.05)
    assert brake.wait_s == 0
    for _ in range(3):
        brake.wrong()
    assert brake.wait_s == 1.5
    for _ in range(100):
        brake.wrong()
    assert brake.wait_s == 2.0
    time.sleep(0.06)
    assert brake.wait_s == 0


def test_a_crowd_is_sent_away():
    async def many() -> list[object]:
        brake = Brake(step_s=0.05, most_s=0.1, crowd=2)
        brake.wrong()
        tries = (brake.turn() for _ in range(5))
        told = list(await asyncio.gather(*tries, return_exceptions=True))
        await brake.turn()  # afterwards there is room again
        return told

    # In a thread of its own: browser tests of the same run leave a loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(asyncio.run, many()).result()
    assert [type(t) for t in told].count(BusyError) == 3
