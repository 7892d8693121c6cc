"""The spool: raw deliveries, on the disk before their sender is told that they arrived.

Whatever happens later, a delivery that was acknowledged stands here until the store has it.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stadtlabor.sources.delivery import Delivery

__all__ = ["Spool"]

_SCHEMA = """
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, name TEXT NOT NULL,
    received_at INTEGER NOT NULL, body BLOB NOT NULL, sha256 TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS by_name ON deliveries (kind, name, id);
CREATE TABLE IF NOT EXISTS dead (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL,
    received_at INTEGER NOT NULL, body BLOB NOT NULL, sha256 TEXT NOT NULL,
    reason TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS progress (one INTEGER PRIMARY KEY CHECK (one = 1), done INTEGER);
INSERT OR IGNORE INTO progress VALUES (1, 0);
"""
_FIELDS = "kind, name, body, received_at"


class Spool:
    """Deliveries in the order of their arrival; safe for threads.

    Parameters
    ----------
    path
        The SQLite file; created where it is missing.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, timeout=10)
        self._db.executescript(_SCHEMA)

    def put(self, deliveries: Iterable[Delivery], *, changed_only: bool = False) -> list[int]:
        """Keep deliveries and return their ids; they are on the disk when this returns.

        Parameters
        ----------
        deliveries
            In the order in which they arrived.
        changed_only
            Leave out what has the same content as the last delivery of that kind and name; its
            id is not in the answer. For pages that are asked for again and again.
        """
        ids: list[int] = []
        with self._lock, self._db as db:
            for d in deliveries:
                sha256 = hashlib.sha256(d.body).hexdigest()
                if changed_only and self._last(d) == sha256:
                    continue
                row = (d.kind, d.name, _us(d.received_at), d.body, sha256)
                cursor = db.execute(
                    "INSERT INTO deliveries (kind, name, received_at, body, sha256) "
                    "VALUES (?, ?, ?, ?, ?)",
                    row,
                )
                ids.append(int(cursor.lastrowid or 0))
        return ids

    def pending(self, after: int | None = None, limit: int = 5_000) -> list[tuple[int, Delivery]]:
        """Return id and delivery of what follows ``after`` (default: all that is done)."""
        start = self.watermark if after is None else after
        with self._lock:
            rows = self._db.execute(
                f"SELECT id, {_FIELDS} FROM deliveries WHERE id > ? ORDER BY id LIMIT ?",  # noqa: S608
                (start, limit),
            ).fetchall()
        return [(row[0], _delivery(row[1:])) for row in rows]

    def bury(self, letters: Iterable[tuple[int, str]]) -> None:
        """Keep deliveries that cannot be decoded, each with the German reason."""
        with self._lock, self._db as db:
            db.executemany(
                "INSERT OR REPLACE INTO dead SELECT id, kind, name, received_at, body, sha256, ? "
                "FROM deliveries WHERE id = ?",
                [(reason, number) for number, reason in letters],
            )

    def dead(self) -> list[tuple[int, Delivery, str]]:
        """Return id, delivery and reason of all that could not be decoded."""
        with self._lock:
            rows = self._db.execute(
                f"SELECT id, {_FIELDS}, reason FROM dead ORDER BY id"  # noqa: S608
            ).fetchall()
        return [(row[0], _delivery(row[1:5]), row[5]) for row in rows]

    def revive(self, reason: str) -> int:
        """Deliver again what was buried for a reason that begins so; return how many that are."""
        with self._lock, self._db as db:
            found = db.execute(
                "INSERT INTO deliveries (kind, name, received_at, body, sha256) "
                "SELECT kind, name, received_at, body, sha256 FROM dead "
                "WHERE substr(reason, 1, ?) = ? ORDER BY id",
                (len(reason), reason),
            )
            db.execute("DELETE FROM dead WHERE substr(reason, 1, ?) = ?", (len(reason), reason))
        return max(found.rowcount, 0)

    def done(self, up_to: int) -> None:
        """Remember that the store holds everything up to this id."""
        with self._lock, self._db as db:
            db.execute("UPDATE progress SET done = max(done, ?)", (up_to,))

    def start_after(self, number: int) -> None:
        """Give new deliveries ids beyond a number, even where this spool has not come as far."""
        with self._lock, self._db as db:
            known = db.execute("SELECT max(seq) FROM sqlite_sequence").fetchone()[0] or 0
            if known < number:
                db.execute("DELETE FROM sqlite_sequence WHERE name = 'deliveries'")
                db.execute("INSERT INTO sqlite_sequence VALUES ('deliveries', ?)", (number,))
                db.execute("UPDATE progress SET done = ?", (number,))

    @property
    def watermark(self) -> int:
        """Id up to which the store holds everything."""
        with self._lock:
            return int(self._db.execute("SELECT done FROM progress").fetchone()[0])

    @property
    def backlog(self) -> int:
        """About how many deliveries wait: last id less watermark."""
        with self._lock:
            row = self._db.execute(
                "SELECT coalesce((SELECT max(id) FROM deliveries), 0) - done FROM progress"
            ).fetchone()
        return max(0, int(row[0]))

    def counts(self) -> dict[str, int]:
        """Return how many deliveries ever arrived, wait and could not be decoded."""
        with self._lock:
            row = self._db.execute(
                "SELECT (SELECT coalesce(max(seq), 0) FROM sqlite_sequence), "
                "(SELECT count(*) FROM deliveries WHERE id > (SELECT done FROM progress)), "
                "(SELECT count(*) FROM dead)"
            ).fetchone()
        return dict(zip(("received", "waiting", "dead"), row, strict=True))

    def prune(self, days: float) -> int:
        """Delete what the store has held for this many days; return how many went."""
        before = _us(datetime.now(UTC) - timedelta(days=days))
        with self._lock:
            with self._db as db:
                gone = db.execute(
                    "DELETE FROM deliveries WHERE id <= (SELECT done FROM progress) "
                    "AND received_at < ?",
                    (before,),
                ).rowcount
            self._db.execute("PRAGMA incremental_vacuum")
        return gone

    def prune_dead(self, days: float) -> int:
        """Delete what could not be decoded after this many days; return how many went."""
        before = _us(datetime.now(UTC) - timedelta(days=days))
        with self._lock, self._db as db:
            return db.execute("DELETE FROM dead WHERE received_at < ?", (before,)).rowcount

    def erase(self, numbers: Iterable[int]) -> int:
        """Delete deliveries by id, decoded or not, so that no byte of them stays in the files.

        Returns how many went. What the store does not have yet is gone for good.
        """
        gone = 0
        with self._lock:
            with self._db as db:
                for number in numbers:
                    for table in ("deliveries", "dead"):
                        found = db.execute(f"DELETE FROM {table} WHERE id = ?", (number,))  # noqa: S608
                        gone += found.rowcount
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return gone

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _last(self, delivery: Delivery) -> str | None:
        row = self._db.execute(
            "SELECT sha256 FROM deliveries WHERE kind = ? AND name = ? ORDER BY id DESC LIMIT 1",
            (delivery.kind, delivery.name),
        ).fetchone()
        return row[0] if row else None


def _us(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _delivery(row: tuple[str, str, bytes, int]) -> Delivery:
    kind, name, body, received = row
    arrived = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=received)
    return Delivery(kind, name, body, arrived)
