"""The pages on heavy rain, from a real journal."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from lxml import etree

from stadtlabor.web.site import site
from warned import played, written


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


def test_nothing_has_ever_run(web):
    page = web.get("/regen").text
    assert "Keine verlässlichen Daten" in page
    assert "Keine Warnung" not in page
    assert "Der Warndienst gibt kein Lebenszeichen" in page


def test_no_warning(web, empty_home):
    written(empty_home)
    page = web.get("/regen")
    assert "Keine Warnung für die nächste Stunde" in page.text
    assert "vor 3 Minuten" in page.text
    assert "Keine verlässlichen Daten" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "17,3 mm" in page.text


@pytest.mark.parametrize(("age", "reasons"), [(12, ()), (3, ("frozen",)), (3, ("vanished",))])
def test_bad_data_are_loud(age, reasons, web, empty_home):
    written(empty_home, age_min=age, reasons=reasons)
    page = web.get("/regen").text
    assert "Keine verlässlichen Daten" in page
    assert "eine Warnung für" not in page
    assert "unbekannt" in page
    assert web.get("/regen/daten.json").json()["stale"] is True


def test_a_warning_says_what_to_do(web, empty_home):
    written(empty_home, level=4)
    page = web.get("/regen").text
    assert "Stufe 4: Extremes Unwetter" in page
    assert "Verlassen Sie sofort Keller" in page
    assert "Gehen Sie sofort aus dem Keller" in page  # Leichte Sprache
    told = web.get("/regen/daten.json").json()
    first = told["areas"][0]
    assert (first["id"], first["level"]) == ("nord", 4)


def test_a_warning_stays_when_data_go_bad(web, empty_home):
    written(empty_home, level=3, age_min=30)
    page = web.get("/regen").text
    assert "Die Warnung der Stufe 3" in page
    assert "Keine verlässlichen Daten" in page
    assert "Bleiben Sie im Haus" in page


def test_cap_feed_and_messages(web, empty_home):
    assert web.get("/regen/cap").status_code == 200
    written(empty_home, level=3)
    feed = etree.fromstring(web.get("/regen/cap").content)
    atom = "{http://www.w3.org/2005/Atom}"
    link = feed.find(f"{atom}entry/{atom}link").get("href")
    answer = web.get("/" + link.split("/", 3)[3])
    assert answer.headers["content-type"].startswith("application/cap+xml")
    assert "<status>Test</status>" in answer.text
    assert web.get("/regen/cap/gibt.es.nicht.xml").status_code == 404


def test_the_ledger(web, empty_home):
    assert "noch nicht in Betrieb" in web.get("/regen/bilanz").text
    written(empty_home)
    assert "Das ist normal" in web.get("/regen/bilanz").text
    levels, sums = [2] * 12 + [0] * 24, [0.0] * 6 + [16.0] * 6 + [0.0] * 24
    played(empty_home / "warning" / "replays" / "unwetter-2016", levels, sums)
    page = web.get("/regen/bilanz").text
    assert "Wiederholung: unwetter-2016" in page
    assert "100 % (21 % bis 100 %)" in page
    assert "30 min" in page
