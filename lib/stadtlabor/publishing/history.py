"""The append-only history: what happened to which notebook, when, through whom.

Each row carries the hash of the row before it, so that a changed or missing row is noticed
(:func:`verify`). Nobody is named: authors and staff stand there by pseudonyms.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from stadtlabor.publishing import places
from stadtlabor.store.registers import create, registers

__all__ = ["Event", "append", "events", "verify"]

_METADATA = MetaData()
_EVENTS = Table(
    "publishing_event",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("submission", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("content", String, nullable=False),
    Column("who", String, nullable=False),
    # Two writers cannot both follow the same row.
    Column("previous", String, nullable=False, unique=True),
    Column("hash", String, nullable=False),
)
Build = Callable[[list["Event"]], dict[str, Any] | None]


class Event(NamedTuple):
    """One row: when (UTC), of which submission, what, by whom."""

    at: datetime
    submission: str
    kind: str
    content: dict[str, Any]
    who: str
    hash: str


def events() -> list[Event]:
    """Return all rows, oldest first; none where nothing was ever handed in."""
    if not places.root().exists():
        return []
    with _engine().connect() as connection:
        return [_event(row) for row in connection.execute(select(_EVENTS).order_by(_EVENTS.c.id))]


@retry(
    retry=retry_if_exception_type((IntegrityError, OperationalError)),
    stop=stop_after_attempt(20),
    wait=wait_random(0, 0.1),
    reraise=True,
)
def append(submission: str, kind: str, who: str, build: Build) -> Event | None:
    """Append one row.

    Parameters
    ----------
    submission, kind, who
        See :class:`Event`.
    build
        Gets all rows so far and returns the content, or None for no row; raises where the step is
        not allowed. It is asked again where somebody else was faster.
    """
    with _engine().begin() as connection:
        rows = [_event(r) for r in connection.execute(select(_EVENTS).order_by(_EVENTS.c.id))]
        content = build(rows)
        if content is None:
            return None
        before = rows[-1].hash if rows else ""
        now = datetime.now(UTC)
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        parts = [before, now.isoformat(), submission, kind, text, who]
        columns = ("previous", "at", "submission", "kind", "content", "who")
        row = dict(zip(columns, parts, strict=True))
        connection.execute(insert(_EVENTS).values(**row, hash=_hash(parts)))
    return Event(now, submission, kind, content, who, _hash(parts))


def verify() -> bool:
    """Tell whether no row was changed or taken out since it was written."""
    if not places.root().exists():
        return True
    before = ""
    with _engine().connect() as connection:
        for row in connection.execute(select(_EVENTS).order_by(_EVENTS.c.id)):
            parts = [row.previous, row.at, row.submission, row.kind, row.content, row.who]
            if row.previous != before or row.hash != _hash(parts):
                return False
            before = row.hash
    return True


def _event(row: Any) -> Event:
    at = datetime.fromisoformat(row.at)
    return Event(at, row.submission, row.kind, json.loads(row.content), row.who, row.hash)


def _hash(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _engine() -> Engine:
    engine = registers(places.root())
    create(engine, _METADATA)
    return engine
