"""``stadtlabor report`` as people call it."""

from __future__ import annotations

import tomllib
import zipfile

import pytest
from click.testing import CliRunner

from stadtlabor.cli import main
from stadtlabor.klimaschule.dossier.example import example_zip


def test_the_example_becomes_a_report(tmp_path, empty_home):
    (tmp_path / "schule.zip").write_bytes(example_zip())
    into = tmp_path / "neu" / "ordner"
    told = CliRunner().invoke(main, ["report", str(tmp_path / "schule.zip"), "--into", str(into)])
    assert told.exit_code == 0, told.output
    assert "Summe: " in told.output
    assert "Es fehlt:" in told.output
    assert "unvollständig" in told.output
    assert "CO2e" in (into / "bericht.html").read_text("utf-8")
    assert tomllib.loads((into / "plan.toml").read_text("utf-8"))["plan"]["measures"]
    assert (into / "fussabdruck.csv").stat().st_size > 1000
    assert len(list((into / "daten").glob("*.csv"))) >= 15


def test_a_zip_with_only_a_name_still_makes_a_report(tmp_path, empty_home):
    with zipfile.ZipFile(tmp_path / "schule.zip", "w") as archive:
        archive.writestr("schule.toml", 'school = "Leer"\n')
    told = CliRunner().invoke(
        main, ["report", str(tmp_path / "schule.zip"), "--into", str(tmp_path / "aus")]
    )
    assert told.exit_code == 0, told.output
    assert "keine Summe" in told.output
    assert "Der Verbrauch der Heizung fehlt" in told.output


@pytest.mark.parametrize("content", [b"", b"kein Zip"])
def test_what_cannot_be_read_is_one_sentence_and_a_status(tmp_path, empty_home, content):
    (tmp_path / "schule.zip").write_bytes(content)
    told = CliRunner().invoke(
        main, ["report", str(tmp_path / "schule.zip"), "--into", str(tmp_path / "aus")]
    )
    assert told.exit_code == 1
    assert "keine lesbare Zip-Datei" in told.output
    assert "Traceback" not in told.output
    assert not (tmp_path / "aus").exists()


def test_a_file_that_is_not_there(tmp_path, empty_home):
    told = CliRunner().invoke(main, ["report", str(tmp_path / "nix.zip"), "--into", str(tmp_path)])
    assert told.exit_code == 1
    assert "nix.zip" in told.output
