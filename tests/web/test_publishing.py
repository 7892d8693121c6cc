"""Public versions and their desk, as browsers without script use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from counted_home import fill
from drafts import draft
from officer import AMT, Officer
from stadtlabor.publishing import desk, places
from stadtlabor.publishing.queue import work_once
from stadtlabor.publishing.state import submissions
from stadtlabor.web.site import site

DESK = f"{AMT}/veroeffentlichen"
pytestmark = pytest.mark.timeout(240)


def at_desk(role: str) -> Officer:
    return Officer("veroeffentlichen", role)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with one notebook that has passed its check; run once for all tests."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        (folder / "home").mkdir()
        (folder / "kurs" / "innenstadt").mkdir(parents=True)
        (folder / "kurs" / "innenstadt" / "probe.ipynb").write_text(draft())
        patch.setenv("STADTLABOR_HOME", str(folder / "home"))
        patch.setenv("STADTLABOR_NOTEBOOKS", str(folder / "kurs"))
        for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA"):
            patch.delenv(name, raising=False)
        fill(folder / "home", 20)
        yield folder / "home"


def test_the_door_stays_shut_without_a_key(house: Path) -> None:
    web = TestClient(site(), follow_redirects=False)
    assert web.get(DESK).status_code == 401
    assert web.get(f"{DESK}/x/vorschau").status_code == 401
    assert web.post(DESK, data={"notebook": "innenstadt/probe.ipynb"}).status_code == 401
    agent = at_desk("agent")
    assert agent.web.get(DESK).status_code == 404
    assert agent.post(notebook="innenstadt/probe.ipynb").status_code == 404
    assert submissions() == []


def test_the_way_over_the_desk(house: Path) -> None:
    editor, publisher = at_desk("editor"), at_desk("publisher")
    assert "Dieses Notebook gibt es hier nicht" in editor.post(notebook="../../x.ipynb").text
    assert editor.post(notebook="innenstadt/probe.ipynb").status_code == 303
    (one,) = submissions()
    assert (one.author, one.staff, one.slug) == (editor.staff.person, True, "probe")
    assert "Die Prüfung läuft." in publisher.get()
    assert "läuft noch" in publisher.post(f"/{one.id}", move="approve", not_own="1").text
    assert work_once() == 1
    page = publisher.web.get(f"{DESK}/{one.id}")
    assert "zweimal mit demselben Ergebnis" in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    preview = publisher.web.get(f"{DESK}/{one.id}/vorschau")
    assert "script-src" not in preview.headers["content-security-policy"]
    assert "Wie viele gehen vorbei?" in preview.text
    for person, words in ((editor, "Schlüssel zum Freigeben"), (publisher, "nicht selbst")):
        answer = person.post(f"/{one.id}", move="approve")
        assert (answer.status_code, words in answer.text) == (422, True)
    assert TestClient(site()).get("/veroeffentlicht/probe").status_code == 404
    assert publisher.post(f"/{one.id}", move="approve", not_own="1").status_code == 303
    web = TestClient(site(), follow_redirects=False)
    public = web.get("/veroeffentlicht/probe")
    assert public.status_code == 200
    assert "Freigabe im Amt" in public.text
    assert publisher.staff.person not in public.text
    assert "script-src" not in public.headers["content-security-policy"]
    digits = submissions()[0].hash[:12]
    assert web.get(f"/veroeffentlicht/{digits}").status_code == 200
    assert (
        "Einzelwerte in dieser Version: 2.880"
        in web.get(f"/veroeffentlicht/{digits}/herkunft").text
    )
    source = web.get("/veroeffentlicht/probe/notebook.ipynb")
    assert json.loads(source.text) == json.loads(draft())
    assert "probe" in web.get("/veroeffentlicht").text
    assert 'href="/veroeffentlicht/probe"' in web.get("/").text
    assert "Öffentlich (1)" in editor.get()
    assert editor.post(f"/{one.id}", move="revoke").status_code == 303
    gone = web.get("/veroeffentlicht/probe")
    assert gone.status_code == 410
    assert "nicht mehr öffentlich" in gone.text
    for path in ("herkunft", "notebook.ipynb"):
        assert web.get(f"/veroeffentlicht/{digits}/{path}").status_code == 410
    assert "Noch nichts" in web.get("/veroeffentlicht").text
    assert "nicht öffentlich, sondern" in editor.post(f"/{one.id}", move="revoke").text


def test_faults_are_told_at_the_desk_and_to_nobody_else(house: Path) -> None:
    id_ = desk.take(draft(licence="keine"), "a-anna", name="mangelhaft")
    work_once()
    publisher = at_desk("publisher")
    assert "Die Lizenz „keine“ ist nicht vorgesehen" in publisher.get()
    assert "ist nicht vorgesehen" in publisher.get(f"/{id_}")
    assert publisher.post(f"/{id_}", move="approve", not_own="1").status_code == 422
    assert publisher.web.get(f"{DESK}/{id_}/vorschau").status_code == 404
    assert "nicht bekannt" in publisher.get("/" + "0" * 32)
    web = TestClient(site())
    assert web.get("/veroeffentlicht/mangelhaft").status_code == 404
    for path in ("..%2f..%2fregisters.db", "0" * 12, "*", "a" * 300):
        assert web.get(f"/veroeffentlicht/{path}").status_code == 404


def test_a_changed_version_is_no_longer_shown(house: Path) -> None:
    id_ = desk.take(draft("print(6 * 7)"), "a-anna", name="zweite")
    work_once()
    desk.collect()
    kept = desk.approve(id_, "b-berta", "publisher", not_own=True)
    web = TestClient(site())
    assert web.get("/veroeffentlicht/zweite").status_code == 200
    (kept.folder / "page.html").write_text("<h1>Anders</h1>")
    assert web.get("/veroeffentlicht/zweite").status_code == 404
    assert places.versions().is_dir()
