"""Open an SQLite file that only another user may write.

SQLite wants to write even to read: beside a file in WAL mode it keeps two more, and makes them if
they are missing. A process that may not has two ways left. Where the two are there, a connection
for reading alone uses them. Where they are not, nobody has the file open, all of it lies in the
file itself, and it may be read as if nobody ever wrote. So that this stays true while it is read,
the writer of the store holds one connection open as long as it is that.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from urllib.parse import quote

__all__ = ["connect_reading", "writable"]

_TRIES = 50
_PAUSE_S = 0.02


def writable(path: Path) -> bool:
    """Tell whether this process may write an SQLite file, or make it."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def connect_reading(path: Path) -> sqlite3.Connection:
    """Return a connection that reads and never writes.

    Raises
    ------
    sqlite3.OperationalError
        If the file cannot be read.
    """
    tries = _TRIES
    while True:
        alone = not path.with_name(path.name + "-wal").exists()
        address = f"file:{quote(str(path.absolute()))}?mode=ro{'&immutable=1' * alone}"
        db = sqlite3.connect(address, uri=True, timeout=10, check_same_thread=False)
        try:
            db.execute("SELECT count(*) FROM sqlite_schema")
        except sqlite3.OperationalError:
            # The writer may have come or gone since we looked.
            db.close()
            tries -= 1
            if not tries or not path.exists():
                raise
            time.sleep(_PAUSE_S)
        else:
            return db
