"""The pages of vacant shops, as everybody sees them."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image

from stadtlabor.innenstadt.vacancy import Actor, Register, Unit
from stadtlabor.settings import home
from stadtlabor.web import vacancies
from stadtlabor.web.site import site

EDITOR, PUBLISHER = Actor("editor", "e1"), Actor("publisher", "p1")
DAY = timedelta(days=1)


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    # Without the start of the service: no simulated stock.
    return TestClient(site(), follow_redirects=False)


@pytest.fixture
def register(web: TestClient) -> Register:
    return Register(home() / "vacancy")


def offered(register: Register, name: str, days: int = 3, **facts: object) -> None:
    """Put a shop onto the public list, checked so many days ago."""
    at = datetime.now(UTC) - days * DAY
    told = {"street": "Fischerstraße", "house_number": name[-1], **facts}
    register.report(Unit.model_validate({"id": name, **told}), EDITOR, at=at - DAY)
    for what, actor in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
        register.act(name, what, actor, at=at)


def test_an_empty_register_is_told(web):
    page = web.get("/leerstand")
    assert page.status_code == 200
    assert "Gerade ist kein Laden frei" in page.text


def test_list_map_and_rates(web, register):
    offered(register, "laden-1", area_m2=84.0, step_free=True, lat=47.725, lon=10.315)
    offered(register, "laden-2", area_m2=30.0, lat=47.726, lon=10.315)
    page = web.get("/leerstand").text
    assert "2 Läden sind im Zentrum zu haben" in page
    assert "84 m² · ohne Stufe" in page
    assert "Zuletzt geprüft vor 3 Tagen" in page
    spots = json.loads(re.search(r'id="worte">(.*?)</script>', page)[1])["spots"]
    assert [s["name"] for s in spots] == ["Fischerstraße 1", "Fischerstraße 2"]
    assert "100 %" in page  # both shops of the street stand empty
    filtered = web.get("/leerstand?flaeche=50&stufenlos=1").text
    assert "Ein Laden ist im Zentrum" in filtered
    assert "Fischerstraße 2" not in filtered
    assert web.get("/leerstand?flaeche=viel&strasse=%00").status_code == 200


def test_an_old_record_is_marked_and_then_gone(web, register):
    offered(register, "laden-1", days=100)
    offered(register, "laden-2", days=181)
    page = web.get("/leerstand").text
    assert "vacancy-old" in page
    assert "Fischerstraße 2" not in page
    assert web.get("/leerstand/laden-2").status_code == 404


def test_simulated_shops_give_way_to_real_ones(web, register):
    offered(register, "sim-1", invented=True)
    assert "simuliert" in web.get("/leerstand").text
    offered(register, "laden-2")
    page = web.get("/leerstand").text
    assert "simuliert" not in page
    assert "Fischerstraße 1" not in page


def test_expose_as_page_and_paper(web, register):
    offered(register, "laden-1", area_m2=84.0)
    page = web.get("/leerstand/laden-1")
    assert "84 m²" in page.text
    assert "'unsafe-inline'" in page.headers["content-security-policy"]
    assert "script-src" not in page.headers["content-security-policy"]
    for name in ("expose", "plakat"):
        assert web.get(f"/leerstand/laden-1/{name}.pdf").content.startswith(b"%PDF")
    assert web.get("/leerstand/gibt-es-nicht").status_code == 404


def test_open_data(web, register):
    offered(register, "laden-1", lat=47.725, lon=10.315)
    assert b"laden-1" in web.get("/leerstand/daten.csv").content
    (feature,) = web.get("/leerstand/daten.geojson").json()["features"]
    assert feature["geometry"]["coordinates"] == [10.315, 47.725]
    assert "dcat" in web.get("/leerstand/daten.jsonld").text


def test_a_report_waits_for_the_city(web, register):
    form = {"street": "Bahnhofstraße", "number": "12 a", "former": "Schuhladen",
            "remark": "Die Scheibe ist abgeklebt"}  # fmt: skip
    assert "Danke!" in web.post("/leerstand/melden", data=form).text
    ((name, standing),) = register.units().items()
    assert standing.state == "reported"
    assert standing.facts.address == "Bahnhofstraße 12 a"
    assert register.remarks(name)[0][1] == "Die Scheibe ist abgeklebt"
    assert "Bahnhofstraße 12" not in web.get("/leerstand").text
    (event,) = register.history(name)
    assert event.actor.role == "citizen"


def test_a_photo_loses_all_that_tells_of_its_maker(web, register):
    picture = Image.new("RGB", (40, 30), "red")
    exif = picture.getexif()
    exif[0x010F] = "Kamera von Erika Mustermann"
    body = io.BytesIO()
    picture.save(body, "JPEG", exif=exif)
    form = {"street": "Bahnhofstraße", "number": "12"}
    answer = web.post("/leerstand/melden", data=form,
                      files={"photo": ("a.jpg", body.getvalue(), "image/jpeg")})  # fmt: skip
    assert "Danke!" in answer.text
    ((_, standing),) = register.units().items()
    assert len(standing.photos) == 1
    for path in (home() / "vacancy").iterdir():
        assert b"Mustermann" not in path.read_bytes()
    wrong = web.post("/leerstand/melden", data=form,
                     files={"photo": ("a.jpg", b"kein Bild", "image/jpeg")})  # fmt: skip
    assert wrong.status_code == 422
    assert "Bild" in wrong.text


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"street": "", "number": "1"}, "Straße an"),
        ({"street": "Weg", "number": ""}, "Hausnummer"),
        ({"street": "Weg", "number": "a"}, "Hausnummer"),
        ({"street": "Weg", "number": "1", "since": "2999-01-01"}, "heute oder früher"),
        ({"street": "Weg", "number": "1", "since": "gestern"}, "heute oder früher"),
    ],
)
def test_what_is_missing_is_told(web, register, given, words):
    answer = web.post("/leerstand/melden", json=given)
    assert answer.status_code == 422
    assert words in answer.json()["said"]
    assert register.units() == {}


def test_hints_reach_the_city_only(web, register):
    offered(register, "laden-1")
    assert "Danke!" in web.post("/leerstand/laden-1/hinweis", data={"text": "vermietet"}).text
    assert register.remarks("laden-1")[0][1] == "vermietet"
    assert "vermietet" not in web.get("/leerstand/laden-1").text
    assert web.post("/leerstand/laden-1/hinweis", data={"text": "x"}).status_code == 422
    assert web.post("/leerstand/nichts/hinweis", data={"text": "vermietet"}).status_code == 404


def test_a_flood_of_reports_is_slowed(web, register, monkeypatch):
    monkeypatch.setattr(vacancies, "REPORTS_PER_HOUR", 2)
    form = {"street": "Bahnhofstraße", "number": "12"}
    answers = [web.post("/leerstand/melden", json=form).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert len(register.units()) == 2


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"street": "\\ud800", "number": "1"}'])
def test_nonsense_changes_nothing(web, register, body):
    answer = web.post("/leerstand/melden", content=body,
                      headers={"Content-Type": "application/json"})  # fmt: skip
    assert answer.status_code == 400
    assert register.units() == {}
