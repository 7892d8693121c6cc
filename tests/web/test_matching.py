"""The page that says which shop suits a plan."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from stadtlabor.innenstadt.matching import plans
from stadtlabor.innenstadt.vacancy import Actor, Register, Unit
from stadtlabor.settings import home
from stadtlabor.web.site import site

EDITOR, PUBLISHER = Actor("editor", "e1"), Actor("publisher", "p1")
ASK = {"vorhaben": "studio", "flaeche": "40", "miete": "12", "tage": "1", "von": "9", "bis": "17"}


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    client = TestClient(site(), follow_redirects=False)
    register = Register(home() / "vacancy")
    at = datetime.now(UTC) - timedelta(days=3)
    for n, (area, rent) in enumerate([(55.0, 8.0), (20.0, 8.0), (60.0, 30.0)]):
        facts = {
            "id": f"laden-{n}", "street": "Fischerstraße", "house_number": str(n + 1),
            "area_m2": area, "rent_eur_m2": rent, "rent_public": True, "zoning": "MK",
        }  # fmt: skip
        register.report(Unit.model_validate(facts), EDITOR, at=at)
        for what, who in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
            register.act(f"laden-{n}", what, who, at=at)
    return client


def test_the_best_first_with_reasons_and_what_would_help(web):
    page = web.get("/leerstand/passt", params=ASK).text
    assert page.index("Fischerstraße 1") < page.index("Fischerstraße 3")
    assert page.index("Fischerstraße 3") < page.index("Fischerstraße 2")
    assert "Die Fläche ist mit 20 m² kleiner als die nötigen 40 m²" in page
    assert "Die Miete ist zu hoch: 30 €/m²" in page
    assert "Was müsste anders sein?" in page
    assert "Für diese Straßen gibt es noch keine Zählung" in page


def test_the_form_remembers_and_starts_with_what_the_plan_needs(web):
    page = web.get("/leerstand/passt", params=ASK).text
    assert 'value="12"' in page
    first = web.get("/leerstand/passt").text
    assert re.search(r'id="extraction"[^>]*checked', first)  # a café cooks
    assert not re.search(r'id="extraction"[^>]*checked', page)


@pytest.mark.parametrize("plan", sorted(plans()))
def test_every_plan_can_be_reckoned(web, plan):
    assert web.get("/leerstand/passt", params={"vorhaben": plan}).status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("flaeche", "viel", "als Zahlen angeben"),
        ("flaeche", "-3", "Das Konzept passt nicht"),
        ("tage", "9", "als Zahlen angeben"),
        ("bis", "3", "Das Konzept passt nicht"),
    ],
)
def test_what_cannot_be_reckoned_is_told(web, field, value, words):
    answer = web.get("/leerstand/passt", params=ASK | {field: value})
    assert answer.status_code == 422
    assert words in answer.text


def test_an_objection_holds_the_whole_calculation(web):
    wrong = web.post("/leerstand/passt", data=ASK | {"laden": "laden-1", "text": " "})
    assert wrong.status_code == 422
    answer = web.post(
        "/leerstand/passt", data=ASK | {"laden": "laden-1", "text": "Falsch gemessen"}
    )
    place = answer.headers["location"]
    page = web.get(place)
    assert "Falsch gemessen" in page.text
    assert "kleiner als die nötigen 40 m²" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "gelöscht" in web.post(place).text
    assert web.get(place).status_code == 404


def test_candidates_hold_nothing_of_persons(web):
    told = web.get("/leerstand/passt/kandidaten.json").json()["units"]
    assert len(told) == 3
    assert {"name", "area_m2"} <= set(told[0])
    assert not any("owner" in key or "person" in key for key in told[0])
