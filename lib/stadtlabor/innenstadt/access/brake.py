"""Slow down whoever tries keys, without knowing who it is."""

from __future__ import annotations

import asyncio
import time
from collections import deque

from stadtlabor.innenstadt.access.words import said

__all__ = ["Brake", "BusyError"]


class BusyError(RuntimeError):
    """Too many try at once; says so in German."""


class Brake:
    """Counts wrong keys of all together and lets the next one wait.

    A key has 98 bits, so nobody finds one by trying; the brake keeps machines from trying at the
    expense of the others. Addresses of visitors are neither kept nor looked at.

    Parameters
    ----------
    step_s
        So much longer takes a try for every wrong key before, seconds.
    most_s
        Longest wait, seconds: so long a colleague with the right key waits at worst.
    window_s
        After so many seconds a wrong key is forgotten.
    crowd
        So many wait at once; more are sent away.
    """

    def __init__(
        self, step_s: float = 0.25, most_s: float = 4.0, window_s: float = 600.0, crowd: int = 20
    ) -> None:
        self._step_s, self._most_s, self._window_s = step_s, most_s, window_s
        self._crowd = crowd
        self._waiting = 0
        self._wrong: deque[float] = deque(maxlen=1 + int(most_s / step_s))

    @property
    def wait_s(self) -> float:
        """Return how long the next try waits, seconds."""
        now = time.monotonic()
        while self._wrong and now - self._wrong[0] > self._window_s:
            self._wrong.popleft()
        return min(self._most_s, self._step_s * len(self._wrong))

    def wrong(self) -> None:
        """Count a wrong key."""
        self._wrong.append(time.monotonic())

    async def turn(self) -> None:
        """Wait until a key may be tried.

        Raises
        ------
        BusyError
            In German, if too many wait already.
        """
        if self._waiting >= self._crowd:
            raise BusyError(said("busy"))
        self._waiting += 1
        try:
            await asyncio.sleep(self.wait_s)
        finally:
            self._waiting -= 1
