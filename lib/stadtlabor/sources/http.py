"""Fetch bytes from a provider, politely, and say in German what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx

from stadtlabor.sources.delivery import Delivery, Request

__all__ = ["Fetcher", "SourceError"]

USER_AGENT = "stadtlabor/0.1 (https://www.kempten.de; Stadtdaten fuer Schulen und Buerger)"

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
        Longest wait for connection and answer, seconds.
    """

    def __init__(self, timeout_s: float = 30.0) -> None:
        self._client = httpx.Client(
            timeout=timeout_s, headers={"User-Agent": USER_AGENT}, follow_redirects=True
        )
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
        headers = {**request.headers, **self._validators.get(request.url, {})}
        try:
            answer = self._client.get(request.url, headers=headers)
        except httpx.TimeoutException as error:
            raise SourceError(
                f"{host} hat nicht rechtzeitig geantwortet. Der nächste Versuch folgt von selbst."
            ) from error
        except httpx.HTTPError as error:
            raise SourceError(
                f"{host} ist nicht erreichbar. Bitte Netzverbindung prüfen."
            ) from error
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            return None
        if answer.is_error:
            reason = REASONS.get(
                answer.status_code, "Störung beim Anbieter. Der nächste Versuch folgt von selbst"
            )
            raise SourceError(f"{request.url} (Antwort {answer.status_code}): {reason}.")
        self._remember(request.url, answer.headers)
        return Delivery(request.kind, request.url, answer.content, datetime.now(UTC))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remember(self, url: str, headers: httpx.Headers) -> None:
        pairs = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
        self._validators[url] = {ask: headers[told] for told, ask in pairs if told in headers}
