"""The way of a notebook: handed in, checked, approved, public, run again, revoked."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from counted_home import digest, fill
from drafts import draft
from stadtlabor.cli import main
from stadtlabor.evidence.trace import trace
from stadtlabor.publishing import desk, history, places
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.queue import work_once
from stadtlabor.publishing.state import public, submissions
from stadtlabor.publishing.verify import verify
from stadtlabor.publishing.version import version_of
from stadtlabor.publishing.widget import hand_in, standing

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def house(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    monkeypatch.delenv("STADTLABOR_DATA", raising=False)
    fill(empty_home, 20)
    return empty_home


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one notebook that has passed its check: a check takes two runs."""
    place = tmp_path_factory.mktemp("passed") / "home"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADTLABOR_HOME", str(place))
        for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA"):
            patch.delenv(name, raising=False)
        fill(place, 20)
        checked(draft())
    return place


@pytest.fixture
def waiting(passed: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A home of one's own like that; returns the id of the notebook."""
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    monkeypatch.delenv("STADTLABOR_DATA", raising=False)
    shutil.copytree(passed, empty_home, dirs_exist_ok=True)
    (one,) = submissions()
    assert (one.state, one.faults) == ("review", ())
    return one.id


def checked(source: str, who: str = "a-anna", name: str = "probe") -> str:
    id_ = desk.take(source, who, name=name)
    assert work_once() == 1
    desk.collect()
    return id_


def faults(source: str) -> tuple[str, ...]:
    checked(source)
    return submissions()[0].faults


def test_from_the_button_to_the_public_and_back(house: Path, tmp_path: Path) -> None:
    path = tmp_path / "zählung.ipynb"
    path.write_text(draft())
    id_ = hand_in(path)
    assert standing(id_) == (
        "Eingereicht. Die Prüfung läuft; das dauert meist eine halbe Minute.",
        True,
    )
    assert desk.collect() == 1
    assert list(places.inbox().iterdir()) == []
    assert submissions()[0].state == "review"
    with pytest.raises(PublishingError, match="Prüfung läuft noch"):
        desk.checked_version(id_)
    assert work_once() == 1
    desk.collect()
    assert submissions()[0].faults == ()
    assert "bestanden" in standing(id_)[0]
    with pytest.raises(PublishingError, match="nicht selbst geschrieben"):
        desk.approve(id_, "b-berta", "publisher", not_own=False)
    kept = desk.approve(id_, "b-berta", "publisher", not_own=True)
    assert standing(id_)[0] == "Veröffentlicht unter /veroeffentlicht/zaehlung"
    (one,) = public()
    assert (one.hash, one.slug, one.role) == (kept.hash, "zaehlung", "publisher")
    assert kept.facts["result"]["zone"] == "Europe/Berlin"
    assert kept.facts["simulated"] is True
    assert kept.facts["data"][0].startswith("footfall@")
    (read,) = trace(f"{kept.hash[:12]}-total").inputs
    assert read.rows == 20 * 24 * 6
    with pytest.raises(PublishingError, match="Öffentlich"):
        desk.approve(id_, "b-berta", "publisher", not_own=True)
    desk.revoke(id_, "c-carla", "Zahlen falsch")
    assert public() == []
    assert standing(id_)[0] == "Nicht mehr öffentlich: Zahlen falsch"
    assert [row.kind for row in history.events()] == ["submitted", "checked", "approved", "revoked"]
    assert history.verify()


def test_a_version_runs_again_with_the_same_numbers_without_any_store(
    waiting: str, empty_home: Path
) -> None:
    kept = desk.approve(waiting, "b-berta", "publisher", not_own=True)
    before = digest(kept.folder)
    (empty_home / "store").rename(empty_home / "weg")
    found = verify(kept.hash[:12])
    assert found.differences == ()
    assert digest(kept.folder) == before
    said = CliRunner().invoke(main, ["publish", "verify", kept.hash])
    assert said.exit_code == 0, said.output
    assert "Gleich: 5 Ergebnisse und 0 Bilder" in said.output


def test_a_changed_file_is_noticed(waiting: str) -> None:
    kept = desk.approve(waiting, "b-berta", "publisher", not_own=True)
    (answer,) = (kept.folder / "answers").glob("*.arrow")
    answer.write_bytes(answer.read_bytes()[:-1] + b"x")
    with pytest.raises(PublishingError, match="verändert"):
        verify(kept.hash)
    manifest = kept.folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace("Probe", "Prube"))
    with pytest.raises(PublishingError, match="verändert"):
        version_of(kept.hash)


def test_who_handed_it_in_cannot_approve_it(waiting: str) -> None:
    with pytest.raises(PublishingError, match="zweite Person"):
        desk.approve(waiting, "a-anna", "publisher", not_own=True)
    assert public() == []


