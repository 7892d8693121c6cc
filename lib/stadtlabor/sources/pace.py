"""Never hurry a provider: few questions at a time per host, mostly one, with a pause after each.

The providers' wishes stand in ``pace.toml``. Libraries for rate limits count questions per minute;
what a public service asks for is a queue of one and a rest when it says that it is busy, which is
less code than their configuration.
"""

from __future__ import annotations

import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["Pace", "RestingError", "Wish", "pace"]

HERE_AT_ONCE = 16
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class RestingError(RuntimeError):
    """A provider wants to be left alone; the message says in German for how long."""


@dataclass(frozen=True)
class Wish:
    """What a host asks for: seconds from one question to the next, and how many at once."""

    pause_s: float
    at_once: int = 1


class _Host:
    """A provider's turnstile."""

    def __init__(self, wish: Wish) -> None:
        self.pause_s = wish.pause_s
        self.places = threading.BoundedSemaphore(wish.at_once)
        self.queue = threading.Lock()
        self.due = 0.0
        self.rest_until = 0.0

    def refuse(self, host: str) -> None:
        """Raise while the host wants to be left alone."""
        left = self.rest_until - time.monotonic()
        if left > 0:
            raise RestingError(
                f"{host} ist überlastet und bittet noch {round(left) or 1} Sekunden um Ruhe. "
                "Der nächste Versuch folgt von selbst."
            )


class Pace:
    """Turnstiles of all hosts that this process asks; safe for threads.

    Parameters
    ----------
    wishes
        Per host.
    usual
        For all other hosts.
    """

    def __init__(self, wishes: dict[str, Wish], usual: Wish) -> None:
        self._wishes, self._usual = wishes, usual
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str) -> Iterator[None]:
        """Wait for this host's turn and hold it while the question is answered.

        Raises
        ------
        RestingError
            In German, at once, while the host wants to be left alone.
        """
        stand = self._stand(host)
        stand.refuse(host)
        with stand.places:
            with stand.queue:
                wait = stand.due - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                stand.due = time.monotonic() + stand.pause_s
            stand.refuse(host)  # who was before us may have been told to go away
            try:
                yield
            finally:
                with stand.queue:
                    stand.due = time.monotonic() + stand.pause_s

    def rest(self, host: str, seconds: float) -> None:
        """Leave a host alone for a while, at most an hour."""
        stand = self._stand(host)
        stand.rest_until = time.monotonic() + min(seconds, 3600.0)

    def _stand(self, host: str) -> _Host:
        with self._guard:
            if host not in self._hosts:
                here = host.rsplit(":", 1)[0] in LOOPBACK
                usual = Wish(0.0, HERE_AT_ONCE) if here else self._usual
                self._hosts[host] = _Host(self._wishes.get(host, usual))
            return self._hosts[host]


@cache
def pace() -> Pace:
    """Return the turnstiles of this process (``pace.toml``)."""
    text = files("stadtlabor.sources").joinpath("pace.toml").read_text("utf-8")
    told = tomllib.loads(text)
    wishes = {row["host"]: Wish(row["pause_s"], row.get("at_once", 1)) for row in told["host"]}
    return Pace(wishes, Wish(told["usual_s"]))
