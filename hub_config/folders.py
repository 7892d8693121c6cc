"""Who owns which folder of a run where the hub is root, and hands the others' theirs.

What the city keeps is readable by everyone, for notebooks read it; only its service writes it.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

from hub_config.people import service
from stadtlabor.relocation import relocate
from stadtlabor.separation import separation
from stadtlabor.settings import home

__all__ = ["FOLDERS", "Folder", "hand_over", "prepare"]


class Folder(NamedTuple):
    """One line of the table: below ``home()``, service whose user owns it ("" for root), mode."""

    path: str
    owner: str
    mode: int
    why: str


FOLDERS = (
    Folder("hub", "", 0o700, "logins, cookie secret, people's numbers"),
    Folder("logs", "", 0o700, "names of people, addresses"),
    Folder("homes", "", 0o711, "each home is its person's alone; nobody needs the list"),
    Folder("run", "", 0o711, "sockets, in folders of their own"),
    Folder("run/forks", "", 0o711, "each socket says which level of trust may open it"),
    Folder("run/drawing", "drawing", 0o711, "everybody may have charts drawn"),
    Folder("run/data", "data", 0o711, "everybody may ask the data service"),
    Folder("run/people", "", 0o711, "whose system user is whose, for the data service alone"),
    Folder("data", "data", 0o700, "decision log and key of the data service"),
    Folder("store", "ingest", 0o755, "open data: everybody reads, the ingest writes"),
    Folder("runs", "pipelines", 0o755, "results of pipelines, shown in notebooks"),
    Folder("warning", "warn", 0o755, "journal of the rain warning, shown on a page"),
    Folder("status", "ingest", 0o755, "how the services are, shown on a page"),
    Folder("pages", "render", 0o755, "ready-made pages"),
    Folder("spool", "ingest", 0o700, "deliveries as they came, before anything is left out"),
    Folder("sources", "ingest", 0o755, "how far providers have been asked, shown on pages"),
    Folder("inbox", "ingest", 0o700, "uploads"),
    Folder("inbox-done", "ingest", 0o700, "uploads"),
    Folder("simulation", "simulation", 0o700, "how far the simulated schools have delivered"),
    Folder("tiles", "web", 0o755, "background of the maps, fetched once"),
    Folder("classes", "web", 0o700, "surveys of schools: no names, but nobody else's business"),
    Folder("vacancy", "web", 0o700, "register of shops; its owners' data lie in it, encrypted"),
    Folder("publishing", "web", 0o755, "public versions of notebooks, and their history"),
    Folder("publishing/inbox", "web", 0o1733, "everybody hands notebooks in, nobody sees others'"),
    Folder("publishing/answers", "web", 0o711, "who knows the id sees how a notebook stands"),
    Folder("publishing/queue", "render", 0o1733, "notebooks on their way to the check"),
    Folder("publishing/checks", "render", 0o711, "findings; who knows the id finds them"),
    Folder("realrun", "realrun", 0o711, "home of real runs; nobody lists it"),
    Folder("realrun/inbox", "web", 0o1733, "everybody hands in, nobody sees others' notebooks"),
    Folder("realrun/desk", "web", 0o700, "history, code and results that nobody has released"),
    Folder("realrun/answers", "web", 0o711, "who knows the id sees state and released tables"),
    Folder("realrun/queue", "realrun", 0o1733, "approved notebooks; only those of web are run"),
    Folder("realrun/outcomes", "web", 0o1733, "tables on their way back; only realrun's are taken"),
    Folder("realrun/work", "realrun", 0o700, "where a notebook runs; emptied after each run"),
    Folder("services", "web", 0o700, "home of the services"),
    Folder("render", "render", 0o700, "home of the notebooks that make pages"),
    Folder("apps", "apps", 0o700, "home of visitors' kernels"),
)
"""All folders below ``home()``, outer ones first."""

OUTER = ("homes", "run", "run/people")
"""Folders whose content belongs to others than they do."""


def prepare() -> None:
    """Give every folder its owner and mode; nothing happens where all run as one user."""
    if not separation().own:
        return
    home().mkdir(parents=True, exist_ok=True)
    os.chown(home(), 0, 0)
    # Nothing in it can be listed or exchanged, but what is open can be reached.
    home().chmod(0o711)
    relocate(home())
    password = home() / "development-password"
    if password.exists():
        os.chown(password, 0, 0)
    for folder in FOLDERS:
        path = home() / folder.path
        path.mkdir(exist_ok=True)
        user = service(folder.owner) if folder.owner else None
        uid = user.uid if user else 0
        if folder.path in OUTER:
            os.chown(path, uid, uid)
        else:
            hand_over(path, uid, uid, readable=bool(folder.mode & 0o004))
        path.chmod(folder.mode)


def hand_over(path: Path, uid: int, gid: int, *, readable: bool = False) -> None:
    """Give a folder and all in it to a user, as left behind by an earlier run under another one.

    Only looks at the folder itself to know whether there is anything to do. No symbolic link is
    followed, and a file that has a second name elsewhere stays whose it is.

    Parameters
    ----------
    path
        The folder.
    uid, gid
        Whose it shall be.
    readable
        True to let everyone read it.
    """
    if path.lstat().st_uid == uid:
        return
    # From the inside out: whatever interrupts this, the next start goes on with it.
    for _, folders, files, place in os.fwalk(path, topdown=False, follow_symlinks=False):
        for name in (*files, *folders):
            state = os.stat(name, dir_fd=place, follow_symlinks=False)
            if stat.S_ISREG(state.st_mode) and state.st_nlink > 1:
                continue
            os.chown(name, uid, gid, dir_fd=place, follow_symlinks=False)
            if readable and not stat.S_ISLNK(state.st_mode):
                more = 0o055 if stat.S_ISDIR(state.st_mode) else 0o044
                os.chmod(name, stat.S_IMODE(state.st_mode) | more, dir_fd=place)
    os.chown(path, uid, gid, follow_symlinks=False)
