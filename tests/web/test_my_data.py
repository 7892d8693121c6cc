"""What is kept about a pupil, on one page, true to the program."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from hub_config.folders import FOLDERS
from stadtlabor.cli import main
from stadtlabor.dataservice import journal
from stadtlabor.klimaschule.mobility import register as surveys
from stadtlabor.learning import classes
from stadtlabor.participation import room
from stadtlabor.retention import timer
from stadtlabor.retention.activities import activities, as_csv, register
from stadtlabor.web.site import site

ROOT = Path(__file__).resolve().parents[2]
DRAFT = "Entwurf, von der oder dem Datenschutzbeauftragten zu prüfen"


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), follow_redirects=False)


def test_the_page_tells_a_pupil_what_how_long_who_and_how_to_delete(web: TestClient) -> None:
    page = web.get("/datenschutz/ich")
    assert page.status_code == 200
    assert "set-cookie" not in page.headers
    for one in activities():
        assert (f">{one.title}</h3>" in page.text) == (one.pupil is not None)
    for words in ("90 Tage", "Wie lange", "Wer kann es sehen", "So lässt du etwas löschen"):
        assert words in page.text
    assert "{" not in page.text.split("<main")[1]


def test_it_is_reached_from_the_privacy_page(web: TestClient) -> None:
    assert 'href="/datenschutz/ich"' in web.get("/datenschutz").text
    assert web.get("/datenschutz/du").status_code == 404


def test_the_days_are_those_of_the_program() -> None:
    days = {one.id: one.days for one in activities()}
    assert days["decisions"] == journal.KEPT
    assert days["handins"] == classes.KEPT.days
    assert days["surveys"] == surveys.KEPT.days
    assert days["rooms"] == room.KEPT.days
    assert days["intake"] == timer.DEAD_DAYS
    kept = next(one for one in activities() if one.id == "intake").kept
    assert f"Dateien {timer.UPLOAD_DAYS:g} Tage" in kept
    from jupyterhub.app import JupyterHub

    assert days["login"] == JupyterHub.cookie_max_age_days.default_value


def test_every_place_and_source_is_there() -> None:
    known = {folder.path for folder in FOLDERS} | {"inbox-done"}
    for one in activities():
        for place in one.where:
            assert any(place == k or place.startswith(f"{k}/") for k in known), place
        for source in one.source:
            assert source.startswith("jupyterhub/") or (ROOT / source).exists(), source


def test_the_register_has_every_data_set_about_persons() -> None:
    rows = register()
    titles = [row["title"] for row in rows]
    assert "Passantinnen und Passanten in der Innenstadt" in titles
    assert "Anmeldung und Konto" in titles
    assert not [title for title in titles if "Regenradar" in title]
    assert all(row["state"] == DRAFT for row in rows)
    assert all(all(cell.strip() for cell in row.values()) for row in rows)


def test_a_spreadsheet_gets_no_formula() -> None:
    (row, *_) = register()
    text = as_csv([row | {"title": "=cmd()"}]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))[1][0] == "'=cmd()"


@pytest.mark.parametrize("name", ["v.csv", "v.html"])
def test_the_command_writes_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    done = CliRunner().invoke(main, ["cards", "--verzeichnis", str(path)])
    assert done.exit_code == 0, done.output
    text = path.read_text("utf-8-sig")
    assert text.count("Schulwege") or "Wege zur Schule" in text
    assert DRAFT in text


def test_another_ending_is_refused(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["cards", "--verzeichnis", str(tmp_path / "v.docx")])
    assert done.exit_code == 1
    assert "keine bekannte Endung" in done.output
