"""Where things lie while they are on their way to the public, and for how long.

Where the hub is root, three system users meet here, and none can speak for another: people drop
notebooks into ``inbox``, the pages (``web``) keep the history and the versions, and ``render``,
which runs strangers' notebooks, leaves its findings in ``checks``.
"""

from __future__ import annotations

from pathlib import Path

from stadtlabor.settings import home

__all__ = ["answers", "checks", "inbox", "lineage", "queue", "root", "versions"]


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
