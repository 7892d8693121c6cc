"""What must survive a restart about asking: validators, marks, watermarks and last good answers.

One SQLite file and a folder of kept answers below ``home()/sources``. Only the ingest writes;
everyone may read.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

__all__ = ["Kept", "Memory", "Stand", "Stretch"]

FILE = "asking.db"
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS validators (url TEXT PRIMARY KEY, headers TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS complete (
    datastream TEXT PRIMARY KEY, since TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stands (
    source TEXT PRIMARY KEY, good_at TEXT, asked_at TEXT NOT NULL, error TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS kept (
    name TEXT PRIMARY KEY, file TEXT NOT NULL, url TEXT NOT NULL, received_at TEXT NOT NULL,
    checked_at TEXT NOT NULL);
"""

Stand = tuple[datetime | None, datetime, str]
"""When a source last gave a good answer, when it was last asked, and what was wrong with that."""

Stretch = tuple[pd.Timestamp, pd.Timestamp]
"""From when to when (excluded) all values of a datastream are here, UTC."""

Kept = tuple[bytes, datetime, datetime]
"""A kept answer, when it came, and when the provider last said that it still holds (both UTC)."""


class Memory:
    """The memory of one installation; safe for threads.

    Parameters
    ----------
    folder
        Where it lies, made when it is first written to. None: it ends with this object.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None
        self._ready = False
        self._loose: dict[str, bytes] = {}

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for an address only if it has changed."""
        row = self._one("SELECT headers FROM validators WHERE url = ?", url)
        return dict(json.loads(row[0])) if row else {}

    def mark(self, name: str) -> str | None:
        """Return what was remembered under a name."""
        row = self._one("SELECT value FROM marks WHERE name = ?", name)
        return str(row[0]) if row else None

    def remember(
        self, url: str, validators: Mapping[str, str], mark: tuple[str, str] | None = None
    ) -> None:
        """Remember, in one step, that an answer is safe."""
        with self._lock, self._db() as db:
            db.execute(
                "INSERT OR REPLACE INTO validators VALUES (?, ?)", (url, json.dumps(validators))
            )
            if mark is not None:
                db.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", mark)

    def complete(self, datastream: str) -> Stretch | None:
        """Return from when up to when (UTC, excluded) all values of a datastream are here.

        None where its source promises nothing. The end is never simply the time of the newest
        value: late and missing values lie before that.
        """
        row = self._one("SELECT since, until FROM complete WHERE datastream = ?", datastream)
        return (pd.Timestamp(row[0]), pd.Timestamp(row[1])) if row else None

    def advance(self, stretches: Mapping[str, Stretch]) -> None:
        """Take in what answers state completely.

        A stretch that touches the known one makes it longer. One that begins after a gap takes its
        place, and the gap, once filled, joins it; one that lies before is left out.
        """
        for name, (since, until) in stretches.items():
            start, end = since.tz_convert("UTC"), until.tz_convert("UTC")
            known = self.complete(name)
            if known is not None:
                if end < known[0]:
                    continue
                if start <= known[1]:
                    start, end = min(start, known[0]), max(end, known[1])
            with self._lock, self._db() as db:
                row = (name, start.isoformat(), end.isoformat())
                db.execute("INSERT OR REPLACE INTO complete VALUES (?, ?, ?)", row)

    def stand(self, source: str) -> Stand | None:
        """Return how a source stands; None before it was first asked."""
        row = self._one("SELECT good_at, asked_at, error FROM stands WHERE source = ?", source)
        if row is None:
            return None
        good = datetime.fromisoformat(row[0]) if row[0] else None
        return good, datetime.fromisoformat(row[1]), str(row[2])

    def tell(self, source: str, at: datetime, error: str) -> None:
        """Remember how the last question to a source went; ``error`` is empty where it was good."""
        with self._lock, self._db() as db:
            db.execute(
                "INSERT INTO stands VALUES (?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET "
                "good_at = coalesce(excluded.good_at, good_at), asked_at = excluded.asked_at, "
                "error = excluded.error",
                (source, None if error else at.isoformat(), at.isoformat(), error),
            )

    def keep(self, name: str, url: str, body: bytes, at: datetime) -> None:
        """Keep a good answer instead of the one before it."""
        file = f"{name.replace('/', '-')}.{at.astimezone(UTC):%Y%m%dT%H%M%S%f}"
        before = self._one("SELECT file FROM kept WHERE name = ?", name)
        if self._folder is None:
            self._loose[file] = body
        else:
            _write(self._folder / "kept" / file, body)
        with self._lock, self._db() as db:
            row = (name, file, url, at.isoformat(), at.isoformat())
            db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?)", row)
        if before and self._folder is not None and before[0] != file:
            (self._folder / "kept" / before[0]).unlink(missing_ok=True)

    def still(self, name: str, at: datetime) -> None:
        """Note that the provider says: the kept answer still holds."""
        with self._lock, self._db() as db:
            db.execute("UPDATE kept SET checked_at = ? WHERE name = ?", (at.isoformat(), name))

    def kept(self, name: str) -> Kept | None:
        """Return the last good answer under a name."""
        row = self._one("SELECT file, received_at, checked_at FROM kept WHERE name = ?", name)
        if row is None:
            return None
        try:
            if self._folder is None:
                body = self._loose[row[0]]
            else:
                body = (self._folder / "kept" / row[0]).read_bytes()
        except (FileNotFoundError, KeyError):
            return None  # replaced between the two looks, or taken away by hand
        return body, datetime.fromisoformat(row[1]), datetime.fromisoformat(row[2])

    def forget(self) -> None:
        """Ask for everything anew; kept answers and stands remain."""
        with self._lock, self._db() as db:
            for table in ("validators", "marks", "complete"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names

    def erase(self, datastreams: Iterable[str]) -> None:
        """Forget how complete series are, so that no byte of their names stays in the file."""
        names = [(name,) for name in datastreams]
        with self._lock, self._db() as db:
            db.executemany("DELETE FROM complete WHERE datastream = ?", names)
        with self._lock:
            self._db().execute("VACUUM")
            self._db().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open, self._ready = None, False

    def _one(self, query: str, key: str) -> tuple[str, ...] | None:
        if self._folder is not None and not (self._folder / FILE).exists():
            return None  # whoever only reads makes no folder
        with self._lock:
            try:
                row: tuple[str, ...] | None = self._link().execute(query, (key,)).fetchone()
            except sqlite3.OperationalError:
                return None  # the ingest is just making the tables
        return row

    def _link(self) -> sqlite3.Connection:
        if self._open is None:
            if self._folder is None:
                self._open = sqlite3.connect(":memory:", check_same_thread=False)
                self._open.executescript(_SCHEMA)
            else:
                self._open = sqlite3.connect(
                    self._folder / FILE, check_same_thread=False, timeout=10
                )
        return self._open

    def _db(self) -> sqlite3.Connection:
        """Return the file for writing, with its tables."""
        if self._folder is not None and not self._ready:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._link().executescript(_SCHEMA)
            self._ready = True
        return self._link()


def _write(path: Path, body: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    with draft.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
