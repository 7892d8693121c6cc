"""What a channel is given, and what a channel is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from stadtlabor.rain.warning.cap import to_cap
from stadtlabor.rain.warning.journal import Event
from stadtlabor.rain.warning.message import Message
from stadtlabor.rain.warning.words import plain_text, wording

__all__ = ["Channel", "ChannelError", "Parcel", "message_event", "operator_event", "parcel"]


class ChannelError(Exception):
    """A channel did not take a parcel; the message says in German why."""


@dataclass(frozen=True)
class Parcel:
    """One message, ready to be sent.

    Attributes
    ----------
    key
        Names it for good: a receiver that sees a key again has the message already.
    audience
        ``public`` or ``operator``.
    subject, text
        For people.
    cap
        CAP 1.2 XML, or empty where the message is for the operator.
    """

    key: str
    audience: str
    subject: str
    text: str
    cap: str


class Channel(Protocol):
    """A way out. A plug-in is any class with these two methods and options as keywords."""

    def send(self, parcel: Parcel) -> None:
        """Hand a parcel over; it has arrived when this returns.

        Raises
        ------
        ChannelError
            If it did not arrive, or nobody knows.
        """

    def has(self, key: str) -> bool | None:
        """Tell whether a parcel arrived earlier; None where the way cannot tell."""


def message_event(
    message: Message,
    before: Mapping[str, Any] | None = None,
    origin: Mapping[str, Any] | None = None,
) -> Event:
    """Return the journal's entry of a message, with everything that will be sent.

    Parameters
    ----------
    message
        What was decided.
    before, origin
        Where the catchment stood before, and from which run the decision came: with both the
        message can be derived again.
    """
    body = {
        "before": dict(before or {}),
        "origin": dict(origin or {}),
        "audience": "public",
        "subject": wording(message).headline,
        "text": plain_text(message),
        "cap": to_cap(message),
        "message": message.to_dict(),
    }
    return Event("message", message.identifier, body, message.sent)


def operator_event(key: str, subject: str, text: str, at: Any) -> Event:
    """Return the journal's entry of a message to the operator."""
    body = {"audience": "operator", "subject": subject, "text": text, "cap": ""}
    return Event("operator", key, body, at)


def parcel(event: Event) -> Parcel:
    """Return what is sent of an entry: word for word what the journal holds."""
    told: Mapping[str, Any] = event.body
    return Parcel(event.key, *(str(told[n]) for n in ("audience", "subject", "text", "cap")))
