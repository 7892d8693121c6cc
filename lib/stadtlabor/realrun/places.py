"""Where things lie on the way of a real run, for whom, and how long.

Where the hub is root, three system users meet here. People drop notebooks into ``inbox``; the pages
(``web``) keep history, code and unreleased tables in ``desk``, which is closed to all others;
``realrun`` takes approved notebooks from ``queue``, runs each in ``work``, which is closed as well,
and drops what was declared into ``outcomes``. Authors read ``answers``.
"""

from __future__ import annotations

import os
from pathlib import Path

from stadtlabor.settings import home

__all__ = [
    "CODE_DAYS",
    "DECLARED",
    "HELD_DAYS",
    "KEPT_DAYS",
    "MOST_OUTCOME",
    "READS",
    "answers",
    "desk",
    "held",
    "inbox",
    "lineage",
    "outcomes",
    "pages_user",
    "queue",
    "requests",
    "root",
    "work",
    "worker_user",
]

HELD_DAYS = 30.0
"""Tables that nobody has decided on are deleted after so many days."""

KEPT_DAYS = 365.0
"""Released tables lie ready for their author for so many days."""

CODE_DAYS = 365.0
"""Code, and answers to what was sent back, are kept for so many days after the last step."""

MOST_OUTCOME = 4_000_000
"""Bytes of all declared tables of a run."""

READS = "reads.jsonl"
"""File of a run that tells what it has read."""

DECLARED = "declared"
"""Folder of a run with its declared tables."""


def root() -> Path:
    """Return the folder of it all."""
    return home() / "realrun"


def inbox() -> Path:
    """Return where people drop notebooks; nobody but the pages can list it."""
    return root() / "inbox"


def desk() -> Path:
    """Return the closed folder of the pages; the history lies in it."""
    return root() / "desk"


def requests() -> Path:
    """Return where the code lies that was handed in."""
    return desk() / "requests"


def held() -> Path:
    """Return where tables lie that nobody has released."""
    return desk() / "held"


def lineage() -> Path:
    """Return where events of lineage lie."""
    return desk() / "lineage"


def answers() -> Path:
    """Return where authors read how their request stands."""
    return root() / "answers"


def queue() -> Path:
    """Return where approved notebooks wait."""
    return root() / "queue"


def outcomes() -> Path:
    """Return where the service leaves declared tables for the pages."""
    return root() / "outcomes"


def work() -> Path:
    """Return where notebooks run; closed to all but the service."""
    return root() / "work"


def pages_user() -> int:
    """Return the system user whose orders count: whoever owns the letterbox."""
    return _owner(inbox())


def worker_user() -> int:
    """Return the system user whose tables count: whoever owns the queue."""
    return _owner(queue())


def _owner(folder: Path) -> int:
    # Made by the hub where users are separate; where all share one, whoever comes first makes it.
    try:
        return folder.stat().st_uid
    except FileNotFoundError:
        return os.getuid()
