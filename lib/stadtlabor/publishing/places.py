"""Where things lie while they are on their way to the public, and for how long.

Where the hub is root, three system users meet here, and none can speak for another: people drop
notebooks into ``inbox``, the pages (``web``) keep the history and the versions, and ``render``,
which runs strangers' notebooks, leaves its findings in ``checks``.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from stadtlabor.settings import home

__all__ = [
    "LARGEST",
    "answers",
    "checks",
    "drop",
    "dropped",
    "inbox",
    "lineage",
    "new_id",
    "queue",
    "read_dropped",
    "root",
    "versions",
]

LARGEST = 5_000_000
"""Bytes of a notebook that is handed in."""


def root() -> Path:
    """Return the folder of it all; the history lies in it."""
    return home() / "publishing"


def inbox() -> Path:
    """Return where people drop notebooks; nobody but the pages can list it."""
    return root() / "inbox"


def queue() -> Path:
    """Return where notebooks wait for their check."""
    return root() / "queue"


def checks() -> Path:
    """Return where checked notebooks and findings lie."""
    return root() / "checks"


def answers() -> Path:
    """Return where authors read how their notebook stands."""
    return root() / "answers"


def versions() -> Path:
    """Return where the versions lie that are or were public."""
    return root() / "versions"


def lineage() -> Path:
    """Return where events of lineage lie."""
    return root() / "lineage"


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
