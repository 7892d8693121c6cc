"""Ask providers regularly and spool what is new; a provider that fails never stops the others."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from stadtlabor.sources.asking import accept
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Poll
from stadtlabor.sources.http import Fetcher, SourceError
from stadtlabor.store import Spool

__all__ = ["Poller", "State"]

log = logging.getLogger(__name__)

_FIRST_PAUSE_S = 5.0


@dataclass
class State:
    """How the last question to a provider went."""

    answered_at: datetime | None = None
    error: str = ""


class Poller:
    """One thread per provider.

    Parameters
    ----------
    spool
        Where answers go.
    polls
        What to ask for.
    memory
        Where it is noted what is safe; None: nothing outlives this object.
    """

    def __init__(self, spool: Spool, polls: Sequence[Poll], memory: Memory | None = None) -> None:
        self.states = {poll.name: State() for poll in polls}
        self._memory = memory or Memory(None)
        self._spool, self._polls = spool, list(polls)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._keep_asking, args=(poll,), name=poll.name, daemon=True)
            for poll in self._polls
        ]

    def start(self) -> None:
        """Ask from now on; returns at once."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Ask no more; an answer under way is waited for briefly."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)

    def once(self) -> int:
        """Ask every provider once; return how many answers were new."""
        with Fetcher(memory=self._memory) as fetcher:
            return sum(self._ask(poll, fetcher) for poll in self._polls)

    def _keep_asking(self, poll: Poll) -> None:
        pause = _FIRST_PAUSE_S
        with Fetcher(memory=self._memory) as fetcher:
            while not self._stop.is_set():
                self._ask(poll, fetcher)
                failed = bool(self.states[poll.name].error)
                # Ask again soon at first, then ever more rarely, but never rarer than usual.
                pause = min(pause * 2, poll.every_s) if failed else _FIRST_PAUSE_S
                self._stop.wait(pause if failed else poll.every_s)

    def _ask(self, poll: Poll, fetcher: Fetcher) -> int:
        state, new, errors = self.states[poll.name], 0, []
        try:
            for request in poll.locate(datetime.now(UTC)):
                if isinstance(request, Delivery):
                    new += len(self._spool.put([request], changed_only=True))
                    continue
                try:
                    delivery = fetcher.fetch(request)
                    if delivery is not None:
                        new += len(self._spool.put([delivery], changed_only=True))
                    accept(fetcher, self._memory, request, delivery)
                except SourceError as error:
                    errors.append(str(error))
        except SourceError as error:
            errors.append(str(error))
        except Exception as error:  # whatever a provider's directory does, the ingest goes on
            log.debug("%s", poll.name, exc_info=True)
            errors.append(f"Das Verzeichnis des Anbieters ist nicht lesbar ({error}).")
        state.error = errors[0] if errors else ""
        with suppress(OSError, sqlite3.Error):  # a full disk must not end this thread
            self._memory.tell(poll.name, datetime.now(UTC), state.error)
        if errors:
            log.warning("%s: %s", poll.name, "; ".join(errors))
        else:
            state.answered_at = datetime.now(UTC)
        return new
