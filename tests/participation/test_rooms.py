"""Rooms in a real register."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from stadtlabor.participation import RefusedError, Rooms, Spot, UnknownRoomError, statement

DAY = date(2026, 11, 25)
SPOTS = (
    Spot("fischer-12", "Fischerstraße 12", 47.7252, 10.3158, vacant=True),
    Spot("markt", "Rathausplatz", 47.7265, 10.3165),
)
A, B = "a" * 32, "b" * 32


@pytest.fixture
def rooms(tmp_path):
    return Rooms(tmp_path)


@pytest.fixture
def room(rooms):
    return rooms.open("Altstadt", "Was fehlt?", DAY + timedelta(days=1), "open", SPOTS)


def say(text="Mehr Bänke", **more):
    return statement({"kind": "idea", "text": text, **more})


def add(rooms, room, text="Mehr Bänke", token=A, identity=None, today=DAY, **more):
    said = say(text, **more)
    return rooms.add(room, said, identity or f"{token[:3]}{text}", token, today)


def test_code_and_key_open_different_doors(rooms, room):
    assert rooms.find(room.code.upper()).question == "Was fehlt?"
    assert rooms.opened(room.key).spots == SPOTS
    with pytest.raises(UnknownRoomError):
        rooms.find(room.key)


def test_what_is_sent_twice_counts_once(rooms, room):
    assert add(rooms, room) == add(rooms, room) == 1
    assert len(rooms.contributions(room.code)) == 1


def test_only_the_device_itself_changes_and_deletes(rooms, room):
    number = add(rooms, room)
    with pytest.raises(RefusedError, match="anderen Gerät"):
        rooms.change(room, number, B, None)
    rooms.vote(room, number, B, 1, DAY)
    rooms.change(room, number, A, say("Mehr Bäume"))
    (changed,) = rooms.contributions(room.code)
    assert (changed.said.text, changed.up) == ("Mehr Bäume", 0)  # nobody voted for these words
    rooms.change(room, number, A, None)
    assert rooms.contributions(room.code) == []


def test_what_is_deleted_is_in_no_file_any_more(rooms, room, tmp_path):
    number = add(rooms, room, "Unverwechselbar Siebenschläfer")
    rooms.change(room, number, A, None)
    with sqlite3.connect(tmp_path / "registers.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in tmp_path.iterdir():
        assert "Siebenschläfer".encode() not in path.read_bytes()


def test_one_vote_per_device(rooms, room):
    number = add(rooms, room)
    for value in (1, 1, -1):
        rooms.vote(room, number, B, value, DAY)
    rooms.vote(room, number, A, 1, DAY)
    (seen,) = rooms.contributions(room.code)
    assert (seen.up, seen.down) == (1, 1)
    rooms.vote(room, number, B, 0, DAY)
    assert rooms.contributions(room.code)[0].down == 0


def test_moderation(rooms):
    room = rooms.open("Altstadt", "Was fehlt?", DAY, "moderated", SPOTS)
    number = add(rooms, room)
    assert rooms.contributions(room.code, ("shown",)) == []
    with pytest.raises(RefusedError, match="nicht mehr"):
        rooms.vote(room, number, B, 1, DAY)
    rooms.decide(room, number, "shown")
    assert len(rooms.contributions(room.code, ("shown",))) == 1
    rooms.change(room, number, A, say("Etwas ganz anderes"))
    assert rooms.contributions(room.code, ("shown",)) == []  # new words are looked at anew


def test_in_an_open_room_names_wait(rooms, room):
    add(rooms, room, "Herr Maier soll weg")
    add(rooms, room, "Mehr Licht")
    assert [c.state for c in rooms.contributions(room.code)] == ["waiting", "shown"]


def test_a_hidden_device_is_hidden_as_a_whole(rooms, room):
    numbers = [add(rooms, room, f"Werbung {n}") for n in range(3)]
    add(rooms, room, "Mehr Bänke", B)
    assert rooms.hide_device(room, numbers[0]) == 3
    assert [c.state for c in rooms.contributions(room.code)] == [*["hidden"] * 3, "shown"]


def test_closed_paused_and_full(rooms, room, monkeypatch):
    with pytest.raises(RefusedError, match="geschlossen"):
        add(rooms, room, today=DAY + timedelta(days=2))
    rooms.pause(room, True)
    with pytest.raises(RefusedError, match="Pause"):
        add(rooms, room)
    rooms.pause(room, False)
    monkeypatch.setattr("stadtlabor.participation.register.MOST_PER_DEVICE", 2)
    add(rooms, room, "Erster"), add(rooms, room, "Zweiter")
    with pytest.raises(RefusedError, match="schon 2 Beiträge"):
        add(rooms, room, "Dritter")
    monkeypatch.setattr("stadtlabor.participation.register.MOST_PER_ROOM", 2)
    with pytest.raises(RefusedError, match="voll"):
        add(rooms, room, "Dritter", B)


def test_places_must_belong_to_the_room(rooms, room):
    for more, words in (
        ({"kind": "comment", "place": "nirgends"}, "gibt es in diesem Raum nicht"),
        ({"kind": "comment", "lat": 48.1, "lon": 11.5}, "außerhalb"),
        ({"kind": "proposal", "use": "cafe", "place": "markt"}, "Leerstand"),
    ):
        with pytest.raises(RefusedError, match=words):
            rooms.add(room, statement({"text": "Bitte", **more}), "x", A, DAY)
    said = statement({"kind": "proposal", "use": "cafe", "place": "fischer-12", "text": "Café!"})
    assert rooms.add(room, said, "x", A, DAY) == 1


def test_phones_at_the_same_moment_lose_nothing(rooms, room):
    def one(n):
        return add(rooms, room, f"Beitrag {n}", f"{n:032}")

    with ThreadPoolExecutor(12) as pool:
        numbers = list(pool.map(one, range(60)))
    assert sorted(numbers) == list(range(1, 61))
    assert rooms.version(room.code) == 60


def test_marks_of_two_rooms_cannot_be_joined(rooms, room):
    other = rooms.open("Neustadt", "Was fehlt?", DAY, "open", SPOTS)
    add(rooms, room), add(rooms, other)
    marks = {r.code: rooms.contributions(r.code)[0].mark for r in (room, other)}
    assert len(set(marks.values())) == 2


def test_old_rooms_are_erased(rooms, room):
    number = add(rooms, room)
    rooms.vote(room, number, B, 1, DAY)
    assert rooms.erase_old(DAY + timedelta(days=366)) == 0
    assert rooms.erase_old(DAY + timedelta(days=368)) == 1
    with pytest.raises(UnknownRoomError):
        rooms.find(room.code)
    assert rooms.votes(room.code) == []
