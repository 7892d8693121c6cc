"""What happened to a unit, when, by whom and why: the history that only grows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stadtlabor.innenstadt.vacancy.errors import MoveError
from stadtlabor.innenstadt.vacancy.rules import Role
from stadtlabor.innenstadt.vacancy.words import said

__all__ = ["Actor", "Event", "moment"]


@dataclass(frozen=True)
class Actor:
    """Who acts.

    Attributes
    ----------
    role
        ``citizen``, ``editor``, ``agent`` (of the owner) or ``publisher``.
    person
        Pseudonym that tells persons apart, never a name: the account's id, or a random token. It
        stays inside; the public sees the role at most.
    """

    role: Role
    person: str


@dataclass(frozen=True)
class Event:
    """One entry of a unit's history.

    Attributes
    ----------
    unit
        Identifier.
    version
        Place in the history of the unit, from 1.
    at
        UTC.
    actor
        Who.
    what
        Name of the move (``rules.toml``).
    reason
        German, for colleagues; no names.
    data
        What belongs to the move (facts, kind, …), as JSON.
    operation
        Import or merge that this belongs to; "" for single steps.
    """

    unit: str
    version: int
    at: datetime
    actor: Actor
    what: str
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    operation: str = ""


def moment(at: datetime | None) -> datetime:
    """Return a time in UTC; now where none is given.

    Raises
    ------
    MoveError
        If it has no zone.
    """
    if at is None:
        return datetime.now(UTC)
    if at.tzinfo is None:
        raise MoveError(said("faults", "naive"))
    return at.astimezone(UTC)
