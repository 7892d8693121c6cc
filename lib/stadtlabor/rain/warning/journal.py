"""The journal of the warning: append-only, on the disk before anything is sent.

A cycle and all its messages become visible in one commit, together with the memories of watch and
warner. Who is killed before it repeats the cycle; who is killed after it finds the messages here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stadtlabor.store.files import claim, make_folder, release
from stadtlabor.store.reading import connect_reading, writable

__all__ = ["Event", "Journal"]

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    body TEXT NOT NULL, UNIQUE (kind, key));
CREATE TRIGGER IF NOT EXISTS no_change BEFORE UPDATE ON events
    BEGIN SELECT raise(ABORT, 'events are never changed'); END;
CREATE TRIGGER IF NOT EXISTS no_removal BEFORE DELETE ON events
    BEGIN SELECT raise(ABORT, 'events are never removed'); END;
CREATE TABLE IF NOT EXISTS memory (name TEXT PRIMARY KEY, body TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Event:
    """Something that happened.

    Attributes
    ----------
    kind
        ``cycle`` (data judged and assessed), ``message`` and ``operator`` (to be sent), ``intent``,
        ``sent`` and ``failed`` (what became of it on a channel).
    key
        Unique within its kind: a second event of the same name is left out.
    body
        What JSON knows.
    at
        When it was written, UTC.
    number
        Place in the journal; 0 before it is written.
    """

    kind: str
    key: str
    body: Mapping[str, Any]
    at: datetime | None = None
    number: int = 0


class Journal:
    """Events and memories in ``journal.db``.

    Parameters
    ----------
    folder
        Where the file lies.
    write
        Become the only writer; a reader creates nothing.

    Raises
    ------
    StoreLockedError
        If another process writes here.
    """

    def __init__(self, folder: Path, write: bool = False) -> None:
        self._path = folder / "journal.db"
        self._folder = folder
        self._db: sqlite3.Connection | None = None
        if write:
            make_folder(folder)
            claim(folder)
            self._db = sqlite3.connect(self._path, timeout=10, check_same_thread=False)
            self._db.executescript(_SCHEMA)
            # A connection sets this anew; the script above may find the tables there already.
            self._db.execute("PRAGMA synchronous = FULL")

    def commit(
        self, events: Iterable[Event], memory: Mapping[str, Any] | None = None
    ) -> list[Event]:
        """Write events and memories at once; return the events that were not there before."""
        if self._db is None:
            raise RuntimeError("this journal was opened for reading")
        fresh = []
        with self._db as db:
            for event in events:
                at = event.at or datetime.now(UTC)
                cursor = db.execute(
                    "INSERT OR IGNORE INTO events (at, kind, key, body) VALUES (?, ?, ?, ?)",
                    (at.astimezone(UTC).isoformat(), event.kind, event.key, _json(event.body)),
                )
                if cursor.rowcount:
                    number = int(cursor.lastrowid or 0)
                    fresh.append(Event(event.kind, event.key, event.body, at, number))
            for name, body in (memory or {}).items():
                db.execute("INSERT OR REPLACE INTO memory VALUES (?, ?)", (name, _json(body)))
        return fresh

    def events(
        self, *kinds: str, after: int = 0, last: int | None = None, key: str | None = None
    ) -> list[Event]:
        """Return events in the order in which they happened.

        Parameters
        ----------
        kinds
            Only these; without any, all.
        after
            Only those with a greater number.
        last
            Only so many of the newest.
        key
            Only the events of this name.
        """
        marks = ", ".join("?" * len(kinds)) or "kind"
        query = f"SELECT * FROM events WHERE id > ? AND kind IN ({marks})"  # noqa: S608
        values: list[Any] = [after, *kinds]
        if key is not None:
            query, values = f"{query} AND key = ?", [*values, key]
        query += " ORDER BY id DESC LIMIT ?"
        rows = self._rows(query, (*values, -1 if last is None else last))
        return [
            Event(kind, key_, json.loads(body), datetime.fromisoformat(at), number)
            for number, at, kind, key_, body in reversed(rows)
        ]

    def has(self, kind: str, key: str) -> bool:
        """Tell whether an event is there."""
        return bool(self._rows("SELECT 1 FROM events WHERE kind = ? AND key = ?", (kind, key)))

    def memory(self, name: str) -> Any:
        """Return a memory, or None."""
        rows = self._rows("SELECT body FROM memory WHERE name = ?", (name,))
        return json.loads(rows[0][0]) if rows else None

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            self._db.close()
            self._db = None
            release(self._folder)

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Any]:
        if self._db is not None:
            return self._db.execute(query, values).fetchall()
        if not self._path.exists():
            return []
        with closing(self._reader()) as db:
            return db.execute(query, values).fetchall()

    def _reader(self) -> sqlite3.Connection:
        if writable(self._path):
            return sqlite3.connect(self._path, timeout=10)
        return connect_reading(self._path)


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, sort_keys=True)
