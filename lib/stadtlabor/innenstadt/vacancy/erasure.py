"""Erase what must not stay: words out of a history, deleted rows out of a database's files.

A history only grows, and the database forbids everything else. Where a person has the right to be
erased (Art. 17 GDPR) there is this one way, and it leaves an event behind that says so.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from stadtlabor.innenstadt.vacancy.errors import VacancyError
from stadtlabor.innenstadt.vacancy.event import Actor
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.tables import EVENTS, REMARKS, forbid_changes, permit_changes
from stadtlabor.innenstadt.vacancy.words import said
from stadtlabor.store.scrub import scrub

__all__ = ["ERASED", "redact", "scrub"]

ERASED = "[gelöscht]"
SHORTEST = 3
"""Shorter words would tear holes into others."""


def redact(
    register: Register,
    unit: str,
    words: str,
    actor: Actor,
    reason: str,
    *,
    at: datetime | None = None,
) -> int:
    """Erase words from everything that was ever told about a unit.

    Parameters
    ----------
    register
        The register.
    unit
        Identifier.
    words
        What has to go, exactly as it stands there, for example a name.
    actor
        Publisher.
    reason
        German, without the words themselves.
    at
        Default now.

    Returns
    -------
    int
        Number of entries that held the words.

    Raises
    ------
    VacancyError
        If the words are too short; RightsError, MoveError and UnknownUnitError as with every move.
    """
    sought = words.strip()
    if len(sought) < SHORTEST or sought in reason:
        raise VacancyError(said("faults", "redact"))
    changed = 0
    with register.writing() as connection:
        register.write(connection, unit, actor, "redact", reason, at=at)
        permit_changes(connection)
        wanted = select(EVENTS).where(EVENTS.c.unit == unit)
        for row in connection.execute(wanted).all():
            data, told = _without(row.data, sought), row.reason.replace(sought, ERASED)
            if (data, told) != (row.data, row.reason):
                same = EVENTS.c.seq == row.seq
                connection.execute(EVENTS.update().where(same).values(data=data, reason=told))
                changed += 1
        forbid_changes(connection)
        changed += _remarks(connection, unit, sought)
        register.refold(connection, unit)
    scrub(register.engine, "vacancy_event", "vacancy_remark", "vacancy_unit")
    return changed


def _without(value: Any, sought: str) -> Any:
    """Return facts without some words, however deep they stand."""
    if isinstance(value, str):
        return value.replace(sought, ERASED)
    if isinstance(value, list):
        return [_without(one, sought) for one in value]
    if isinstance(value, dict):
        return {key: _without(one, sought) for key, one in value.items()}
    return value


def _remarks(connection: Connection, unit: str, sought: str) -> int:
    changed = 0
    for row in connection.execute(select(REMARKS).where(REMARKS.c.unit == unit)).all():
        if sought in row.body:
            same = REMARKS.c.id == row.id
            body = row.body.replace(sought, ERASED)
            connection.execute(REMARKS.update().where(same).values(body=body))
            changed += 1
    return changed
