"""Who asks: the hub knows the token, the kernel of the operating system knows the process.

The token alone is not believed: on one machine the system tells which user is at the other end of
the socket, and that must be the token's owner. A token that somebody else has copied is worthless.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from stadtlabor.catalogue.policy import ANONYMOUS, REAL_RUN, Person
from stadtlabor.dataservice.refusal import RefusedError
from stadtlabor.dataservice.scopes import PURPOSES, READ

__all__ = ["CACHE_S", "Identity", "person_of"]

CACHE_S = 30.0
"""So long a token is believed without asking the hub again."""

_MOST_TOKENS = 5_000
_EVERY = frozenset({"sl:teaching", "sl:participation", "sl:research", "sl:administration"})

AGAIN = "Bitte den Server im Stadtlabor neu starten und sich neu anmelden."


@dataclass(frozen=True)
class _Known:
    until: float
    person: Person | None


class Identity:
    """Tells who is at the other end.

    Parameters
    ----------
    hub
        Address of the hub's API, ending without a slash; empty where there is none.
    services
        System user to name of the service that runs under it.
    people
        Folder where the hub notes whose system user is whose, None where all share one.
    own
        System user of this process where nobody else has it, None where all share one.
    """

    def __init__(
        self, hub: str, services: dict[int, str], people: Path | None, own: int | None
    ) -> None:
        self._client = httpx.Client(timeout=5.0)
        self._hub, self._services, self._people, self._own = hub, services, people, own
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def __call__(self, token: str, uid: int | None) -> Person:
        """Return who asks.

        Parameters
        ----------
        token
            Token of the hub, empty for none.
        uid
            System user at the other end of a local socket, None for a connection over the net.

        Raises
        ------
        RefusedError
            In German, if the token is not known or belongs to somebody else.
        """
        if token:
            found = self._of(token)
            if found is None:
                raise RefusedError(f"Ihr Zugang ist nicht (mehr) gültig. {AGAIN}")
            if uid is not None and not self._owns(uid, found.name):
                raise RefusedError(f"Dieser Zugang gehört jemand anderem. {AGAIN}")
            return found
        if uid is None:
            return ANONYMOUS
        if self._own is not None and uid in (0, self._own):
            # Whoever is that user can read the files without asking.
            return Person("", purposes=_EVERY, service="operator")
        if uid in self._services:
            name = self._services[uid]
            # All others make pages for the public and claim nothing else.
            return REAL_RUN if name == REAL_RUN.service else Person("", service=name)
        return ANONYMOUS

    def close(self) -> None:
        """Close the connections to the hub."""
        self._client.close()

    def _owns(self, uid: int, name: str) -> bool:
        if self._people is None:
            return True  # all share one: that tells nothing
        try:
            return (self._people / str(uid)).read_text("utf-8") == name
        except OSError:
            return False

    def _of(self, token: str) -> Person | None:
        now = time.monotonic()
        with self._lock:
            known = self._known.get(token)
        if known is not None and now < known.until:
            return known.person
        person = self._ask(token)
        with self._lock:
            if len(self._known) >= _MOST_TOKENS:
                self._known.clear()
            self._known[token] = _Known(now + CACHE_S, person)
        return person

    def _ask(self, token: str) -> Person | None:
        if not self._hub or not token.isascii() or not token.isprintable():
            return None
        headers = {"Authorization": f"token {token}"}
        try:
            answer = self._client.get(f"{self._hub}/user", headers=headers)
        except httpx.HTTPError as error:
            raise RefusedError(
                "Das Stadtlabor kann Ihren Zugang gerade nicht prüfen. Bitte gleich noch einmal."
            ) from error
        if answer.status_code != httpx.codes.OK:
            return None
        return person_of(answer.json())


def person_of(model: dict[str, Any]) -> Person:
    """Return the person that the hub describes: name, groups and scopes of a token's owner.

    ``custom:data:purpose:…`` names a purpose that may be claimed, ``custom:data:read`` reaches all
    data sets and ``custom:data:read:…`` one.
    """
    scopes = {str(scope).split("!", 1)[0] for scope in model.get("scopes", [])}
    purposes = {f"sl:{s.removeprefix(PURPOSES)}" for s in scopes if s.startswith(PURPOSES)}
    single = {s.removeprefix(f"{READ}:") for s in scopes if s.startswith(f"{READ}:")}
    reached = None if READ in scopes else frozenset(single)
    return Person(
        str(model["name"]),
        frozenset(str(group) for group in model.get("groups", [])),
        frozenset(purposes),
        datasets=reached,
    )
