"""A history whose rows hang together, also one that an earlier version has written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest

from stadtlabor.store.chain import Chain

BEFORE = (
    "CREATE TABLE publishing_event (id INTEGER NOT NULL, at VARCHAR NOT NULL, submission VARCHAR "
    "NOT NULL, kind VARCHAR NOT NULL, content VARCHAR NOT NULL, who VARCHAR NOT NULL, previous "
    "VARCHAR NOT NULL, hash VARCHAR NOT NULL, PRIMARY KEY (id), UNIQUE (previous))"
)


@pytest.fixture(autouse=True)
def own_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)


def test_rows_follow_each_other_and_a_changed_one_is_noticed(tmp_path: Path) -> None:
    chain = Chain("thing_event", lambda: tmp_path / "a", "thing", "why")
    assert chain.events() == []
    assert chain.verify()
    chain.append("x", "anna", lambda rows: ("made", {"n": len(rows)}), "darum")
    chain.append("y", "anna", lambda rows: ("made", {"n": len(rows)}), "darum")
    chain.append("x", "anna", lambda rows: ("made", {"n": len(rows)}), "darum", whole=False)
    assert chain.append("x", "anna", lambda rows: None, "darum") is None
    assert [(row.subject, row.content["n"], row.more) for row in chain.events()] == [
        ("x", 0, ("darum",)), ("y", 1, ("darum",)), ("x", 1, ("darum",)),
    ]  # fmt: skip
    assert chain.subjects() == ["x", "y"]
    assert len(chain.events("x")) == 2
    assert chain.verify()
    with sqlite3.connect(tmp_path / "a" / "registers.db") as db:
        db.execute("UPDATE thing_event SET why = 'anders' WHERE id = 2")
    assert not chain.verify()


def test_a_missing_row_is_noticed(tmp_path: Path) -> None:
    chain = Chain("thing_event", lambda: tmp_path, "thing")
    for _ in range(3):
        chain.append("x", "anna", lambda rows: ("made", {}))
    with sqlite3.connect(tmp_path / "registers.db") as db:
        db.execute("DELETE FROM thing_event WHERE id = 2")
    assert not chain.verify()


def test_what_an_earlier_version_wrote_is_read_and_continued(tmp_path: Path) -> None:
    parts = ["", "2026-11-01T10:00:00+00:00", "abc", "submitted", '{"title": "Ä"}', "a-1"]
    mark = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    with sqlite3.connect(tmp_path / "registers.db") as db:
        db.execute(BEFORE)
        columns = "previous, at, submission, kind, content, who, hash"
        db.execute(f"INSERT INTO publishing_event ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                   [*parts, mark])  # fmt: skip
    chain = Chain("publishing_event", lambda: tmp_path, "submission")
    assert chain.verify()
    assert chain.events()[0].content == {"title": "Ä"}
    chain.append("abc", "b-2", lambda rows: ("approved", {}))
    assert [row.kind for row in chain.events("abc")] == ["submitted", "approved"]
    assert chain.verify()
