"""How every notebook stands: draft, in review, public, archived. Read from the history alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from stadtlabor.publishing.history import Event, events

__all__ = ["KINDS", "Submission", "public", "replayed", "submissions"]

State = Literal["draft", "review", "public", "archive"]
KINDS = ("submitted", "checked", "approved", "returned", "revoked")


@dataclass(frozen=True)
class Submission:
    """One notebook that was handed in.

    Attributes
    ----------
    id, slug, title
        Id, name in the address, what people call it.
    author, staff
        Pseudonym of whoever handed it in; whether that was somebody with a key.
    at
        When it was handed in, UTC.
    state
        ``draft`` (sent back, by the check or by a person), ``review``, ``public``, ``archive``.
    checked
        Whether the check has come back.
    faults
        German sentences of the check.
    hash
        Of the version that passed the check.
    reason
        Why it was sent back or revoked.
    decided_at, role
        When it became public, and the role of whoever approved it.
    ended_at
        When it was revoked or replaced.
    events
        Its rows, oldest first.
    """

    id: str
    slug: str
    title: str
    author: str
    staff: bool
    at: datetime
    state: State = "review"
    checked: bool = False
    faults: tuple[str, ...] = ()
    hash: str = ""
    reason: str = ""
    decided_at: datetime | None = None
    role: str = ""
    ended_at: datetime | None = None
    events: tuple[Event, ...] = field(default=(), repr=False)


def submissions() -> list[Submission]:
    """Return all notebooks that were handed in, the newest first."""
    return list(reversed(replayed(events()).values()))


def public() -> list[Submission]:
    """Return what is public now, the newest first."""
    found = [one for one in submissions() if one.state == "public"]
    return sorted(found, key=lambda one: one.decided_at or one.at, reverse=True)


def replayed(rows: Sequence[Event]) -> dict[str, Submission]:
    """Return the submissions by id, as they stand after these rows."""
    known: dict[str, Submission] = {}
    for row in rows:
        if row.kind == "submitted":
            content = row.content
            known[row.subject] = Submission(
                row.subject, content["slug"], content["title"], row.who, content["staff"],
                row.at, events=(row,),
            )  # fmt: skip
            continue
        one = known[row.subject]
        known[row.subject] = _after(replace(one, events=(*one.events, row)), row)
        if row.kind == "approved":
            for other in list(known.values()):
                if other.slug == one.slug and other.id != one.id and other.state == "public":
                    known[other.id] = replace(other, state="archive", ended_at=row.at)
    return known


def _after(one: Submission, row: Event) -> Submission:
    content = row.content
    if row.kind == "checked":
        faults = tuple(content["faults"])
        state: State = "draft" if faults else "review"
        return replace(one, checked=True, faults=faults, hash=content["hash"], state=state)
    if row.kind == "approved":
        return replace(one, state="public", decided_at=row.at, role=content["role"])
    if row.kind == "returned":
        return replace(one, state="draft", reason=content["reason"])
    return replace(one, state="archive", reason=content["reason"], ended_at=row.at)
