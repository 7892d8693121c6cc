"""What arrives from a provider, before anyone has looked inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    """One address to fetch, with the headers the provider wants.

    Attributes
    ----------
    kind, url, headers
        Decoder, address, and what the provider wants to be told.
    mark
        Key and value that are remembered once the answer is kept, so that a restart goes on where
        the last run ended; None where nothing has to be remembered.
    keep
        Name under which the last good answer is kept as a file; empty where the store is enough.
    checked
        True where the answer is read before it counts, so that a provider who changes its form is
        noticed at once, and where a restart shall not transfer it again
        (:func:`stadtlabor.sources.asking.accept`). ``mark`` and ``keep`` need it.
    """

    kind: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    mark: tuple[str, str] | None = None
    keep: str = ""
    checked: bool = False


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
        directory, so it can raise ``SourceError`` and the errors of :mod:`httpx`. Where the way
        through a provider's pages shows only while it is walked, it yields deliveries instead;
        each is on the disk before it is asked for the next.
    """

    name: str
    every_s: float
    locate: Callable[[datetime], Iterable[Request | Delivery]]
