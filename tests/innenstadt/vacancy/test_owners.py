"""Owners: encrypted, apart, logged, and gone when they are gone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st

from innenstadt.vacancy.stock import AGENT, CITIZEN, EDITOR, PUBLISHER
from stadtlabor.innenstadt.vacancy import OwnerError, Owners, RightsError

FACTS = {"name": "Annegret Musterbesitz", "phone": "0831 7654321", "note": "Erbfall 2019"}


def everything(folder: Path) -> bytes:
    """Every byte that lies in the folder, journals included, the key left out."""
    return b"".join(f.read_bytes() for f in folder.rglob("*") if f.is_file() and f.suffix != ".key")


def sealed(owners: Owners) -> list[bytes]:
    with owners._engine.connect() as connection:
        return [
            row[0] for row in connection.execute(sqlalchemy.text("SELECT body FROM owner_fact"))
        ]


@pytest.fixture
def owners(tmp_path) -> Owners:
    return Owners(tmp_path / "owners")


def test_what_is_kept_comes_back_and_lies_there_in_no_clear_word(owners, tmp_path):
    owners.put("laden", FACTS, EDITOR, "Gespräch")
    assert owners.read("laden", PUBLISHER, "Rückruf") == FACTS
    assert owners.read("laden", EDITOR, "nur Telefon", ("phone",)) == {"phone": FACTS["phone"]}
    bytes_ = everything(tmp_path / "owners")
    for value in FACTS.values():
        assert value.encode() not in bytes_
    # Another process with the same key reads the same.
    assert Owners(tmp_path / "owners").read("laden", EDITOR, "wieder")["name"] == FACTS["name"]


def test_forgetting_takes_the_last_byte(owners, tmp_path):
    for n in range(40):
        owners.put(f"laden-{n}", {**FACTS, "note": f"Nummer {n} " + "x" * 300}, EDITOR, "Import")
    owners.put("laden-7", {"note": "geändert"}, EDITOR, "neuer Stand")
    before = sealed(owners)
    mine = [r for r in before if r in everything(tmp_path / "owners")]
    assert len(mine) == len(before)
    with owners._engine.connect() as connection:
        rows = sqlalchemy.text("SELECT body FROM owner_fact WHERE unit = 'laden-7'")
        gone = [row[0] for row in connection.execute(rows)]
    assert owners.forget("laden-7", EDITOR, "Widerspruch") == 3
    left = everything(tmp_path / "owners")
    for body in gone:
        assert body not in left
        assert body[12:44] not in left
    assert owners.read("laden-7", EDITOR, "nachsehen") == {}
    assert owners.read("laden-8", EDITOR, "nachsehen")["name"] == FACTS["name"]


@settings(max_examples=10)
@given(st.text(min_size=8, max_size=200).filter(lambda t: len(t.strip()) >= 8))
def test_whatever_it_says_is_gone(tmp_path_factory, value):
    folder = tmp_path_factory.mktemp("owners")
    owners = Owners(folder)
    owners.put("laden", {"note": value}, EDITOR, "Test")
    (body,) = sealed(owners)
    assert owners.read("laden", EDITOR, "Test") == {"note": value.strip()}
    owners.forget("laden", EDITOR, "Test")
    left = everything(folder)
    assert value.strip().encode() not in left
    assert body not in left


def test_every_look_is_logged_without_what_was_seen(owners):
    owners.put("laden", FACTS, EDITOR, "Gespräch")
    owners.read("laden", PUBLISHER, "Rückruf", ("phone",))
    owners.read("nichts", EDITOR, "Neugier")
    owners.forget("laden", EDITOR, "Widerspruch")
    told = [(a.what, a.field, a.actor.role, a.why) for a in owners.audit()]
    assert ("read", "phone", "publisher", "Rückruf") in told
    assert ("read", "", "editor", "Neugier") in told
    assert told[-1] == ("forget", "", "editor", "Widerspruch")
    assert len([t for t in told if t[0] == "write"]) == 3
    assert not any(value in str(told) for value in FACTS.values())
    assert all(a.at.tzinfo for a in owners.audit("laden"))


@pytest.mark.parametrize("actor", [CITIZEN, AGENT])
def test_only_staff_may_look(owners, actor):
    for attempt in (owners.read, owners.forget):
        with pytest.raises(RightsError, match="nur Redaktion und Freigabe"):
            attempt("laden", actor, "warum nicht")
    with pytest.raises(OwnerError, match="Grund fehlt"):
        owners.read("laden", EDITOR, " ")
    with pytest.raises(OwnerError, match="„schuhgröße“ gibt es nicht"):
        owners.put("laden", {"schuhgröße": "42"}, EDITOR, "Test")


def test_the_key_is_for_this_user_alone(owners, tmp_path):
    key = tmp_path / "owners" / "owners.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "owners").stat().st_mode) == 0o700
    owners.put("laden", FACTS, EDITOR, "Gespräch")
    key.chmod(0o644)
    with pytest.raises(OwnerError, match="für andere lesbar"):
        Owners(tmp_path / "owners")
    key.chmod(0o600)
    kept = key.read_bytes()
    key.write_bytes(b"kaputt")
    with pytest.raises(OwnerError, match="beschädigt"):
        Owners(tmp_path / "owners")
    key.unlink()
    with pytest.raises(OwnerError, match="fehlt, aber die Datenbank hat schon Einträge"):
        Owners(tmp_path / "owners")
    other = Owners(tmp_path / "other")
    del other
    wrong = Owners(tmp_path / "owners", tmp_path / "other" / "owners.key")
    with pytest.raises(OwnerError, match="Schlüssel passt nicht"):
        wrong.read("laden", EDITOR, "Test")
    key.write_bytes(kept)
    key.chmod(0o600)
    assert Owners(tmp_path / "owners").read("laden", EDITOR, "Test") == FACTS


def test_a_row_moved_to_another_unit_does_not_open(owners):
    owners.put("laden", FACTS, EDITOR, "Gespräch")
    with owners._engine.begin() as connection:
        connection.execute(sqlalchemy.text("UPDATE owner_fact SET unit = 'anderer'"))
    with pytest.raises(OwnerError, match="passt nicht"):
        owners.read("anderer", EDITOR, "Test")


def test_postgresql_forgets_too(tmp_path, postgres):
    owners = Owners(tmp_path / "owners", url=postgres)
    owners.put("laden", FACTS, EDITOR, "Gespräch")
    assert owners.forget("laden", EDITOR, "Widerspruch") == 3
    assert owners.read("laden", EDITOR, "nachsehen") == {}
