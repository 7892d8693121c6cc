"""Ask providers regularly and spool what is new; a provider that fails never stops the others."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stadtlabor.sources.delivery import Poll
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
    """One thread per provider."""

    def __init__(self, spool: Spool, polls: Sequence[Poll]) -> None:
        self.states = {poll.name: State() for poll in polls}
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
        with Fetcher() as fetcher:
            return sum(self._ask(poll, fetcher) for poll in self._polls)

    def _keep_asking(self, poll: Poll) -> None:
        pause = _FIRST_PAUSE_S
        with Fetcher() as fetcher:
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
                try:
                    delivery = fetcher.fetch(request)
                except SourceError as error:
                    errors.append(str(error))
                    continue
                if delivery is not None:
                    new += len(self._spool.put([delivery], changed_only=True))
        except Exception as error:  # whatever a provider's directory does, the ingest goes on
            log.debug("%s", poll.name, exc_info=True)
            errors.append(f"Das Verzeichnis des Anbieters ist nicht lesbar ({error}).")
        state.error = errors[0] if errors else ""
        if errors:
            log.warning("%s: %s", poll.name, "; ".join(errors))
        else:
            state.answered_at = datetime.now(UTC)
        return new