def test_a_new_version_takes_the_place_of_the_old(waiting: str) -> None:
    first = waiting
    desk.approve(first, "b-berta", "publisher", not_own=True)
    second = checked(draft(head='grain = "month"'))
    kept = desk.approve(second, "b-berta", "publisher", not_own=True)
    assert [one.hash for one in public()] == [kept.hash]
    states = {one.id: one.state for one in submissions()}
    assert states == {first: "archive", second: "public"}
    assert "neue Fassung" in standing(first)[0]


def test_giving_back_needs_a_reason(waiting: str) -> None:
    with pytest.raises(PublishingError, match="warum"):
        desk.give_back(waiting, "b-berta", " ")
    desk.give_back(waiting, "b-berta", "Bitte die Einheit nennen")
    assert submissions()[0].state == "draft"
    assert standing(waiting)[0] == "Zurück an Sie: Bitte die Einheit nennen"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        # A check ends with the first of these …
        (["1 / 0"], ["Zelle 3 brach ab"]),
        (["from stadtlabor import data\ndata.read('weather')"],
         ["nennt es aber nicht unter „data“"]),
        (["from stadtlabor.promotion import record\nimport os\nrecord(x=os.urandom(4).hex())",
          # Two interpreters put the same words of a set into different orders.
          "record(order=list({f'wort {n}' for n in range(40)}))"],
         ["kommt anderes heraus: order, x"]),
        (["from stadtlabor import data\nimport time\n"
          "data.aggregate('footfall', 'day', end=time.strftime('%Y-%m-%dT%H:%M:%S'))\n"
          "time.sleep(1.1)"],
         ["wurde bei der Veröffentlichung nicht gestellt"]),
        (["from stadtlabor import data\ndata.read('footfall')"], ["Stundenwerte oder gröbere"]),
        # … and tells of these all.
        (["from IPython.display import HTML\nHTML('<script>1</script>')",
          "print('anna' + '@' + 'firma.de')",
          "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')"],
         ["<script>", "Mailadresse", "ohne Text"]),
    ],
)  # fmt: skip
def test_what_must_not_become_public_goes_back(
    house: Path, cells: list[str], words: list[str]
) -> None:
    found = faults(draft(*cells))
    for each in words:
        assert any(each in fault for fault in found), found
    assert submissions()[0].state == "draft"
    with pytest.raises(PublishingError):
        desk.approve(submissions()[0].id, "b-berta", "publisher", not_own=True)


def test_a_notebook_sees_no_more_than_a_visitor(house: Path, monkeypatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "geheim")
    monkeypatch.setenv("SECRET", "geheim")
    cell = ("import os\nfrom stadtlabor.promotion import record\n"
            "record(seen=sorted(n for n in os.environ if os.environ[n] == 'geheim'), "
            "files=sorted(os.listdir('.')))")  # fmt: skip
    checked(draft(cell, data=["weather"]))
    found = desk.checked_version(submissions()[0].id)
    assert found.facts["result"] == {"seen": [], "files": []}


def test_the_history_notices_a_changed_row(house: Path) -> None:
    import sqlite3

    checked(draft(licence="keine"))
    assert history.verify()
    with sqlite3.connect(places.root() / "registers.db") as db:
        db.execute("UPDATE publishing_event SET who = 'x' WHERE id = 1")
    assert not history.verify()
    assert "verändert" in CliRunner().invoke(main, ["publish", "list"]).output


def test_strangers_files_in_the_inbox_do_no_harm(house: Path, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.json"
    secret.write_text(json.dumps({"id": "a" * 32, "source": "geheim"}))
    places.inbox().mkdir(parents=True)
    (places.inbox() / "a.json").symlink_to(secret)
    os.link(secret, places.inbox() / "b.json")
    (places.inbox() / "c.json").write_text("{kaputt")
    (places.inbox() / "d.json").write_text(json.dumps({"id": "../../x", "source": ""}))
    os.mkfifo(places.inbox() / "e.json")
    assert desk.collect() == 0
    assert submissions() == []
    assert list(places.inbox().iterdir()) == []
    assert secret.exists()


def test_the_command_line_says_how_all_stands(house: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "Noch wurde nichts eingereicht" in run(main, ["publish", "list"]).output
    path = tmp_path / "probe.ipynb"
    path.write_text(draft(licence="keine"))
    assert "Die Lizenz „keine“" in run(main, ["publish", "hand-in", str(path)]).output
    path.write_text(draft())
    assert "Eingereicht" in run(main, ["publish", "hand-in", str(path)]).output
    assert "1 Notebooks geprüft" in run(main, ["publish", "check"]).output
    one = submissions()[0]
    desk.approve(one.id, "b-berta", "publisher", not_own=True)
    assert "Öffentlich" in run(main, ["publish", "list"]).output
    assert "Zurückgezogen" in run(main, ["publish", "revoke", "probe", "--why", "Fehler"]).output
    assert public() == []
    assert run(main, ["publish", "verify", "0" * 12]).exit_code == 1
