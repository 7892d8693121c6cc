"""Files that people upload: ``inbox/<kind>/`` is emptied into the spool.

Whoever puts a file there writes it under another name (starting with a dot) and renames it, so
that nothing half-written is ever taken.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import Spool

__all__ = ["empty_inbox"]

log = logging.getLogger(__name__)


def empty_inbox(home: Path, spool: Spool) -> int:
    """Spool every file of the inbox, then move it to ``inbox-done/<kind>/``; return how many.

    A crash in between spools a file twice, which changes nothing in what is read.
    """
    taken = 0
    for path in sorted((home / "inbox").glob("*/*"), key=_age):
        if path.name.startswith(".") or not path.is_file():
            continue
        if not (os.access(path, os.R_OK) and os.access(path.parent, os.W_OK)):
            _complain(home, path)  # and go on with the others
            continue
        now = datetime.now(UTC)
        kind = path.parent.name
        spool.put([Delivery(kind, path.name, path.read_bytes(), now)])
        done = home / "inbox-done" / kind
        done.mkdir(parents=True, exist_ok=True)
        path.rename(done / f"{now:%Y%m%dT%H%M%S%f}-{path.name}")
        taken += 1
    return taken


@lru_cache(maxsize=256)
def _complain(home: Path, path: Path) -> None:
    log.error(
        "%s kann der Empfang nicht lesen oder nicht wegräumen. "
        "Bitte ihm den Eingangsordner geben: chown -R --reference=%s %s",
        path,
        home / "store",
        home / "inbox",
    )


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name
