"""The command against a real store with simulated radar frames."""

from __future__ import annotations

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
    import subprocess
    import sys

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
    told = call("replay", str(few), "--spacing", "60")
    assert told.exit_code == 0, told.output
    assert (empty_home / "warning" / "replays" / "unwetter" / "journal.db").exists()


def test_trust_is_asked_back(empty_home):
    assert call("trust", input="n\n").exit_code == 1
    assert not (empty_home / "warning" / "trust").exists()
    assert call("trust", input="y\n").exit_code == 0
    assert (empty_home / "warning" / "trust").exists()
