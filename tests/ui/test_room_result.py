"""The result of a real room, fetched from a real web service, as the notebook shows it."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta

import pytest
import uvicorn

from running import free_ports
from stadtlabor.participation import Rooms, statement
from stadtlabor.settings import Settings, home
from stadtlabor.ui import room_app, room_result, service
from stadtlabor.web.site import site

TODAY = date.today()  # noqa: DTZ011 - rooms close by the calendar


@pytest.fixture
def room(empty_home, monkeypatch):
    """A room with eight devices behind a running web service."""
    (port,) = free_ports(1)
    stated = Settings.model_validate({"serve": {"web_port": port}})
    monkeypatch.setattr(service, "settings", lambda: stated)
    server = uvicorn.Server(uvicorn.Config(site(), port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    rooms = Rooms(home() / "classes")
    opened = rooms.open("Altstadt", "Was fehlt?", TODAY + timedelta(days=1), "open", ())
    for n, words in enumerate(["Mehr Bänke", "Brunnen <b>"]):
        said = statement({"kind": "idea", "text": words.replace("<b>", "im Park")})
        rooms.add(opened, said, f"{n}", f"{n:032}", TODAY)
    for n in range(8):
        rooms.vote(opened, 1 + n % 2 * (n > 3), f"{n:032}", 1, TODAY)
    yield rooms, opened
    server.should_exit = True
    thread.join()


def test_the_notebook_tells_the_result_with_its_range(room):
    _, opened = room
    found = room_result.outcome(opened.key)
    assert "„Mehr Bänke“ (6 dafür, 8 Geräte)" in found.answer
    assert "%" in found.votes().title
    assert "<td>nicht angegeben</td>\n      <td>8</td>" in found.people().data
    assert any("keine Umfrage" in note for note in found.notes)


def test_the_leaders_map_follows_the_room(room):
    rooms, opened = room
    app = room_app.RoomApp(opened.key, live=False)
    assert "Beiträge: 2" in app.headline.value
    said = statement({"kind": "idea", "text": "Trinkwasser"})
    rooms.add(opened, said, "x", "a" * 32, TODAY)
    app.refresh()
    assert "Beiträge: 3" in app.headline.value
    assert [name for name, _ in app.map.list.options][-1] == "● Trinkwasser"
    rooms.decide(opened, 3, "hidden")
    app.only_shown.value = True
    app.refresh()
    assert len(app.map.list.options) == 2


@pytest.mark.parametrize(("key", "words"), [("", "Seite der Leitung"), ("falsch", "gibt es nicht")])
def test_what_cannot_be_shown_is_told(room, key, words):
    assert words in room_result.outcome(key).fault
    assert words in room_app.RoomApp(key, live=False).headline.value


def test_a_service_that_is_away_is_told(monkeypatch):
    stated = Settings.model_validate({"serve": {"web_port": free_ports(1)[0]}})
    monkeypatch.setattr(service, "settings", lambda: stated)
    assert "nicht erreichbar" in room_result.outcome("k").answer
    assert "nicht erreichbar" in room_app.RoomApp("k", live=False).headline.value
