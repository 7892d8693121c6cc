"""Rooms, as browsers without script and scripts use them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from stadtlabor.web.site import site

DAY = (date.today() + timedelta(days=7)).isoformat()  # noqa: DTZ011 – days of a form
FORM = {"title": "Altstadt", "question": "Was fehlt?", "closes": DAY, "mode": "open"}
TOKEN, OTHER = "a" * 32, "b" * 32
IDEA = {"kind": "idea", "text": "Mehr Bänke", "token": TOKEN, "id": "eins"}


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


@pytest.fixture
def room(web: TestClient) -> tuple[str, str]:
    """Return the addresses of seats and leader."""
    answer = web.post("/raum", data=FORM)
    assert answer.status_code == 303
    leader = answer.headers["location"]
    code = re.search(r'survey-code">(\w+)<', web.get(leader).text)
    assert code
    return f"/raum/{code[1]}", leader


def items(web, seat):
    return web.get(f"{seat}/stand.json").json()["items"]


def test_from_room_to_open_data_without_script(web, room):
    seat, leader = room
    assert "Was fehlt?" in web.get(seat).text
    answer = web.post(seat, data=IDEA)
    assert "Ihr Beitrag ist zu sehen" in answer.text
    assert "Mehr Bänke" in web.get(seat).text
    vote = web.post(f"{seat}/stimme", data={"token": OTHER, "number": "1", "value": "1"})
    assert vote.headers["location"] == seat
    assert items(web, seat)[0]["up"] == 1
    own = web.post(f"{seat}/mein", data={"token": TOKEN})
    assert "Mehr Bänke" in own.text
    assert own.headers["cache-control"] == "no-store"
    assert "noch keinen Beitrag" in web.post(f"{seat}/mein", data={"token": OTHER}).text
    change = {"token": TOKEN, "number": "1", "action": "change", "text": "Mehr Bäume"}
    assert "ist geändert" in web.post(f"{seat}/mein", data=change).text
    with zipfile.ZipFile(io.BytesIO(web.get(f"{leader}/ergebnis.zip").content)) as folder:
        assert "Mehr Bäume" in folder.read("beitraege.csv").decode("utf-8-sig")
    assert "ist gelöscht" in web.post(f"{seat}/mein", data=change | {"action": "delete"}).text
    assert items(web, seat) == []


def test_a_phone_that_knows_the_state_gets_nothing(web, room):
    seat, _ = room
    first = web.get(f"{seat}/stand.json")
    again = web.get(f"{seat}/stand.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    web.post(seat, json=IDEA)
    changed = web.get(f"{seat}/stand.json", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_moderation_by_the_leader(web):
    leader = web.post("/raum", data=FORM | {"mode": "moderated"}).headers["location"]
    code = re.search(r'survey-code">(\w+)<', web.get(leader).text)[1]
    seat = f"/raum/{code}"
    assert "Leitung sieht ihn noch an" in web.post(seat, json=IDEA).json()["said"]
    assert items(web, seat) == []
    assert "Wartet auf Sie (1)" in web.get(leader).text
    assert web.post(leader, data={"action": "shown", "number": "1"}).status_code == 303
    assert len(items(web, seat)) == 1
    web.post(leader, data={"action": "device", "number": "1"})
    assert items(web, seat) == []
    web.post(leader, data={"action": "add", "text": "Autofreier Samstag"})
    assert items(web, seat)[0]["source"] == "Leitung"
    web.post(leader, data={"action": "pause"})
    assert "Pause" in web.post(seat, json=IDEA | {"id": "zwei"}).json()["said"]


def test_a_room_is_erased_only_with_its_code(web, room):
    seat, leader = room
    assert "nicht der Code" in web.post(leader, data={"action": "erase", "sure": "x"}).text
    assert web.get(seat).status_code == 200
    code = seat.rsplit("/", 1)[1]
    assert "gelöscht" in web.post(leader, data={"action": "erase", "sure": code}).text
    assert web.get(seat).status_code == 404


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "x", "Name der Veranstaltung"),
        ("question", "?", "Frage fehlt"),
        ("closes", "2020-01-01", "heute oder später"),
        ("closes", "morgen", "heute oder später"),
    ],
)
def test_a_room_that_cannot_be_opened(web, field, value, words):
    answer = web.post("/raum", data=FORM | {field: value})
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[1]", 400),
        (b"\xff\xfe", 400),
        (b'{"kind": "idea", "text": "\\ud800xx", "token": "' + TOKEN.encode() + b'"}', 400),
        (b'{"kind": "comment", "text": "Bank", "lat": NaN, "lon": 1}', 400),
        (b"[" * 15_000, 400),
        (b"{" + b" " * 30_000, 413),
        (b'{"kind": "idea", "text": "Bank"}', 422),  # no token
        (b'{"kind": "idea", "text": "<img src=x>", "token": "' + TOKEN.encode() + b'"}', 422),
    ],
)
def test_what_hostile_phones_send_changes_nothing(web, room, body, status):
    seat, _ = room
    before = web.get(f"{seat}/stand.json").content
    answer = web.post(seat, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert web.get(f"{seat}/stand.json").content == before
    for path, given in (
        ("/stimme", {"number": "1; DROP TABLE room", "value": 1}),
        ("/stimme", {"number": 10**30, "value": 1}),
        ("/stimme", {"number": 1, "value": 99, "token": TOKEN}),
        ("/alter", {"age": "110", "token": TOKEN}),
        ("/mein", {"action": "delete", "number": True, "token": TOKEN}),
    ):
        assert web.post(seat + path, json=given).status_code == 422
    assert web.get(f"{seat}/stand.json").content == before


def test_words_of_people_stay_words(web, room):
    seat, leader = room
    text = "\"><b onmouseover=x> ' OR 1=1 -- {{7*7}}"
    web.post(seat, json=IDEA | {"text": "Käse & Brot < Bier 'x' {{7*7}} \" ;--"})
    assert "Programmzeichen" in web.post(seat, json=IDEA | {"text": text}).json()["said"]
    for page in (seat, leader, seat.replace("/raum/", "/raum/leinwand/")):
        shown = web.get(page).text
        assert "Käse &amp; Brot &lt; Bier" in shown
        assert "{{7*7}}" in shown


def test_pages_set_no_cookie_and_ask_nobody_else(web, room):
    seat, leader = room
    for path in ("/raum", seat, leader, seat.replace("/raum/", "/raum/leinwand/")):
        answer = web.get(path)
        assert "set-cookie" not in answer.headers
        assert not re.search(r'(?:src|href)="https?:', answer.text)


def test_a_sheet_is_printed_and_its_photo_becomes_contributions(web, room):
    import cv2
    import numpy as np
    import vl_convert

    from stadtlabor.participation import Rooms
    from stadtlabor.participation.sheet import sheet_svg
    from stadtlabor.settings import home

    seat, leader = room
    assert web.get(f"{leader}/bogen.pdf").content.startswith(b"%PDF")
    opened = Rooms(home() / "classes").opened(leader.rsplit("/", 1)[1])
    picture = np.frombuffer(vl_convert.svg_to_png(sheet_svg(opened), scale=2), np.uint8)
    image = cv2.imdecode(picture, cv2.IMREAD_COLOR)
    middle = image.shape[1] // 2
    for x in (middle - 150, middle + 150):
        cv2.circle(image, (x, middle), 25, (40, 150, 60), -1)
    image = cv2.copyMakeBorder(image, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(255,) * 3)
    photo = cv2.imencode(".png", image)[1].tobytes()
    for _ in range(2):  # the same photo twice counts once
        answer = web.post(f"{leader}/bogen", files={"photo": ("bogen.png", photo, "image/png")})
        assert answer.headers["location"].endswith("?gelesen=2")
    assert "2 Punkte gelesen" in web.get(answer.headers["location"]).text
    seen = items(web, seat)
    assert [item["source"] for item in seen] == ["Bogen", "Bogen"]
    assert seen[0]["text"].startswith("Das gefällt mir")
    wrong = web.post(f"{leader}/bogen", files={"photo": ("x.pdf", b"%PDF-1.4", "image/png")})
    assert "kein Bild" in wrong.text
