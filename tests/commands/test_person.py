"""A person asks what is kept, has it erased, and the proof finds nothing any more."""

from __future__ import annotations

import gzip
import json
import sqlite3
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine

import running
from stadtlabor.cli import main
from stadtlabor.commands.person import _ordered
from stadtlabor.learning.attempts import Attempts
from stadtlabor.learning.classes import Classes, HandIn
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.retention import Timer
from stadtlabor.retention.orders import Answer
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import Spool, Store

NAME, OTHER = "biber-07", "biber-071"
SERIES, OPEN = "footfall/biber-07/live", "footfall/markt/live"
NOW = pd.Timestamp("2026-11-30T03:00", tz="Europe/Berlin")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["person", *words], catch_exceptions=False)


def _batch(name: str, start: str, seed: int, days: int = 12) -> Batch:
    times = pd.date_range(start, periods=144 * days, freq="10min", tz="Europe/Berlin")
    values = np.random.default_rng(seed).normal(5000, 700, len(times))
    stream = Datastream(name, f"Zähler {name}", "pedestrians", "1", 600, "Stadt", "CC0")
    return Batch(observations(name, times, values), [stream])


@pytest.fixture
def home(empty_home: Path) -> Path:
    """Two people who have worked here, one with a series of their own."""
    from hub_config import people

    store = Store(empty_home / "store")
    store.write(_batch(SERIES, "2025-11-25", 1))
    store.write(_batch(OPEN, "2025-11-25", 2))
    store.seal("footfall")
    store.write(_batch(SERIES, "2026-03-01", 3, 1))
    store.close()
    (empty_home / "hub").mkdir()
    for name in (NAME, OTHER):
        people.number(name)
        folder = empty_home / "homes" / name
        folder.mkdir(parents=True)
        (folder / "arbeit.ipynb").write_text(json.dumps({"outputs": [f"Ich bin {name}"]}))
        (empty_home / "run" / "people").mkdir(parents=True, exist_ok=True)
        (empty_home / "run" / "people" / f"3000{len(name)}").write_text(name)
    decisions = empty_home / "data" / "decisions" / "service"
    decisions.mkdir(parents=True)
    with (decisions / "2026-11-29.jsonl").open("w") as file:
        for name in (NAME, OTHER, NAME):
            file.write(json.dumps({"who": name, "question": {"dataset": "footfall"}}) + "\n")
    (empty_home / "logs").mkdir()
    (empty_home / "logs" / "hub.log").write_text(
        f"GET /labor/user/{NAME}/lab\nGET /labor/user/{OTHER}/lab\nAlles gut\n"
    )
    return empty_home


def test_it_shows_what_is_kept(home):
    told = run("show", NAME).output
    for words in (
        "1  Nummern der Personen",
        "1  Eigener Ordner",
        "2  Entscheidungen",
        "1  Protokolle",
        "store/registers.db, Tabelle datastreams: 1 Stellen. Das Wort steht in der Beschreibung",
    ):
        assert words in told


def test_it_shows_what_it_does_not_erase(home):
    run_folder = home / "runs" / "probe" / "20261101T0000-abc"
    run_folder.mkdir(parents=True)
    (run_folder / "notebook.ipynb").write_text(json.dumps({"outputs": [f"von {NAME}"]}))
    told = run("erase", NAME, "--yes").output
    assert "bleibt  runs/probe/20261101T0000-abc/notebook.ipynb: 1 Stellen. Wer ein" in told


def test_without_yes_nothing_happens(home):
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    told = run("erase", NAME, "--series", SERIES).output
    assert "noch nichts geschehen" in told
    assert "--yes" in told
    assert {p: p.read_bytes() for p in before} == before


