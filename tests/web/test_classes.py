"""Classes: opened by a teacher, handed in by code, looked at by key."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
import zlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from stadtlabor.web.site import site

DAY = (date.today() + timedelta(days=30)).isoformat()  # noqa: DTZ011 – days of a form
SENT = {
    "alias": "Gämse-42",
    "lesson": "grundlast",
    "tasks": {
        "1": {"tries": 1, "hints": 0, "solved": True, "mistakes": []},
        "2": {"tries": 3, "hints": 1, "solved": True, "mistakes": [0, 0, 2]},
    },
}


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


@pytest.fixture
def opened(web: TestClient) -> tuple[str, str]:
    answer = web.post("/klasse", data={"name": "7b Physik", "closes": DAY})
    view = answer.headers["location"]
    code = re.search(r'survey-code">(\w+)<', web.get(view).text)
    assert code
    return code[1], view


def test_a_teacher_sees_where_the_class_stumbles(web, opened):
    code, view = opened
    assert "Noch hat niemand" in web.get(view).text
    assert "Abgegeben." in web.post(f"/klasse/{code.upper()}", json=SENT).json()["said"]
    web.post(f"/klasse/{code}", json=SENT | {"alias": "Luchs-11"})
    page = web.get(view).text
    assert "Abgaben: 2" in page
    assert "2 × Das ist der Mittelwert" in page  # made twice by each, counted once per pupil
    assert "Gämse-42: 2 von 5 Aufgaben gelöst" in page


def test_handing_in_again_replaces(web, opened):
    code, view = opened
    for _ in range(3):
        web.post(f"/klasse/{code}", json=SENT)
    assert "Abgaben: 1" in web.get(view).text


def test_exports(web, opened):
    code, view = opened
    web.post(f"/klasse/{code}", json=SENT)
    table = web.get(f"{view}/ergebnisse.csv").content.decode("utf-8-sig")
    assert "Gämse-42;grundlast;2;3;1;ja" in table
    folder = zipfile.ZipFile(io.BytesIO(web.get(f"{view}/abgaben.zip").content))
    assert folder.namelist() == ["abgaben/grundlast/Gämse-42.json"]


@pytest.mark.parametrize(
    "bad",
    [
        {**SENT, "name": "Anna"},
        {**SENT, "alias": "Anna Müller"},
        {**SENT, "alias": "<b>-1"},
        {**SENT, "lesson": "../x"},
        {**SENT, "tasks": {"1": {"tries": -1}}},
        {**SENT, "words": {"vermutung": "geheim"}},
        [],
        "x",
    ],
)
def test_what_is_no_hand_in_is_refused(web, opened, bad):
    answer = web.post(f"/klasse/{opened[0]}", json=bad)
    assert answer.status_code == 422
    assert answer.json()["said"]


def test_unknown_codes_and_keys(web, opened):
    answer = web.post("/klasse/gibtsn", json=SENT)
    assert (answer.status_code, answer.json()["said"][:20]) == (404, "Diesen Code gibt es ")
    assert web.get("/klasse/ansicht/falsch").status_code == 404
    assert web.get("/klasse/ansicht/falsch/ergebnisse.csv").status_code == 404
    assert web.get("/klasse/ansicht/falsch/lehrkraft/grundlast.ipynb").status_code == 404
    assert web.get("/klasse/blatt/gibt-es-nicht.pdf").status_code == 404


@pytest.mark.parametrize("change", [{"name": ""}, {"closes": "morgen"}, {"closes": "2020-01-01"}])
def test_a_class_that_cannot_be_is_told(web, change):
    answer = web.post("/klasse", data={"name": "7b", "closes": DAY} | change)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_solutions_only_with_the_key(web, opened):
    found = web.get(f"{opened[1]}/lehrkraft/grundlast.ipynb")
    assert "BEGIN SOLUTION" in found.text
    assert found.headers["cache-control"] == "no-store"


def test_the_sheet_is_a_tagged_pdf(web):
    made = web.get("/klasse/blatt/grundlast.pdf")
    assert made.headers["content-type"] == "application/pdf"
    assert made.content.startswith(b"%PDF-")
    plain = b""
    for part in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made.content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            plain += zlib.decompress(part)
    assert b"/Lang (de)" in plain
    assert b"/MarkInfo" in plain


def test_measures_and_partners(web):
    page = web.get("/klimaschule/massnahmen", params={"feld": "heat"}).text
    assert "Ein Grad weniger" in page
    assert "LED statt" not in page
    assert "noch von keiner Schule" in page
    assert "eza!" in web.get("/klimaschule/partner").text
    assert "noch niemand eingetragen" not in web.get("/klimaschule/partner?feld=food").text
    assert "Eine Klasse öffnen" in web.get("/klimaschule").text
