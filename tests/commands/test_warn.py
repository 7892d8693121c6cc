"""The command against a real store with simulated radar frames."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from stadtlabor.city import city
from stadtlabor.commands.warn import warn
from stadtlabor.rain.warning import Journal
from stadtlabor.simulation.rain import Sky
from stadtlabor.store.opening import grid_store

STEP = timedelta(minutes=5)


def call(*words: str, **how: str) -> Result:
    return CliRunner().invoke(warn, list(words), **how)


@pytest.fixture
def frames(empty_home: Path):
    """Put simulated frames into the store, the newest ``late`` minutes old."""

    def put(count: int, late: float = 2) -> None:
        sky, now = Sky(city(), 2026), datetime.now(UTC)
        newest = datetime.fromtimestamp((now.timestamp() - late * 60) // 300 * 300, UTC)
        for n in range(count - 1, -1, -1):
            grid_store().write_grid(sky.field(newest - n * STEP))

    yield put
    from stadtlabor.store.files import release

    grid_store().close()
    release(empty_home / "store")


def test_nothing_is_known_without_frames(empty_home):
    told = call("status")
    assert told.exit_code == 2
    assert "Wir wissen es gerade nicht" in told.output
    assert "Keine Warnung" not in told.output
    assert call("once").exit_code == 0
    assert call("status").exit_code == 2


def test_one_look_at_the_store(frames, empty_home):
    frames(5)
    told = call("once")
    assert told.exit_code == 0, told.output
    assert "Keine verlässlichen Daten" not in told.output
    state = call("status")
    assert state.exit_code == 0, state.output
    assert len(Journal(empty_home / "warning").events("cycle")) == 1
    # A second look finds nothing new and decides nothing.
    assert call("once").exit_code == 0
    assert len(Journal(empty_home / "warning").events("cycle")) == 1


def test_old_frames_are_not_believed(frames):
    frames(5, late=20)
    assert "Seit mehr als 10 Minuten" in call("once").output
    assert call("status").exit_code == 2


def test_a_rehearsal(frames, empty_home):
    frames(4)
    assert call("test").exit_code == 0
    assert ".test: Stufe 0" in call("once").output
    assert list((empty_home / "warning" / "outbox").glob("*.test.xml"))


def test_the_guard(frames, empty_home):
    assert call("guard", "--once").exit_code == 2
    frames(3)
    call("once")
    assert call("guard", "--once").exit_code == 0


def test_a_second_writer_is_refused_in_german(empty_home):
    code = (
        "import sys; from pathlib import Path; from stadtlabor.rain.warning import Journal; "
        f"Journal(Path({str(empty_home / 'warning')!r}), write=True); print('da', flush=True); "
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "da\n"
        told = call("once")
        other.communicate("")
    assert told.exit_code == 1
    assert "schreibt schon ein anderer Prozess" in told.output


def test_a_replay(shared_data, empty_home, tmp_path):
    few = tmp_path / "unwetter"
    few.mkdir()
    for path in sorted((shared_data / "rain" / "mch_20160711").glob("*.gif"))[:4]:
        (few / path.name).symlink_to(path)
    told = call("replay", str(few), "--spacing", "60")  # in this process, without the notebook
    assert told.exit_code == 0, told.output
    assert (empty_home / "warning" / "replays" / "unwetter" / "journal.db").exists()


def test_trust_is_asked_back(empty_home):
    assert call("trust", input="n\n").exit_code == 1
    assert not (empty_home / "warning" / "trust").exists()
    assert call("trust", input="y\n").exit_code == 0
    assert (empty_home / "warning" / "trust").exists()


@pytest.fixture
def warned(shared_data, empty_home, tmp_path, monkeypatch) -> str:
    """Return the identifier of a warning that a recorded storm has brought."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[1] / "rain" / "warning"))
    from town import town

    from stadtlabor.rain import read

    few = tmp_path / "unwetter"
    few.mkdir()
    paths = sorted((shared_data / "rain" / "mch_20160711").glob("*.gif"))[18:21]
    for path in paths:
        (few / path.name).symlink_to(path)
    file = tmp_path / "city.toml"
    town(read(paths[0]).isel(time=0), file, (208, 252), 128, 20)
    monkeypatch.setenv("STADTLABOR_CITY", str(file))
    told = program("replay", str(few))
    assert told.returncode == 0, told.stderr
    (folder,) = (empty_home / "warning" / "replays").iterdir()
    return sorted((folder / "outbox").glob("*.xml"))[0].stem


def program(*words: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("stadtlabor")), "warn", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_published_warning_is_derived_again_from_its_provenance(warned, empty_home):
    told = program("rerun", warned)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Neu gerechnet: regenwarnung/20160711T2225-" in told.stdout
    assert f"gleich: Die CAP-Nachricht {warned} kam Byte für Byte noch einmal heraus." in (
        told.stdout
    )
    assert "die Radardaten" not in told.stdout
    # A message that was changed afterwards is noticed. (The journal itself refuses to.)
    (journal,) = (empty_home / "warning" / "replays").glob("*/journal.db")
    with sqlite3.connect(journal) as db:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute("UPDATE events SET body = '' WHERE kind = 'message'")
        db.execute("DROP TRIGGER no_change")
        change = "UPDATE events SET body = replace(body, 'Stufe 2', 'Stufe 3') WHERE key = ?"
        db.execute(change, (warned,))
    told = program("rerun", warned)
    assert told.returncode == 1
    assert "verschieden, weil:" in told.stdout
    assert "Stufe 3" in told.stdout
    assert "Traceback" not in told.stdout + told.stderr


def test_a_message_that_nobody_knows(empty_home):
    told = call("rerun", "gibt.es.nicht")
    assert told.exit_code == 1
    assert "Eine Nachricht gibt.es.nicht gibt es nicht" in told.output


@pytest.mark.parametrize("service", ["run", "guard"])
def test_a_city_without_catchments_is_left_alone(service, empty_home, tmp_path):
    text = (Path(__file__).parents[2] / "city.toml").read_text()
    file = tmp_path / "city.toml"
    file.write_text(re.sub(r"(?ms)^\[+warning[^\n]*\n.*?(?=^\[(?!\[?warning))", "", text))
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("stadtlabor")), "warn", service],
            stdout=out, stderr=out, env=os.environ | {"STADTLABOR_CITY": str(file)},
        )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while "Ohne Gebiete und Stufen wird nicht gewarnt" not in log.read_text():
            assert time.monotonic() < end
            assert process.poll() is None
            time.sleep(0.2)
        time.sleep(1)
        assert process.poll() is None  # it waits: the hub need not start it again and again
    finally:
        process.terminate()
        assert process.wait(10) == 0
    assert not (empty_home / "warning").exists()
