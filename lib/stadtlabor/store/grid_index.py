"""The index of a grid dataset: which slot holds which time, in the order of arrival."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stadtlabor.store.reading import connect_reading, writable

__all__ = ["Field", "GridIndex", "grid_names"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fields (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, time_us INTEGER NOT NULL, slot INTEGER NOT NULL,
    sha256 TEXT NOT NULL, result_us INTEGER NOT NULL, notes TEXT NOT NULL, chain TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_time ON fields (time_us, seq);
"""


def grid_names(store: Path) -> list[str]:
    """Return the names of all datasets in a store that hold grids."""
    return sorted(p.parent.name for p in store.glob("grids/*/index.db"))


@dataclass(frozen=True)
class Field:
    """One field: time and result time in µs UTC, its slot, content hash and notes (source …)."""

    time_us: int
    slot: int
    sha256: str
    result_us: int
    notes: dict[str, Any]
    seq: int = 0


class GridIndex:
    """SQLite beside the fields; a connection per call, so forks and threads are safe."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Create the tables where they are missing."""
        with closing(self.connect()) as db:
            db.executescript(_SCHEMA)

    def add(self, fields: Iterable[Field]) -> None:
        """Commit fields whose slots are on the disk; the versions follow their order."""
        chain = self.chain(None)
        rows = []
        for f in fields:
            chain = hashlib.sha256(f"{chain}\n{f.time_us} {f.sha256}".encode()).hexdigest()
            rows.append((f.time_us, f.slot, f.sha256, f.result_us, json.dumps(f.notes), chain))
        with closing(self.connect()) as db, db:
            db.executemany(
                "INSERT INTO fields (time_us, slot, sha256, result_us, notes, chain) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def fields(
        self,
        start_us: int | None = None,
        end_us: int | None = None,
        at_version: int | None = None,
    ) -> list[Field]:
        """Return the valid field of each time at a version: latest result time, then last come."""
        with closing(self.connect()) as db:
            rows = db.execute(
                "SELECT time_us, slot, sha256, result_us, notes, seq FROM ("
                "SELECT *, row_number() OVER (PARTITION BY time_us "
                "ORDER BY result_us DESC, seq DESC) AS place FROM fields "
                "WHERE time_us >= coalesce(?, time_us) AND time_us < coalesce(?, time_us + 1) "
                "AND seq <= coalesce(?, seq)) WHERE place = 1 ORDER BY time_us",
                (start_us, end_us, at_version),
            ).fetchall()
        return [Field(a, b, c, d, json.loads(notes), seq) for a, b, c, d, notes, seq in rows]

    def chain(self, at_version: int | None) -> str:
        """Return the hash over times and contents of all fields up to a version, in their order."""
        with closing(self.connect()) as db:
            row = db.execute(
                "SELECT chain FROM fields WHERE seq <= coalesce(?, seq) ORDER BY seq DESC LIMIT 1",
                (at_version,),
            ).fetchone()
        return str(row[0]) if row else hashlib.sha256().hexdigest()

    def newest(self) -> tuple[int, int]:
        """Return the newest version and the next free slot."""
        with closing(self.connect()) as db:
            seq = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'fields'").fetchone()
            slot = db.execute("SELECT max(slot) FROM fields").fetchone()[0]
        version = int(seq[0]) if seq else 0
        return version, max(version, -1 if slot is None else int(slot) + 1)

    def expire(self, before_us: int) -> list[int]:
        """Forget fields older than an instant and return their slots."""
        with closing(self.connect()) as db, db:
            rows = db.execute(
                "DELETE FROM fields WHERE time_us < ? RETURNING slot", (before_us,)
            ).fetchall()
        return [row[0] for row in rows]

    def connect(self) -> sqlite3.Connection:
        """Return a connection, for reading alone where this process may not write."""
        if not writable(self._path):
            return connect_reading(self._path)
        # Held open by one thread and closed by another.
        db = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        return db