def test_erased_and_proven_within_a_minute(home):
    begin = time.perf_counter()
    spool = Spool(home / "spool" / "spool.db")
    uplink = Delivery("tts", f"v3/app/devices/{NAME}/up", b'{"who": "biber-07"}', datetime.now(UTC))
    spool.put([uplink])
    spool.bury([(1, "unbekanntes Gerät")])
    spool.done(1)
    spool.close()
    store = Store(home / "store")
    markt = store.aggregate(OPEN, None, None, "hour")
    old = store.read(SERIES)["value"]
    needles = [NAME + "/", f"„{NAME}“", *(repr(float(v)) for v in old[:3])]
    assert run("proof", NAME, *needles).exit_code == 1
    done = run("erase", NAME, "--series", SERIES, "--yes")
    assert done.exit_code == 0, done.output
    proof = run("proof", repr(float(old[0])), repr(float(old.iloc[-1])), f"footfall/{NAME}",
                f"user/{NAME}/", f'"who": "{NAME}"', f"devices/{NAME}/")  # fmt: skip
    assert proof.exit_code == 0, proof.output
    assert "Keine Fundstelle" in proof.output
    found = run("proof", NAME).output.splitlines()
    assert all(OTHER in line or "biber" not in line for line in found[:-1])
    pd.testing.assert_frame_equal(Store(home / "store").aggregate(OPEN, None, None, "hour"), markt)

    # By retention, the rest: nothing of the raw values of others older than a year either.
    store, spool = Store(home / "store"), Spool(home / "spool" / "spool.db")
    limit = pd.Timestamp("2025-11-30", tz="Europe/Berlin")
    single = store.read(OPEN, end=limit)["value"]
    sums = store.aggregate(OPEN, None, limit, "hour")["sum"].tolist()
    Timer(home, spool, store, "Europe/Berlin").run(NOW)
    assert run("proof", *(repr(float(v)) for v in single[::40])).exit_code == 0
    assert store.read("footfall-hourly/markt/live.sum")["value"].tolist() == sums
    store.close()
    assert time.perf_counter() - begin < 60


def test_others_keep_everything_and_services_go_on_writing(home):
    log = (home / "logs" / "hub.log").open("a")
    run("erase", NAME, "--yes")
    log.write("weiter\n")
    log.close()
    lines = (home / "logs" / "hub.log").read_text().splitlines()
    assert [line.strip() for line in lines] == ["", f"GET /labor/user/{OTHER}/lab", "Alles gut",
                                                "weiter"]  # fmt: skip
    assert (home / "homes" / OTHER / "arbeit.ipynb").exists()
    assert not (home / "homes" / NAME).exists()
    decisions = (home / "data/decisions/service/2026-11-29.jsonl").read_text()
    assert [json.loads(x)["who"] for x in decisions.splitlines() if x.strip()] == [OTHER]


def test_the_number_stays_given(home):
    from hub_config import people

    run("erase", NAME, "--yes")
    assert people.number(OTHER) == 2
    assert people.number(NAME) == 3


def test_the_receipt_tells_how_much_and_not_whose(home, tmp_path):
    path = tmp_path / "quittung.json"
    run("erase", NAME, "--series", SERIES, "--yes", "--datei", str(path))
    text = path.read_text()
    assert NAME not in text
    counts = {step["where"]: step["count"] for step in json.loads(text)["steps"]}
    assert counts["Datenspeicher `store`, alle Versionen"] == 144 * 13
    assert counts["Entscheidungen des Datendienstes `data/decisions`"] == 2


def test_hand_ins_under_an_invented_name(home):
    register = Classes(home / "classes")
    today = datetime.now(UTC).date()
    group = register.open("7b, Physik", today + timedelta(days=3))
    for alias in ("Gämse-42", "Gämse-4"):
        register.take(group.code, HandIn.of(alias, Attempts("grundlast", None)), today)
    assert "1  Abgaben von Klassen" in run("show", "Gämse-42").output
    assert run("erase", "Gämse-42", "--yes").exit_code == 0
    assert run("proof", "Gämse-42").exit_code == 0
    assert run("proof", "Gämse-4").exit_code == 1


@pytest.mark.parametrize("name", ["../../etc", "a b", "", "X" * 40])
def test_what_is_no_name_is_refused(home, name):
    done = run("erase", name, "--yes")
    assert done.exit_code == 1
    assert "kein Name im Stadtlabor" in done.output


def test_an_unknown_series_is_refused_before_anything_is_erased(home):
    done = run("erase", NAME, "--series", "footfall/niemand/live", "--yes")
    assert done.exit_code == 1
    assert "gibt es nicht" in done.output
    assert (home / "homes" / NAME).exists()


