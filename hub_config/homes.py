"""The folders of a person: home, and the sockets between server and kernels."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from hub_config.folders import hand_over
from hub_config.people import User
from stadtlabor.settings import home

__all__ = ["announce", "make", "runtime"]


def runtime(name: str) -> Path:
    """Return the folder of the sockets between a person's server and its kernels.

    Not in the home: the path of a socket may have 107 bytes, and a kernel's name takes half.
    """
    here = hashlib.sha256(str(home()).encode()).hexdigest()[:8]
    return Path(tempfile.gettempdir()) / f"stadtlabor-{os.getuid()}-{here}" / name


def make(home_folder: Path, name: str, user: User | None) -> None:
    """Make the folders that only the person can look into.

    Parameters
    ----------
    home_folder
        Home; one that an earlier run has made under another user is handed over.
    name
        Name of the person.
    user
        System user of the person, None for the hub's own.

    Raises
    ------
    PermissionError
        If a folder is there and belongs to someone else.
    """
    home_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = runtime(name)
    # Passable where people are other users than the hub, never listable.
    _own(place.parent, 0o711 if user else 0o700)
    if user is None:
        _own(place, 0o700)
        return
    # Only root can exchange what lies in these two parents: neither is ever a link.
    hand_over(home_folder, user.uid, user.gid)
    home_folder.chmod(0o700)
    place.mkdir(mode=0o700, exist_ok=True)
    os.chown(place, user.uid, user.gid)
    place.chmod(0o700)


def announce(name: str, user: User, reader: User) -> None:
    """Note whose system user this is, for the data service alone.

    Parameters
    ----------
    name
        Name of the person.
    user
        Their system user.
    reader
        System user of the data service.
    """
    draft = home() / "run" / "people" / f".{user.uid}"
    draft.unlink(missing_ok=True)
    draft.write_text(name, encoding="utf-8")
    os.chown(draft, reader.uid, reader.gid)
    draft.chmod(0o400)
    draft.replace(draft.with_name(str(user.uid)))


def _own(folder: Path, mode: int) -> None:
    """Make a folder of our own, or make sure that it is one."""
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    if folder.lstat().st_uid != os.getuid() or folder.is_symlink():
        raise PermissionError(f"{folder} is not ours alone")
    folder.chmod(mode)
