"""Files that earlier versions kept in another place."""

from __future__ import annotations

from pathlib import Path

__all__ = ["relocate"]


def relocate(home: Path) -> None:
    """Move what lies where it used to; nothing happens where all is in place.

    The spool lay in ``home`` itself, which only root can write to since every service has a
    system user. Its journals go first: without them the database would lack what they hold.
    """
    for name in ("spool.db-wal", "spool.db-shm", "spool.db"):
        old = home / name
        if old.exists():
            (home / "spool").mkdir(mode=0o700, exist_ok=True)
            old.rename(home / "spool" / name)
