import fcntl
import shutil

import pytest
from click.testing import CliRunner

from stadtlabor.commands.replay import replay


@pytest.fixture
def run(empty_home):
    def invoke(*arguments):
        return CliRunner().invoke(replay, [str(a) for a in arguments])

    return invoke


def test_radar_arrives_in_the_store(run, shared_data, empty_home):
    done = run(shared_data / "rain" / "radklim_yw_20170816", "--until", "2017-08-16T01:05")
    assert done.exit_code == 0, done.output
    assert "3 Radarbildern" in done.output
    assert "142,9 mm/h" in done.output
    assert "Gespeichert: 0 Werte und 3 Radarbilder" in done.output
    assert "Ansehen: http://127.0.0.1:8000/apps/regenlage" in done.output
    assert not list((empty_home / "inbox").glob("*/*"))


def test_footfall_says_where_to_look_and_what_was_skipped(run, shared_data, tmp_path):
    source = shared_data / "innenstadt"
    for name in ("wuerzburg_2024_hourly.csv.gz", "leeds_camera_locations.csv"):
        shutil.copy(source / name, tmp_path / name)
    done = run(tmp_path)
    assert done.exit_code == 0, done.output
    assert "26018 Werte in 3 Reihen, 0 Hinweise" in done.output
    assert "Nicht erkannt und übergangen: leeds_camera_locations.csv" in done.output
    assert "/apps/passantenfrequenz?gebiet=Würzburg" in done.output


def test_bad_feeds_are_told_and_the_good_ones_kept(run, shared_data):
    done = run(shared_data / "klimaschule" / "energy-sparks-feed-fixtures")
    assert done.exit_code == 0, done.output
    assert "2 Dateien nicht lesbar" in done.output
    assert "Gespeichert: 336 Werte" in done.output


def test_running_ingest_gets_the_files(run, tmp_path, empty_home, monkeypatch):
    """Where another process is the writer, replay leaves the files in its inbox."""
    monkeypatch.setattr("stadtlabor.commands.replay.PATIENCE_S", 0.3)
    (empty_home / "store").mkdir()
    (tmp_path / "feed").mkdir()
    text = "Woche;Papier [kg]\n02.11.2026;4\n"
    (tmp_path / "feed" / "beispiel-gymnasium.waste.2026.csv").write_text(text)
    with (empty_home / "store" / "writer.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = run(tmp_path / "feed")
    assert done.exit_code == 0, done.output
    assert "arbeitet weiter" in done.output
    waiting = empty_home / "inbox" / "waste-csv" / "beispiel-gymnasium.waste.2026.csv"
    assert waiting.read_text() == text


def test_empty_folder_says_what_is_recognised(run, tmp_path):
    done = run(tmp_path)
    assert done.exit_code == 1
    assert "keine Datei, die erkannt wird" in done.output
