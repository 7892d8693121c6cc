"""Who waits for a place at an app, in which order, without cookie and without name."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

__all__ = ["Queue"]

PATIENCE_S = 20.0
"""Who has not asked for so long has gone; the page asks every few seconds."""

LONGEST = 500
"""More tickets are not kept: inventing visitors must not fill our memory."""


class Queue:
    """People who wait, each known by a random ticket in the address of their page.

    Parameters
    ----------
    clock
        Seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, float] = {}  # in the order of arrival

    def ask(self, ticket: str, free: int) -> tuple[str, int]:
        """Return a ticket and its number: 0 may come in now, 1 is next.

        Parameters
        ----------
        ticket
            As handed out before; empty, unknown and forgotten ones line up at the end.
        free
            Places that nobody has taken.
        """
        now = self._clock()
        self._seen = {t: seen for t, seen in self._seen.items() if now - seen < PATIENCE_S}
        if ticket not in self._seen:
            if len(self._seen) < free:
                return "", 0
            ticket = secrets.token_urlsafe(9)
            if len(self._seen) >= LONGEST:
                return ticket, LONGEST - free + 1
        self._seen[ticket] = now
        return ticket, max(0, list(self._seen).index(ticket) - free + 1)

    def __len__(self) -> int:
        """How many people wait, those included who went away within the last seconds."""
        return len(self._seen)

    def leave(self, ticket: str) -> None:
        """Forget a ticket whose owner has come in."""
        self._seen.pop(ticket, None)
