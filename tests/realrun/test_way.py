"""The way of a question: handed in, approved, run on real values, checked, released."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from metered_home import QUESTION, READ, SECRET, TABLE, asking, declare, meter, report
from stadtlabor import realrun
from stadtlabor.dataservice.journal import Journal
from stadtlabor.dataservice.serving import serving
from stadtlabor.evidence.lineage import events as told
from stadtlabor.handover import drop
from stadtlabor.realrun import RealRunError, desk, history, places
from stadtlabor.realrun.queue import work_once
from stadtlabor.realrun.state import requests
from stadtlabor.realrun.sweep import sweep
from stadtlabor.realrun.widget import RealRunButton, hand_in

pytestmark = pytest.mark.timeout(240)
ME = {"who": "b-berta", "role": "publisher", "not_own": True}


@pytest.fixture
def house(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA", "STADTLABOR_REALRUN"):
        monkeypatch.delenv(name, raising=False)
    meter(empty_home)
    return empty_home


def everything(home: Path) -> bytes:
    """Return all bytes that lie below the rooms of real runs and of the decision log."""
    rooms = (home / "realrun", home / "data")
    return b"".join(p.read_bytes() for r in rooms for p in sorted(r.rglob("*")) if p.is_file())


def asked(source: str, who: str = "a-anna") -> str:
    return desk.take(source, QUESTION, who)


def declared(*rows: list[object], name: str = "per_day") -> str:
    """Return the id of a request whose run has declared a table."""
    id_ = asked(asking())
    desk.approve(id_, **ME)
    declare(id_, *rows, name=name)
    return id_


def test_from_the_button_to_the_table(house: Path, tmp_path: Path) -> None:
    path = tmp_path / "strom.ipynb"
    path.write_text(asking(READ, TABLE, "from stadtlabor import realrun\nrealrun.button()"))
    pressed = RealRunButton(path)
    pressed.button.click()
    assert "Bitte in 10 bis 400 Zeichen" in pressed.told.value
    id_ = hand_in(path, QUESTION)
    assert realrun.standing(id_) == "Eingereicht. Der Antrag ist auf dem Weg."
    assert desk.collect() == 1
    assert "zweite Person den Code" in realrun.standing(id_)
    assert work_once() == 0
    for fault, given in (("Schlüssel zum Freigeben", {**ME, "role": "editor"}),
                         ("nicht selbst geschrieben", {**ME, "not_own": False})):  # fmt: skip
        with pytest.raises(RealRunError, match=fault):
            desk.approve(id_, **given)
    desk.approve(id_, **ME)
    assert "wartet" in realrun.standing(id_)
    assert work_once() == 1
    desk.collect()
    (one,) = requests()
    assert (one.state, one.failure) == ("check", ""), one
    assert [(read["dataset"], read["rows"]) for read in one.reads] == [("school-energy", 8 * 96)]
    against, _ = desk.findings(one)
    assert against == []
    with pytest.raises(RealRunError, match="sieht eine zweite Person die Tabellen an"):
        realrun.results(id_)
    assert "per_day" not in (places.answers() / f"{id_}.json").read_text()
    desk.release(id_, **ME)
    frame = realrun.results(id_)["per_day"]
    assert list(frame) == ["day", "kwh", "schools"]
    assert frame["schools"].tolist() == [8, 8, 8, 8]
    # The one great value is in the mean of its day: these were the real values.
    assert frame["kwh"].max() > 150
    assert frame["kwh"].tolist() == [float(f"{v:.4g}") for v in frame["kwh"]]
    assert [row.kind for row in history.events()] == [
        "submitted", "approved", "started", "finished", "released",
    ]  # fmt: skip
    assert history.verify()
    assert list(places.work().iterdir()) == []
    assert list(places.held().iterdir()) == []
    (event,) = told(places.lineage())
    assert [each["name"] for each in event["inputs"]] == ["school-energy"]
    log = list(Journal(house / "data" / "decisions" / "realrun").entries())
    given = [entry for entry in log if "given" in entry]
    assert {entry["service"] for entry in given} == {"realrun"}
    assert {entry["question"]["purpose"] for entry in given} == {"research"}
    assert all(entry["given"]["inform"] for entry in given)
    assert str(SECRET).encode() not in everything(house)
    _forgotten(id_)


def _forgotten(id_: str) -> None:
    later = datetime.now(UTC) + timedelta(days=places.KEPT_DAYS + 1)
    sweep(later - timedelta(days=2))
    assert realrun.results(id_)
    sweep(later)
    assert not (places.answers() / f"{id_}.json").exists()
    assert not list(places.requests().iterdir())
    assert len(history.events()) == 5


def test_a_row_of_few_goes_to_the_second_person_and_not_out(house: Path) -> None:
    id_ = declared(["2026-11-02", 1.5, 8], ["2026-11-03", 2.5, 2])
    (one,) = requests()
    against, _ = desk.findings(one)
    assert "„per_day“, Zeile 2: „schools“ liegt unter 5" in against[0]
    assert "liegt unter" not in realrun.standing(id_)
    with pytest.raises(RealRunError, match="halten die Regeln nicht ein"):
        desk.release(id_, **ME)
    with pytest.raises(RealRunError, match="warum"):
        desk.give_back(id_, "b-berta", "publisher", " ")
    desk.give_back(id_, "b-berta", "publisher", "Bitte Tage zusammenfassen")
    said = realrun.standing(id_)
    assert said.startswith("Zurück an Sie: Bitte Tage zusammenfassen")
    assert "realrun.suppress" in said
    assert list(places.held().iterdir()) == []
    with pytest.raises(RealRunError):
        desk.release(id_, **ME)


def test_the_author_is_no_second_person(house: Path) -> None:
    id_ = asked(asking(), "b-berta")
    with pytest.raises(RealRunError, match="zweite Person"):
        desk.approve(id_, **ME)
    assert work_once() == 0
    assert requests()[0].state == "request"


def test_what_lacks_something_never_comes_to_the_desk(house: Path) -> None:
    id_ = asked(asking(READ))
    assert requests()[0].state == "returned"
    assert "meldet keine Tabelle an" in realrun.standing(id_)
    with pytest.raises(RealRunError, match="steht inzwischen anders"):
        desk.approve(id_, **ME)


def test_what_the_pages_have_not_approved_is_never_run(house: Path) -> None:
    drop(places.queue(), "x.json", json.dumps({"token": "a" * 31, "source": asking()}).encode())
    drop(places.queue(), "y.json", b"{kaputt")
    assert work_once() == 0
    assert list(places.queue().iterdir()) == []
    # A file of another system user is not an order, whatever stands in it.
    if os.geteuid() == 0:
        order = {"token": "a" * 32, "source": asking(), "datasets": ["school-energy"]}
        drop(places.queue(), "z.json", json.dumps(order).encode())
        os.chown(places.queue() / "z.json", 65534, 65534)
        places.inbox().mkdir(parents=True, exist_ok=True)
        assert work_once() == 0


def test_code_that_was_changed_after_it_came_is_not_run(house: Path) -> None:
    id_ = asked(asking())
    path = places.requests() / f"{id_}.ipynb"
    path.write_text(path.read_text().replace("mean", "max"))
    with pytest.raises(RealRunError, match="verändert"):
        desk.approve(id_, **ME)
    assert requests()[0].state == "request"


def test_tables_that_nobody_decides_on_lapse(house: Path) -> None:
    id_ = declared(["2026-11-02", 1.5, 8])
    assert requests()[0].state == "check"
    # A second report about the same run changes nothing any more.
    report(id_, kind="finished", tables=[], reads=[])
    assert len(history.events()) == 3
    sweep(datetime.now(UTC) + timedelta(days=places.HELD_DAYS + 1))
    assert "innerhalb von 30 Tagen" in realrun.standing(id_)
    assert list(places.held().iterdir()) == []


def test_changed_tables_and_rows_are_noticed(house: Path) -> None:
    id_ = declared(["2026-11-02", 1.5, 8], name="anders")
    assert "heißt anders als im gelesenen Code" in desk.findings(requests()[0])[0][0]
    path = places.held() / f"{id_}.json"
    path.write_text(path.read_text().replace("1.5", "1.6"))
    with pytest.raises(RealRunError, match="halten die Regeln nicht ein"):
        desk.release(id_, **ME)
    assert "verändert" in desk.findings(requests()[0])[0][0]
    assert history.verify()
    with sqlite3.connect(places.desk() / "registers.db") as db:
        db.execute("UPDATE realrun_event SET who = 'x' WHERE id = 1")
    assert not history.verify()


def test_a_draft_sees_the_twin_and_the_rules(house: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data.sock", "people"):
        values = realrun.read("school-energy")
    assert values.attrs["twin"]
    assert SECRET not in set(values["value"])
    values["day"] = values["time"].dt.tz_convert("Europe/Berlin").dt.normalize()
    table = values.groupby("day").agg(kwh=("value", "mean"), n=("datastream", "nunique"))
    shown = realrun.release("per_day", table, count="n")
    assert shown["kwh"].tolist() == [float(f"{v:.4g}") for v in shown["kwh"]]
    few = realrun.suppress(table.assign(n=[9, 2, 7, 9]), count="n")
    assert few["n"].isna().tolist() == [False, True, True, False]
    assert few["kwh"].isna().equals(few["n"].isna())


def test_strangers_files_in_the_letterbox_do_no_harm(house: Path, tmp_path: Path) -> None:
    secret = tmp_path / "geheim.json"
    secret.write_text(json.dumps({"id": "a" * 32, "source": asking(), "question": QUESTION}))
    places.inbox().mkdir(parents=True)
    (places.inbox() / "a.json").symlink_to(secret)
    os.link(secret, places.inbox() / "b.json")
    (places.inbox() / "c.json").write_text("{kaputt")
    (places.inbox() / "d.json").write_text(json.dumps({"id": "../../x", "source": ""}))
    os.mkfifo(places.inbox() / "e.json")
    assert desk.collect() == 0
    assert requests() == []
    assert list(places.inbox().iterdir()) == []
