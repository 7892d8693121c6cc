"""The course folder cannot be changed by anyone, and every lesson can be copied."""

import re

import httpx
import pytest

from person import Person

LESSON = "Kurs/klimaschule/lastkurve.ipynb"


def test_the_course_comes_first_in_the_home(pupil: Person) -> None:
    listing = pupil.ask("GET", "api/contents/").json()["content"]
    assert listing[0]["path"] == "Kurs"
    assert not listing[0]["writable"]


def test_a_lesson_can_be_read_but_not_written(pupil: Person) -> None:
    model = pupil.ask("GET", f"api/contents/{LESSON}").json()
    assert model["path"] == LESSON
    assert not model["writable"]
    assert model["content"]["cells"][1]["source"] == "print(6 * 7)"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", LESSON, {"type": "file", "format": "text", "content": "weg"}),
        ("PUT", "Kurs/neu.txt", {"type": "file", "format": "text", "content": "neu"}),
        ("PUT", "Kurs/neu", {"type": "directory"}),
        ("POST", "Kurs", {"type": "notebook"}),
        ("POST", "Kurs/klimaschule", {"copy_from": LESSON}),
        ("PATCH", LESSON, {"path": "meins.ipynb"}),
        ("DELETE", LESSON, None),
        ("DELETE", "Kurs", None),
        ("POST", f"{LESSON}/checkpoints", None),
    ],
)
def test_every_way_of_writing_is_refused_in_german(
    pupil: Person, method: str, path: str, body: dict[str, str] | None
) -> None:
    before = pupil.ask("GET", f"api/contents/{LESSON}").json()["content"]
    answer = pupil.ask(method, f"api/contents/{path}", json=body)
    assert answer.status_code == 403
    assert "In meinen Ordner kopieren" in answer.json()["message"]
    assert pupil.ask("GET", f"api/contents/{LESSON}").json()["content"] == before


def test_nothing_can_be_moved_into_the_course(pupil: Person) -> None:
    pupil.ask(
        "PUT", "api/contents/mein.txt", json={"type": "file", "format": "text", "content": "x"}
    )
    answer = pupil.ask("PATCH", "api/contents/mein.txt", json={"path": "Kurs/mein.txt"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path", ["Kurs/../../settings.toml", "Kurs/%2e%2e/settings.toml", "Kurs/nix"]
)
def test_no_path_leads_out_of_the_course(pupil: Person, path: str) -> None:
    assert pupil.ask("GET", f"api/contents/{path}").status_code in (403, 404)


def test_each_copy_is_dated_and_overwrites_nothing(pupil: Person) -> None:
    first, second = (
        pupil.client.get(f"{pupil.base}stadtlabor/kopie", params={"pfad": LESSON}).url.path
        for _ in range(2)
    )
    assert re.search(r"/lab/tree/lastkurve-\d{4}-\d\d-\d\d\.ipynb$", first)
    assert second == first.replace(".ipynb", "-2.ipynb")
    name = second.rpartition("/")[2]
    copy = pupil.ask("GET", f"api/contents/{name}").json()
    assert copy["writable"]
    assert copy["content"]["cells"][1]["source"] == "print(6 * 7)"


@pytest.mark.parametrize(
    "path", ["", "Kurs", "Kurs/nix.ipynb", "Kurs/../../settings.toml", "mein.txt"]
)
def test_only_files_of_the_course_are_copied(pupil: Person, path: str) -> None:
    answer = pupil.client.get(f"{pupil.base}stadtlabor/kopie", params={"pfad": path})
    assert answer.status_code == 404


def test_copying_needs_a_login(pupil: Person) -> None:
    answer = httpx.get(f"{pupil.base}stadtlabor/kopie", params={"pfad": LESSON})
    assert answer.status_code == 302
    assert "/labor/hub/api/oauth2/authorize" in answer.headers["location"]


def test_a_kernel_of_a_lesson_runs_in_the_home_and_finds_the_library(pupil: Person) -> None:
    code = "import os, stadtlabor.settings as s; print(os.getcwd(), s.home(), s.root().is_dir())"
    folder, home, root = pupil.run(code, "Kurs/klimaschule/lastkurve.ipynb").split()
    assert folder == f"{home}/homes/{pupil.name}"
    assert root == "True"


def test_a_person_sees_no_secret_of_the_hub(pupil: Person) -> None:
    printed = pupil.run("import os; print('\\n'.join(f'{k}={v}' for k, v in os.environ.items()))")
    assert "TEST_SECRET" not in printed
    assert "CONFIGPROXY_AUTH_TOKEN" not in printed
    assert "DEV_PASSWORD" not in printed


def test_the_lab_is_german_and_asks_nobody_for_news(pupil: Person) -> None:
    page = pupil.client.get(f"{pupil.base}lab").text
    assert '"@jupyterlab/apputils-extension:announcements"' in page
    settings = pupil.ask("GET", "lab/api/settings/@jupyterlab/translation-extension:plugin").json()
    assert settings["schema"]["properties"]["locale"]["default"] == "de_DE"
