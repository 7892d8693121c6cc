"""Messages to an address, by HTTP POST."""

from __future__ import annotations

import os

import httpx

from stadtlabor.rain.warning.parcel import ChannelError, Parcel

__all__ = ["Webhook"]

TIMEOUT_S = 10.0


class Webhook:
    """Posts CAP XML or text with the header ``Idempotency-Key``.

    Parameters
    ----------
    url
        Where to. Any answer below 300 is a receipt.
    receipts
        Address below which ``GET <receipts>/<key>`` answers 200 where a message has arrived and 404
        where not. With it nothing is sent twice; without it the receiver must look at the key.
    token_env
        Name of the environment variable that holds a bearer token.
    """

    def __init__(self, url: str, receipts: str | None = None, token_env: str | None = None) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError("url muss mit http:// oder https:// beginnen")
        self._url, self._receipts = url, receipts
        token = os.environ.get(token_env, "") if token_env else ""
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def send(self, parcel: Parcel) -> None:
        """Post one message."""
        kind = "application/cap+xml" if parcel.cap else "text/plain; charset=utf-8"
        headers = {
            "Content-Type": kind, "Idempotency-Key": parcel.key,
            "Stadtlabor-Audience": parcel.audience, **self._headers,
        }  # fmt: skip
        body = parcel.cap or f"{parcel.subject}\n\n{parcel.text}\n"
        try:
            answer = httpx.post(
                self._url, content=body.encode(), headers=headers, timeout=TIMEOUT_S
            )
        except httpx.HTTPError as error:
            raise ChannelError(f"{self._url} antwortet nicht ({error}).") from error
        if answer.status_code >= 300:
            raise ChannelError(f"{self._url} nimmt nicht an (Antwort {answer.status_code}).")

    def has(self, key: str) -> bool | None:
        """Ask the receiver, where it can be asked."""
        if self._receipts is None:
            return None
        address = f"{self._receipts.rstrip('/')}/{key}"
        try:
            answer = httpx.get(address, headers=self._headers, timeout=TIMEOUT_S)
        except httpx.HTTPError as error:
            raise ChannelError(f"{address} antwortet nicht ({error}).") from error
        if answer.status_code not in (200, 404):
            raise ChannelError(f"{address} sagt nicht, ob die Nachricht da ist.")
        return answer.status_code == 200
