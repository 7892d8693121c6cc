"""Fetch bytes from a provider, politely, and say in German what went wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from stadtlabor.sources.delivery import Delivery, Request
from stadtlabor.sources.pace import RestingError, pace

if TYPE_CHECKING:
    from stadtlabor.sources.asking_memory import Memory

__all__ = ["Fetcher", "SourceError", "look"]

PROGRAM = "stadtlabor/0.1"
MOST_BYTES = 200 * 2**20
MOST_S = 300.0
"""Sending a byte a second keeps every single wait short, so the whole is limited too."""
REST_S = 60.0

REASONS = {
    401: "Zugang verweigert. Bitte den Zugangsschlüssel in den Einstellungen prüfen",
    403: "Zugang verweigert. Bitte den Zugangsschlüssel in den Einstellungen prüfen",
    404: "Die Adresse gibt es dort nicht. Bitte Kennung und Pfad prüfen",
    429: "Zu viele Anfragen. Der nächste Versuch folgt von selbst",
}


class SourceError(RuntimeError):
    """A provider or a file gave nothing usable; the message says in German why and what to do."""


class Fetcher:
    """Keeps one connection pool and remembers what it has already seen.

    An unchanged page (``ETag`` or ``Last-Modified``) is not transferred again.

    Parameters
    ----------
    timeout_s
        Longest wait for connection and for each part of the answer, seconds.
    memory
        Where validators of checked requests survive a restart. They are written by
        :func:`stadtlabor.sources.asking.accept` once the answer is safe, never before: a validator
        of an answer that was lost would hide it for ever. None: this object alone remembers.
    """

    def __init__(self, timeout_s: float = 30.0, memory: Memory | None = None) -> None:
        self._client = httpx.Client(
            timeout=timeout_s, headers={"User-Agent": _user_agent()}, follow_redirects=True
        )
        self._memory = memory
        self._validators: dict[str, dict[str, str]] = {}

    def fetch(self, request: Request) -> Delivery | None:
        """Fetch one address.

        Parameters
        ----------
        request
            Address, kind and headers.

        Returns
        -------
        Delivery or None
            None where the provider says that nothing has changed since the last time.

        Raises
        ------
        SourceError
            In German, for every failure of network or provider.
        """
        host = urlsplit(request.url).netloc
        headers = {**request.headers, **self._known(request)}
        with _german(host), pace().turn(host):
            return self._take(request, host, headers)

    def validators(self, url: str) -> dict[str, str]:
        """Return the headers that ask for an address only if it changes after its last answer."""
        return self._validators.get(url, {})

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _known(self, request: Request) -> dict[str, str]:
        if self._memory is None or not request.checked:
            return self._validators.get(request.url, {})
        return self._memory.validators(request.url)

    def _take(self, request: Request, host: str, headers: dict[str, str]) -> Delivery | None:
        began, parts, size = time.monotonic(), [], 0
        with self._client.stream("GET", request.url, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return None
            if answer.is_error:
                told = answer.headers.get("Retry-After")
                # One broken page of many has no Retry-After and says nothing about the others.
                if answer.status_code == httpx.codes.TOO_MANY_REQUESTS or told is not None:
                    pace().rest(host, _retry_after(told))
                reason = REASONS.get(
                    answer.status_code,
                    "Störung beim Anbieter. Der nächste Versuch folgt von selbst",
                )
                raise SourceError(f"{request.url} (Antwort {answer.status_code}): {reason}.")
            for part in answer.iter_bytes():
                size += len(part)
                parts.append(part)
                if size > MOST_BYTES:
                    raise SourceError(
                        f"{request.url}: Die Antwort ist größer als {MOST_BYTES >> 20} MB. "
                        "Bitte einen kleineren Ausschnitt wählen."
                    )
                if time.monotonic() - began > MOST_S:
                    raise SourceError(
                        f"{host} sendet zu langsam. Der nächste Versuch folgt von selbst."
                    )
            self._remember(request.url, answer.headers)
        return Delivery(request.kind, request.url, b"".join(parts), datetime.now(UTC))

    def _remember(self, url: str, headers: httpx.Headers) -> None:
        pairs = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
        self._validators[url] = {ask: headers[told] for told, ask in pairs if told in headers}


def look(url: str, headers: dict[str, str] | None = None) -> bytes:
    """Return a page that only says what there is to fetch, such as a directory or an index.

    Raises
    ------
    SourceError
        In German, for every failure of network or provider.
    """
    with Fetcher() as fetcher:
        found = fetcher.fetch(Request("", url, headers or {}))
    return b"" if found is None else found.body


@contextmanager
def _german(host: str) -> Iterator[None]:
    """Word the failures of the network."""
    try:
        yield
    except httpx.TimeoutException as error:
        raise SourceError(
            f"{host} hat nicht rechtzeitig geantwortet. Der nächste Versuch folgt von selbst."
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceError(f"{host} ist nicht erreichbar. Bitte Netzverbindung prüfen.") from error
    except RestingError as error:
        raise SourceError(str(error)) from error


def _retry_after(told: str | None) -> float:
    """Return how long a busy provider wants to be left alone, seconds (RFC 9110, 10.2.3)."""
    if told is None:
        return REST_S
    try:
        return max(0.0, float(told))
    except ValueError:
        pass  # the other form of the header is a date
    try:
        until = parsedate_to_datetime(told)
    except ValueError:
        return REST_S
    return max(0.0, until.timestamp() - time.time())


def _user_agent() -> str:
    """Name the program and whom to ask about it, as Overpass and others require."""
    from stadtlabor.city import CityError, city

    try:
        return f"{PROGRAM} ({city().city.contact})".encode("ascii", "ignore").decode()
    except CityError:
        return PROGRAM
