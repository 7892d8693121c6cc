"""How every request for a real run stands, read from the history alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from stadtlabor.realrun.history import Row, events

__all__ = ["KINDS", "STATES", "Request", "State", "replayed", "requests"]

State = Literal["request", "waiting", "running", "check", "released", "returned"]
STATES: tuple[State, ...] = ("request", "waiting", "running", "check", "released", "returned")
KINDS = ("submitted", "approved", "started", "failed", "finished", "released", "returned", "lapsed")


@dataclass(frozen=True)
class Request:
    """One notebook that was handed in for a real run.

    Attributes
    ----------
    id, title, question
        Id, what people call it, what it is for.
    author
        Pseudonym of whoever handed it in.
    at
        When it was handed in, UTC.
    datasets, tables
        Names of what it reads, and of the tables that it declares.
    source_sha256
        Of the notebook.
    state
        One of :data:`STATES`.
    faults
        German sentences about what was lacking when it came.
    token
        Under which the service runs it; nobody else knows it.
    approver, role
        Pseudonym and role of whoever approved the code.
    failure, cell
        Kind of failure (a key of ``failures`` in the catalogue), number of the cell or 0.
    hash, reads
        SHA-256 of the declared tables; what was read: ``dataset``, ``version``, ``sha256``,
        ``rows``, ``single``.
    reason
        Why it was sent back.
    ended_at
        When it was released or sent back, UTC.
    events
        Its rows, oldest first.
    """

    id: str
    title: str
    question: str
    author: str
    at: datetime
    datasets: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    source_sha256: str = ""
    state: State = "request"
    faults: tuple[str, ...] = ()
    token: str = ""
    approver: str = ""
    role: str = ""
    failure: str = ""
    cell: int = 0
    hash: str = ""
    reads: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    ended_at: datetime | None = None
    events: tuple[Row, ...] = field(default=(), repr=False)


def requests() -> list[Request]:
    """Return all requests, the newest first."""
    return list(reversed(replayed(events()).values()))


def replayed(rows: Sequence[Row]) -> dict[str, Request]:
    """Return the requests by id, as they stand after these rows."""
    known: dict[str, Request] = {}
    for row in rows:
        if row.kind == "submitted":
            known[row.subject] = _submitted(row)
            continue
        one = known[row.subject]
        known[row.subject] = _after(replace(one, events=(*one.events, row)), row)
    return known


def _submitted(row: Row) -> Request:
    content = row.content
    faults = tuple(content["faults"])
    return Request(
        row.subject, content["title"], content["question"], row.who, row.at,
        datasets=tuple(content["datasets"]), tables=tuple(content["tables"]),
        source_sha256=content["source_sha256"], faults=faults,
        state="returned" if faults else "request", ended_at=row.at if faults else None,
        events=(row,),
    )  # fmt: skip


def _after(one: Request, row: Row) -> Request:
    content = row.content
    if row.kind == "approved":
        return replace(
            one, state="waiting", token=content["token"], approver=row.who, role=content["role"]
        )
    if row.kind == "started":
        return replace(one, state="running")
    if row.kind == "failed":
        return replace(
            one, state="returned", failure=content["failure"], cell=content["cell"], ended_at=row.at
        )
    if row.kind == "finished":
        return replace(one, state="check", hash=content["hash"], reads=tuple(content["reads"]))
    if row.kind == "released":
        return replace(one, state="released", ended_at=row.at)
    faults = tuple(content.get("faults", ()))
    return replace(one, state="returned", reason=content["reason"], faults=faults, ended_at=row.at)
