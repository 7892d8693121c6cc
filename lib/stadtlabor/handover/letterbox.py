"""Folders into which one system user puts a file and from which another takes it."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

__all__ = ["LARGEST", "drop", "dropped", "new_id", "read_dropped"]

LARGEST = 5_000_000
"""Bytes of a notebook that is handed in."""


def new_id() -> str:
    """Return an id that nobody guesses: who knows it may read how the notebook stands."""
    return secrets.token_hex(16)


def drop(folder: Path, name: str, content: bytes) -> None:
    """Put a file into a folder where others may not look; it appears there whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}"
    draft.write_bytes(content)
    draft.chmod(0o644)
    draft.rename(folder / name)


def dropped(folder: Path) -> list[Path]:
    """Return what lies in a folder, oldest first; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            found = [Path(e.path) for e in entries if not e.name.startswith(".")]
        return sorted(found, key=lambda path: (path.lstat().st_mtime_ns, path.name))
    except OSError:
        return []


def read_dropped(path: Path) -> tuple[bytes, int]:
    """Return content and owner of a file that a stranger has put there.

    Raises
    ------
    OSError
        If it is no plain file, has a second name elsewhere or is too large.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        state = os.fstat(file.fileno())
        if not stat.S_ISREG(state.st_mode) or state.st_nlink > 1 or state.st_size > 2 * LARGEST:
            raise OSError(f"{path.name}: kein Notebook")
        return file.read(), state.st_uid
