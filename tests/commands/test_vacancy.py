"""``stadtlabor vacancy`` as people call it."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from stadtlabor.cli import main
from stadtlabor.innenstadt.access import Keys, UnknownKeyError
from stadtlabor.innenstadt.vacancy import Actor, Owners, Register, Unit

LIST = (
    "Straße;Hausnummer;Fläche;Miete;Eigentümer;Status\n"
    "Rathausplatz;1;80;800;Huber;leer\nRathausplatz;2;90;900;;belegt\n;4;10;100;;leer\n"
)


@pytest.fixture(autouse=True)
def _own_register(empty_home, monkeypatch):
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)


def run(*words: str, answer: str = ""):
    return CliRunner().invoke(main, ["vacancy", *words], input=answer)


def test_a_key_is_shown_once_listed_and_revoked():
    told = run("invite", "--role", "editor", "--label", "Wirtschaftsförderung 1")
    assert told.exit_code == 0, told.output
    key = re.search(r"^  ([a-z0-9]{20})$", told.output, re.MULTILINE)
    assert key
    staff = Keys().opened(key[1])
    listed = run("keys").output
    assert "Wirtschaftsförderung 1" in listed
    assert key[1] not in listed
    assert "Gesperrt" in run("revoke", staff.person).output
    assert "gesperrt am" in run("keys").output
    with pytest.raises(UnknownKeyError):
        Keys().opened(key[1])


def test_what_cannot_be_invited_or_revoked_is_told():
    named = run("invite", "--role", "editor", "--label", "Frau Müller")
    assert named.exit_code == 1
    assert "keine Person" in named.output
    assert "gibt es nicht" in run("revoke", "niemand").output
    assert "Noch kein Schlüssel" in run("keys").output


def test_a_list_is_asked_about_shown_and_taken(tmp_path):
    file = tmp_path / "läden.csv"
    file.write_text(LIST, "utf-8")
    asked = run("import", str(file))
    assert asked.exit_code == 1
    assert "--answer miete-monat" in asked.output
    shown = run("import", str(file), "--answer", "miete-monat", "--dry")
    assert "Zeile 4: Die Straße fehlt" in shown.output
    assert Register().units() == {}
    taken = run("import", str(file), "--answer", "miete-monat", "--reason", "Begehung", "--owners")
    assert taken.exit_code == 0, taken.output
    assert "Übernommen: 2 neu" in taken.output
    assert "Angaben zum Eigentum: 1" in taken.output
    again = run("import", str(file), "--answer", "miete-monat")
    assert "2 unverändert" in again.output


def test_a_file_that_is_not_there(tmp_path):
    told = run("import", str(tmp_path / "fehlt.csv"))
    assert told.exit_code == 1
    assert "nicht lesbar" in told.output


def test_an_owner_is_forgotten_and_the_log_stays():
    actor = Actor("editor", "redaktion")
    Register().enrol(Unit(id="laden", street="Am Markt"), actor)
    Owners().put("laden", {"name": "Huber"}, actor, "Aufnahme")
    kept = run("forget", "laden", "--why", "Löschung verlangt", answer="n\n")
    assert kept.exit_code == 1
    told = run("forget", "laden", "--why", "Löschung verlangt", answer="y\n")
    assert told.exit_code == 0, told.output
    assert "Gelöschte Felder: 1" in told.output
    assert "Huber" not in told.output
    assert "Löschung verlangt" in told.output
    assert Owners().read("laden", actor, "Probe") == {}
    assert run("forget", "fehlt", "--why", "x", "--yes").exit_code == 1