def test_a_running_ingest_carries_the_order_out(home):
    """The store has a writer: the command leaves an order and waits for the answer."""
    import threading

    from stadtlabor.city import city
    from stadtlabor.ingest import Collector
    from stadtlabor.settings import Settings

    (port,) = running.free_ports(1)
    settings = Settings.model_validate(
        {"simulation": {"enabled": False}, "ingest": {"broker_port": port}}
    )
    stop = threading.Event()
    ingest = Collector(home, city(), settings)
    thread = threading.Thread(target=ingest.run, args=(stop,))
    thread.start()
    try:
        done = run("erase", NAME, "--series", SERIES, "--yes")
    finally:
        stop.set()
        thread.join()
    assert done.exit_code == 0, done.output
    assert f"{144 * 13}  Datenspeicher" in done.output
    assert run("proof", f"footfall/{NAME}").exit_code == 0


@pytest.mark.parametrize("form", ["free page", "parquet", "gzip", "zstd", "zip", "json", "name"])
def test_the_proof_finds_what_is_packed_or_deleted(empty_home, form):
    word, folder = "Gämse-42 war hier", empty_home / "x"
    folder.mkdir()
    path = folder / "datei"
    if form == "free page":
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("PRAGMA secure_delete = OFF")
            db.execute("CREATE TABLE t (x)")
            db.execute("INSERT INTO t VALUES (?)", (word,))
            db.commit()
            db.execute("DELETE FROM t")
    elif form == "parquet":
        table = pa.table({"x": ["a" * 200, word] * 50, "v": [1.0, 2.0] * 50})
        pq.write_table(table, path, compression="zstd", use_dictionary=["x"])
    elif form == "gzip":
        path.write_bytes(gzip.compress(gzip.compress(word.encode())))
    elif form == "zstd":
        with pa.CompressedOutputStream(str(path), "zstd") as stream:
            stream.write(word.encode() * 3)
    elif form == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a/b.txt", word * 20)
    elif form == "json":
        path.write_text(json.dumps(word))
    else:
        (folder / word).write_bytes(b"")
    assert run("proof", word).exit_code == 1
    assert run("proof", "Gämse-43 war hier").exit_code == 0


def test_the_proof_finds_a_number_in_a_packed_column(empty_home):
    table = pa.table({"v": [4711.125 + n for n in range(1000)]})
    pq.write_table(table, empty_home / "werte.parquet", compression="zstd")
    assert run("proof", "5000.125").exit_code == 1
    assert run("proof", "5000.25").exit_code == 0


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    started = running.start(folder, running.small_course(folder / "course"))
    yield started
    started.stop()


def test_the_running_hub_ends_the_server_and_forgets_the_account(lab, monkeypatch):
    from stadtlabor.settings import settings

    monkeypatch.setenv("STADTLABOR_HOME", str(lab.home))
    monkeypatch.setenv("STADTLABOR_SETTINGS", str(lab.home.parent / "settings.toml"))
    settings.cache_clear()
    try:
        person = lab.person("otter-11")
        lab.login("otter-12")
        assert "Anmeldung `hub/jupyterhub.sqlite`" in run("show", "otter-11").output
        done = run("erase", "otter-11", "--yes")
        assert done.exit_code == 0, done.output
        assert not (lab.home / "homes" / "otter-11").exists()
        answer = person.client.get(f"{lab.address}/labor/hub/home")
        assert "login" in str(answer.url)  # the session is over
        engine = create_engine(f"sqlite:///{lab.home / 'hub' / 'jupyterhub.sqlite'}")
        with engine.connect() as connection:
            names = connection.exec_driver_sql("SELECT name FROM users").scalars().all()
            roles = connection.exec_driver_sql("SELECT name FROM roles").scalars().all()
        assert "otter-11" not in names
        assert "otter-12" in names
        assert not [role for role in roles if role.startswith("erasure")]
        time.sleep(1)
        left = run("proof", "otter-11").output
        assert "hub/jupyterhub.sqlite" not in left, left
        assert httpx.get(f"{lab.address}/labor/hub/login").status_code == 200
        # The running ingest, under its own system user, finds the order and answers it.
        running.wait_for("the ingest", lambda: (lab.home / "status" / "ingest.json").exists())
        assert _ordered(("footfall/niemand/live",)) == Answer()
        assert not list((lab.home / "spool" / "erasures").iterdir())
        again = lab.login("otter-11")
        assert again.get("/labor/hub/home").status_code == 200
    finally:
        settings.cache_clear()
