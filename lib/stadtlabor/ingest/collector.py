"""The only writer: receives, asks, takes uploads, and commits all of it into the store."""

from __future__ import annotations

import json
import logging
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stadtlabor.city import City
from stadtlabor.dataservice.opening import closed
from stadtlabor.ingest.committer import STRETCH, Committer
from stadtlabor.ingest.inbox import empty_inbox
from stadtlabor.ingest.poller import Poller
from stadtlabor.ingest.receiver import Receiver, address
from stadtlabor.relocation import relocate
from stadtlabor.settings import Settings
from stadtlabor.sources.asking import stand_sentence
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.decode import polls
from stadtlabor.store import GridStore, Spool, Store
from stadtlabor.store.files import claim, write_durably

__all__ = ["Collector", "status_file"]

log = logging.getLogger(__name__)

_TURN_S = 0.25
_BUSY = 250  # with this many deliveries waiting a commit comes early
_HEALTH_S = 2.0
_RETRY_S = 5.0


def status_file(home: Path) -> Path:
    """Return where the ingest tells how it is."""
    return home / "status" / "ingest.json"


class Collector:
    """Everything that runs in the ingest process.

    Parameters
    ----------
    home
        Folder of run-time files; the store lies in ``store/``, the spool in ``spool/``.
    city, settings
        Whom to ask, where the broker is, how often to commit.

    Raises
    ------
    StoreLockedError
        If another process is already the writer.
    """

    def __init__(self, home: Path, city: City, settings: Settings) -> None:
        self._home, self._settings = home, settings.ingest
        claim(home / "store")
        relocate(home)
        self._spool = Spool(home / "spool" / "spool.db")
        self._store = Store(home / "store", city.city.timezone, closed=closed)
        self._store.guard()
        self._grids = GridStore(home / "store")
        self._memory, self._timezone = Memory(home / "sources"), city.city.timezone
        if not self._store.datasets():
            self._memory.forget()  # a new store beside an old memory would never be filled
        self._committer = Committer(
            self._spool, self._store, self._grids, settings.ingest.seal_every_s, self._memory
        )
        asked = polls(city, settings, self._memory)
        self._poller = Poller(self._spool, asked, self._memory)
        self._receiver = Receiver(self._spool, address(settings.ingest))

    def once(self, ask: bool = True) -> dict[str, Any]:
        """Ask everyone once (or nobody), take the inbox, commit what waits; return the health."""
        if ask:
            self._poller.once()
        empty_inbox(self._home, self._spool)
        while self._committer.step():
            pass  # each step commits what it finds; an empty one ends
        self._committer.tidy()
        self._tell()
        self._close()
        return self.health()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a disk that refuses is tried again, nothing is lost."""
        self._receiver.start()
        self._poller.start()
        told = due = 0.0
        try:
            while not stop.is_set():
                began = time.monotonic()
                try:
                    empty_inbox(self._home, self._spool)
                    # Few commits keep files few; only a backlog is worked off at once.
                    if began >= due or self._spool.backlog >= _BUSY:
                        due = began + self._settings.commit_every_s
                        while self._committer.step() == STRETCH and not stop.is_set():
                            pass  # a full step: there is more
                    self._committer.tidy()
                    if began - told >= _HEALTH_S:
                        self._tell()
                        told = began
                except OSError:
                    log.exception("Der Speicher nimmt nichts an; neuer Versuch in %g s.", _RETRY_S)
                    stop.wait(_RETRY_S)
                stop.wait(max(0.0, began + _TURN_S - time.monotonic()))
        finally:
            self._poller.stop()
            self._receiver.stop()
            while self._committer.step():
                pass  # nothing stays behind
            self._tell()
            self._close()

    def health(self) -> dict[str, Any]:
        """Return what `stadtlabor status` shows; times in UTC, ISO 8601."""
        waiting = self._spool.pending(limit=1)
        oldest = waiting[0][1].received_at if waiting else None
        done = self._committer.progress
        return {
            "updated_at": _iso(datetime.now(UTC)),
            "connected": self._receiver.connected,
            "last_message_at": _iso(self._receiver.last_message_at),
            "watermark": self._spool.watermark,
            "lag_s": (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0,
            **self._spool.counts(),
            "rows": done.rows,
            "grids": done.grids,
            "commits": done.commits,
            "seals": done.seals,
            "commit_s": done.commit_s,
            "refused_values": done.refused,
            "problems": [str(problem) for problem in done.problems],
            "polls": {
                name: {
                    "answered_at": _iso(state.answered_at),
                    "error": state.error,
                    "stand": stand_sentence(self._memory, name, self._timezone),
                }
                for name, state in self._poller.states.items()
            },
        }

    def _close(self) -> None:
        self._committer.close()
        self._grids.close()
        self._store.close()

    def _tell(self) -> None:
        text = json.dumps(self.health(), ensure_ascii=False, indent=1)
        write_durably(status_file(self._home), text.encode())


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat(timespec="seconds") if instant else None
