"""The desk of real runs, as browsers without script use it; runs are put there by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from metered_home import QUESTION, READ, TABLE, asking, declare
from officer import AMT, Officer
from stadtlabor import realrun
from stadtlabor.handover import drop
from stadtlabor.realrun import desk, places
from stadtlabor.realrun.state import requests
from stadtlabor.retention.activities import activities
from stadtlabor.web.site import site

DESK = f"{AMT}/datenlauf"
EVIL = "# <script>alert(1)</script>\n" + READ


def at_desk(role: str) -> Officer:
    return Officer("datenlauf", role)


@pytest.fixture(scope="module", autouse=True)
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADTLABOR_HOME", str(folder))
        for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA"):
            patch.delenv(name, raising=False)
        yield folder


@pytest.fixture(scope="module")
def publisher(house: Path) -> Officer:
    return at_desk("publisher")


def finished(*rows: list[object]) -> str:
    """Return the id of a request whose run has just declared a table."""
    id_ = desk.take(asking(EVIL, TABLE), QUESTION, "a-anna")
    desk.approve(id_, "b-berta", "publisher", not_own=True)
    declare(id_, *rows)
    return id_


def test_the_door_stays_shut_without_a_key(house: Path) -> None:
    web = TestClient(site(), follow_redirects=False)
    assert web.get(DESK).status_code == 401
    assert web.post(f"{DESK}/x", data={"move": "release"}).status_code == 401
    agent = at_desk("agent")
    assert agent.web.get(DESK).status_code == 404
    assert agent.web.get(f"{DESK}/x").status_code == 404
    assert agent.post("/x", move="release").status_code == 404


def test_code_is_read_before_it_runs(publisher: Officer) -> None:
    id_ = desk.take(asking(EVIL, TABLE), QUESTION, "a-anna")
    page = publisher.get()
    assert "Antrag (1)" in page
    assert QUESTION in page
    page = publisher.get(f"/{id_}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'href="/daten/school-energy"' in page
    assert "Zelle 3, Code" in page
    editor = at_desk("editor")
    assert "Schlüssel zum Freigeben" in editor.get(f"/{id_}")
    assert "Code genehmigen" not in editor.get(f"/{id_}")
    for person, given, words in (
        (editor, {"move": "approve", "not_own": "1"}, "Schlüssel zum Freigeben"),
        (publisher, {"move": "approve"}, "nicht selbst geschrieben"),
        (publisher, {"move": "release", "not_own": "1"}, "steht inzwischen anders: Antrag"),
        (publisher, {"move": "return"}, "in einem Satz, warum"),
        (publisher, {"move": "x"}, "nicht vorgesehen"),
    ):
        answer = person.post(f"/{id_}", **given)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert publisher.post(f"/{id_}", move="approve", not_own="1").status_code == 303
    assert "Wartet (1)" in publisher.get()
    assert (places.queue() / f"{requests()[0].token}.json").exists()
    assert publisher.post(f"/{id_}", move="approve", not_own="1").status_code == 422
    assert requests()[0].token not in publisher.get(f"/{id_}")


def test_tables_are_looked_at_and_released(publisher: Officer) -> None:
    id_ = finished(["2026-11-02", 1234.0, 8], ["2026-11-03", None, None], ["2026-11-04", 0.5, 7])
    page = publisher.get(f"/{id_}")
    assert "Dürfen die Tabellen von „Strom der Schulen“ hinaus?" in page
    assert "1.234</td>" in page
    assert "0,5</td>" in page
    assert "zurückgehalten" in page
    assert "768 Werte gelesen" in page
    assert "Genau eine Zeile ist zurückgehalten" in page
    assert publisher.post(f"/{id_}", move="release", not_own="1").status_code == 303
    assert realrun.results(id_)["per_day"]["kwh"].tolist()[::2] == [1234.0, 0.5]
    page = publisher.get(f"/{id_}")
    assert "Tabellen freigegeben von Probe publisher" in page
    assert "1.234" not in page


def test_what_breaks_a_rule_has_no_button(publisher: Officer) -> None:
    id_ = finished(["2026-11-02", 1.5, 8], ["2026-11-03", 2.5, 3])
    page = publisher.get(f"/{id_}")
    assert "Zeile 2: „schools“ liegt unter 5" in page
    assert "Tabellen freigeben</span>" not in page
    assert publisher.post(f"/{id_}", move="release", not_own="1").status_code == 422
    given = {"move": "return", "reason": "Bitte gröber"}
    assert publisher.post(f"/{id_}", **given).status_code == 303
    assert "Bitte gröber" in publisher.get()
    assert "Bitte gröber" in realrun.standing(id_)


def test_strangers_cannot_speak_for_the_service(publisher: Officer) -> None:
    id_ = finished(["2026-11-02", 1.5, 8])
    for told in (b"{", b"[]", b'{"token": "", "kind": "started"}',
                 b'{"token": "x", "kind": "finished", "tables": [], "reads": []}'):  # fmt: skip
        drop(places.outcomes(), "x.json", told)
        desk.collect()
    assert next(one for one in requests() if one.id == id_).state == "check"
    assert "nicht" in publisher.get("/" + "0" * 32)


def test_the_days_are_those_of_the_program() -> None:
    (one,) = [each for each in activities() if each.id == "realrun"]
    assert one.days == places.KEPT_DAYS == places.CODE_DAYS
    assert f"ohne Entscheidung {places.HELD_DAYS:g} Tage" in one.kept
