"""``stadtlabor cards`` as an operator types it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import rdflib
from click.testing import CliRunner

from stadtlabor.catalogue import cards
from stadtlabor.cli import main

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS, folder)
    monkeypatch.setenv("STADTLABOR_DATASETS", str(folder))
    return folder


def test_good_cards_are_listed() -> None:
    done = CliRunner().invoke(main, ["cards"])
    assert done.exit_code == 0, done.output
    assert f"{len(cards())} Karten, alle in Ordnung." in done.output


def test_a_fault_in_a_card_or_a_policy_is_told(place: Path) -> None:
    (place / "soil.toml").write_text("id = 3")
    (place / "policies" / "schule.json").unlink()
    done = CliRunner().invoke(main, ["cards"])
    assert done.exit_code == 1
    assert "soil.toml, Zeile 1: „id“ muss ein Text" in done.output
    assert "Die Regel „schule“ fehlt" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(("name", "form"), [("k.ttl", "turtle"), ("k.rdf", "xml")])
def test_the_catalogue_is_written(tmp_path: Path, name: str, form: str) -> None:
    path = tmp_path / name
    address = "https://stadt.example"
    done = CliRunner().invoke(main, ["cards", "--datei", str(path), "--adresse", address])
    assert done.exit_code == 0, done.output
    made = rdflib.Graph().parse(path, format=form)
    assert len(set(made.subjects(rdflib.RDF.type, DCAT.Dataset))) == len(cards())


def test_an_unknown_ending_and_an_empty_catalogue_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = CliRunner().invoke(main, ["cards", "--datei", str(tmp_path / "k.xml")])
    assert "Möglich sind .ttl, .rdf, .jsonld" in done.output
    monkeypatch.setenv("STADTLABOR_DATASETS", str(tmp_path))
    done = CliRunner().invoke(main, ["cards", "--datei", str(tmp_path / "k.ttl")])
    assert done.exit_code == 1
    assert "Der Katalog ist leer" in done.output
