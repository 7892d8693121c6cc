"""The survey on the way to school, as browsers without script and scripts use it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from stadtlabor.web.site import site

DAY = (date.today() + timedelta(days=7)).isoformat()  # noqa: DTZ011 – days of a form
FORM = {"name": "Grundschule", "persons": "30", "closes": DAY}
WAY = {"group": "5-7", "days": "5", "season": "all", "mode_1": "bus", "km_1": "4,5"}


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


@pytest.fixture
def called(web: TestClient) -> tuple[str, str]:
    """Return address of the form and of the result."""
    answer = web.post("/schulweg", data=FORM)
    assert answer.status_code == 303
    result = answer.headers["location"]
    code = re.search(r'survey-code">(\w+)<', web.get(result).text)
    assert code
    return f"/schulweg/{code[1]}", result


def test_from_call_to_result_without_script(web, called):
    form, result = called
    assert "Dein Weg zur Schule" in web.get(form).text
    assert "Ein Ergebnis gibt es ab 5 Antworten" in web.get(result).text
    for n in range(6):
        answer = web.post(form, data=WAY | {"id": f"nummer{n}"})
        assert "Deine Antwort ist angekommen" in answer.text
    page = web.get(result)
    assert "6 von 30 haben geantwortet" in page.text
    assert "kommen mit: Bus" in page.text
    assert page.headers["cache-control"] == "no-store"
    sheet = web.get(f"{result}/fussabdruck.toml").text
    assert 'activity = "mobility.bus"' in sheet
    assert "amount = 50220" in sheet  # 4.5 km, twice, 186 days, 30 persons


def test_the_sheet_is_read_by_the_footprint(web, called, tmp_path):
    from stadtlabor.klimaschule.footprint import footprint, read_inputs

    form, result = called
    for n in range(6):
        web.post(form, data=WAY | {"id": f"nummer{n}"})
    path = tmp_path / "schule.toml"
    head = 'school = "Grundschule"\ntitle = "2026"\nstart = 2026-01-01\nend = 2026-12-31\n'
    path.write_text(head + web.get(f"{result}/fussabdruck.toml").text)
    assert footprint(read_inputs(path)).total_kg == pytest.approx(50220 * 0.065)


def test_a_script_may_send_an_answer_twice(web, called):
    form, result = called
    entry = {"id": "abc", "answer": {"group": "staff", "legs": [{"mode": "bicycle", "km": 3}]}}
    for _ in range(2):
        assert web.post(form, json=entry).json()["said"].startswith("Danke!")
    assert "1 von 30" in web.get(result).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mode_1": ""}, "womit du kommst"),
        ({"km_1": ""}, "Kilometer oder Minuten"),
        ({"km_1": "4000"}, "zwischen 0 und 150"),
        ({"km_1": "weit"}, "zwischen 0 und 150"),
        ({"group": ""}, "wozu du gehörst"),
        ({"group": "5a"}, "wozu du gehörst"),
        ({"mode_1": "ufo"}, "womit du kommst"),
        ({"days": "9"}, "Tage in der Woche"),
    ],
)
def test_what_is_missing_is_said_beside_the_form(web, called, change, said):
    answer = web.post(called[0], data=WAY | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"id": 1}', b'{"id": "x", "answer": {}}'])
def test_broken_messages_of_scripts_are_answered(web, called, body):
    answer = web.post(called[0], content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["said"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "Der Name der Schule fehlt"),
        ({"persons": "viele"}, "Zahl der Personen"),
        ({"persons": "3"}, "mindestens 5"),
        ({"closes": "2020-01-01"}, "heute oder später"),
        ({"closes": "2099-01-01"}, "höchstens in 120 Tagen"),
    ],
)
def test_a_survey_that_cannot_be_is_told(web, change, said):
    answer = web.post("/schulweg", data=FORM | change)
    assert answer.status_code == 422
    assert said in answer.text


def test_unknown_codes_and_huge_bodies(web, called):
    assert web.get("/schulweg/gibtsn").status_code == 404
    assert web.get("/schulweg/ergebnis/falsch").status_code == 404
    assert web.get("/schulweg", params={"code": "AbCdEf "}).headers["location"].endswith("/abcdef")
    assert web.post(called[0], content=b"x" * 30_000).status_code == 413


def test_nothing_of_a_person_is_kept(web, called, empty_home):
    web.post(called[0], data=WAY | {"id": "x", "vorname": "Anna"}, headers={"User-Agent": "Handy"})
    kept = b"".join(p.read_bytes() for p in (empty_home / "classes").iterdir())
    assert b"Anna" not in kept
    assert b"Handy" not in kept


def test_the_worker_keeps_what_the_page_needs(web, called):
    script = web.get("/schulweg/dienst.js")
    assert script.headers["content-type"].startswith("text/javascript")
    for address in re.findall(r'"(/static/[^"]+)"', script.text):
        assert web.get(address).status_code == 200
