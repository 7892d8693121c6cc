"""Make files durable: a write counts only once the disk has said so.

The Delta library never calls ``fsync`` and neither does Zarr, so a power cut may drop what both
have reported as written. Whoever writes below the store goes through this module. In an object
store there is nothing to flush: an object is whole and safe, or not there.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING

from stadtlabor.store.errors import StoreLockedError

if TYPE_CHECKING:
    from stadtlabor.store.bucket import Bucket

__all__ = ["claim", "make_folder", "release", "sync", "write_durably"]

_held: dict[Path, tuple[int, IO[bytes]]] = {}
_guard = threading.Lock()


def sync(paths: Iterable[Path | Bucket]) -> None:
    """Flush files, then the folders they stand in, to the disk."""
    folders: dict[Path, None] = {}
    for path in paths:
        if isinstance(path, Path):
            _flush(path)
            folders[path.parent] = None
    for folder in folders:
        _flush(folder)


def make_folder(folder: Path | Bucket) -> None:
    """Create a folder with its parents so that a power cut cannot take it away again."""
    if not isinstance(folder, Path):
        return
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        _flush(each.parent)


def write_durably(path: Path | Bucket, content: bytes) -> None:
    """Replace a file in one step: a reader sees the old content or the new, never a mixture."""
    if not isinstance(path, Path):
        path.write_bytes(content)
        return
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    _flush(draft)
    draft.replace(path)
    _flush(path.parent)


def claim(folder: Path) -> None:
    """Make this process the only writer below ``folder`` until it ends or releases the claim.

    Raises
    ------
    StoreLockedError
        If another process is the writer.
    """
    folder = folder.resolve()
    with _guard:
        held = _held.get(folder)
        if held and held[0] == os.getpid():
            return
        make_folder(folder)
        file = (folder / "writer.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise StoreLockedError(
                f"In den Datenspeicher {folder} schreibt schon ein anderer Prozess. "
                "Bitte den laufenden Empfang beenden oder ihn allein arbeiten lassen."
            ) from error
        _held[folder] = (os.getpid(), file)


def release(folder: Path) -> None:
    """Give the claim back; nothing happens where this process holds none."""
    with _guard:
        held = _held.pop(folder.resolve(), None)
        if held:
            held[1].close()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
