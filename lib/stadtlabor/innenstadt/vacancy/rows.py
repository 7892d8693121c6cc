"""Turn standings and events into rows of the database and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from stadtlabor.innenstadt.vacancy.event import Actor, Event
from stadtlabor.innenstadt.vacancy.machine import Standing
from stadtlabor.innenstadt.vacancy.unit import Unit

__all__ = ["event_of", "read_standing", "row_of", "write_standing"]

TIMES = ("since", "checked_at", "touched_at")
SETS = ("agents", "cleared")
FACTS = ("facts", "released")
PAIRS = ("photos", "photo_by")


def write_standing(standing: Standing) -> str:
    """Return a standing as JSON, the same for the same standing."""
    body: dict[str, Any] = {n: v for n, v in asdict(standing).items() if n not in FACTS}
    for name in FACTS:
        unit: Unit | None = getattr(standing, name)
        body[name] = unit.model_dump(mode="json") if unit else None
    for name in TIMES:
        body[name] = body[name].isoformat() if body[name] else None
    for name in SETS:
        body[name] = sorted(body[name])
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def read_standing(text: str) -> Standing:
    """Return the standing that :func:`write_standing` wrote."""
    body: dict[str, Any] = json.loads(text)
    for name in FACTS:
        body[name] = Unit.model_validate(body[name]) if body[name] else None
    for name in TIMES:
        body[name] = datetime.fromisoformat(body[name]) if body[name] else None
    for name in SETS:
        body[name] = frozenset(body[name])
    for name in PAIRS:
        body[name] = tuple((str(key), value) for key, value in body[name])
    return Standing(**body)


def row_of(event: Event) -> dict[str, Any]:
    """Return an event as a row."""
    return {
        "unit": event.unit, "version": event.version, "at": event.at, "role": event.actor.role,
        "person": event.actor.person, "what": event.what, "reason": event.reason,
        "data": event.data, "operation": event.operation,
    }  # fmt: skip


def event_of(row: Row[Any]) -> Event:
    """Return the event of a row; SQLite forgets that times are UTC."""
    at: datetime = row.at
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Event(
        row.unit, row.version, at, Actor(row.role, row.person), row.what, row.reason, row.data,
        row.operation,
    )  # fmt: skip
