"""What arrives from a provider, before anyone has looked inside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

__all__ = ["Delivery", "Poll", "Request"]


@dataclass(frozen=True)
class Delivery:
    """Raw bytes as they came, with what is needed to decode them later.

    Attributes
    ----------
    kind
        Which decoder reads it (a key of :data:`stadtlabor.sources.decode.DECODERS`).
    name
        Where it came from: URL, file name or MQTT topic.
    body
        The bytes, unchanged.
    received_at
        When it arrived, UTC.
    """

    kind: str
    name: str
    body: bytes
    received_at: datetime


@dataclass(frozen=True)
class Request:
    """One address to fetch, with the headers the provider wants."""

    kind: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Poll:
    """A provider that must be asked again and again.

    Attributes
    ----------
    name
        Plain name for the log.
    every_s
        Seconds between two questions.
    locate
        Returns what to fetch, given the time of the question (UTC). May ask the provider for its
        directory, so it can raise the errors of :mod:`httpx`.
    """

    name: str
    every_s: float
    locate: Callable[[datetime], list[Request]]
