"""Words in SQLite files, whatever their tables are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from re import Pattern
from urllib.parse import quote

__all__ = ["databases", "found", "rewrite"]

MAGIC = b"SQLite format 3\x00"


def databases(home: Path) -> Iterator[Path]:
    """Yield all SQLite files below a folder, no links."""
    for path in sorted(home.rglob("*")):
        if path.suffix in (".db", ".sqlite") and path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(len(MAGIC)) == MAGIC:
                    yield path


def found(path: Path, sought: Pattern[bytes]) -> dict[str, int]:
    """Return in how many rows of which table a word stands."""
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=10)) as db:
        db.text_factory = bytes
        counted = {}
        names = [row[0].decode() for row in db.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )]  # fmt: skip
        for table in names:
            rows = db.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the file's own
            hits = sum(any(isinstance(v, bytes) and sought.search(v) for v in row) for row in rows)
            if hits:
                counted[table] = hits
        return counted


def rewrite(path: Path) -> None:
    """Write a file anew, so that what deleted rows held is in none of its pages."""
    with closing(sqlite3.connect(path, timeout=20, isolation_level=None)) as db:
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
