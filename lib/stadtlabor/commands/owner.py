"""Commands of an operator who is root write as the service does whose files they are."""

from __future__ import annotations

import os
from pathlib import Path

from stadtlabor.settings import home

__all__ = ["act_as_owner", "leave_to_owner"]


def act_as_owner(folder: Path) -> None:
    """Become the system user of a folder, so that its service can go on with what we leave there.

    Nothing happens to anyone but root, or where the folder is root's or not there yet.
    """
    if os.geteuid() != 0 or not folder.is_dir():
        return
    state = folder.stat()
    if state.st_uid == 0:
        return
    os.setgroups([])
    os.setgid(state.st_gid)
    os.setuid(state.st_uid)
    os.umask(0o022)
    # Notebooks that a command runs keep their files in the home.
    services = home() / "services"
    os.environ["HOME"] = str(services if os.access(services, os.W_OK) else folder)


def leave_to_owner(path: Path) -> None:
    """Give a file or folder that root has made to the owner of the folder that it lies in."""
    if os.geteuid() == 0:
        state = path.parent.stat()
        os.chown(path, state.st_uid, state.st_gid, follow_symlinks=False)
