"""Take a list into the register as one operation, which one call takes back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from stadtlabor.city import city
from stadtlabor.codes import KEY, draw
from stadtlabor.innenstadt.vacancy.address import address_key
from stadtlabor.innenstadt.vacancy.event import Actor, moment
from stadtlabor.innenstadt.vacancy.listing import Entry, ImportReport
from stadtlabor.innenstadt.vacancy.machine import Standing
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.rows import read_standing
from stadtlabor.innenstadt.vacancy.tables import EVENTS, UNITS

__all__ = ["Taken", "take"]

ID_LENGTH = 8
LEAVING = {"checked": "found_let", "marketed": "found_let", "placed": "move_in",
           "reported": "refute"}  # fmt: skip
"""How a unit that the register holds for empty becomes one in use."""


@dataclass(frozen=True)
class Taken:
    """What an import did.

    Attributes
    ----------
    operation
        Identifier, for :meth:`Register.undo`.
    made
        New units by line of the file.
    changed
        Units that were there and have changed, by line.
    same
        Units that were there as they stand in the list, by line.
    """

    operation: str
    made: dict[int, str]
    changed: dict[int, str]
    same: dict[int, str]

    @property
    def units(self) -> dict[int, str]:
        """All units by line of the file, for example for :meth:`Owners.put`."""
        return self.made | self.changed | self.same


def take(
    register: Register,
    report: ImportReport,
    actor: Actor,
    reason: str = "",
    *,
    checked_at: datetime | None = None,
    at: datetime | None = None,
) -> Taken:
    """Take a list into the register: all of it or, if anything fails, nothing.

    A row whose address, floor included, is in the register already changes that unit; several
    rows of one address go to the units there one by one, in the order of their making.

    Parameters
    ----------
    register
        Where to.
    report
        What :func:`import_table` read.
    actor
        Editor or publisher.
    reason
        German, stays in the history.
    checked_at
        When somebody looked at the places of the list, if anybody did; vacant units then count as
        checked, otherwise as reported.
    at
        Default now.

    Raises
    ------
    MoveError, RightsError, ConflictError
        If it cannot be taken; the register is as before.
    """
    when = moment(checked_at or at)
    operation = draw(KEY)
    made: dict[int, str] = {}
    changed: dict[int, str] = {}
    same: dict[int, str] = {}
    with register.writing() as connection:
        register.alone(connection)
        here = _here(connection)
        for entry in report.entries:
            facts = entry.facts
            key = address_key(
                facts["street"], facts.get("house_number", ""), facts.get("floor", "")
            )
            known = here[key].pop(0) if here[key] else None
            unit, standing = known or (draw(ID_LENGTH), Standing())
            told = (
                _first_steps(entry, checked=checked_at is not None)
                if known is None
                else _next_steps(entry, standing)
            )
            for what, data in told:
                register.write(
                    connection, unit, actor, what, reason, data, when, operation=operation
                )
            (made if known is None else changed if told else same)[entry.line] = unit
    return Taken(operation, made, changed, same)


def _here(connection: Connection) -> dict[str, list[tuple[str, Standing]]]:
    """Return the units by address, oldest first; archived ones do not count."""
    first = (
        select(EVENTS.c.unit, func.min(EVENTS.c.seq).label("seq"))
        .group_by(EVENTS.c.unit)
        .subquery()
    )
    wanted = (
        select(UNITS.c.id, UNITS.c.body)
        .join(first, first.c.unit == UNITS.c.id)
        .where(UNITS.c.state.not_in(["archived", "rejected"]))
        .order_by(first.c.seq)
    )
    found: dict[str, list[tuple[str, Standing]]] = defaultdict(list)
    for row in connection.execute(wanted):
        standing = read_standing(row.body)
        facts = standing.facts
        if facts is not None:
            key = address_key(facts.street, facts.house_number, facts.floor)
            found[key].append((row.id, standing))
    return found


def _first_steps(entry: Entry, checked: bool) -> list[tuple[str, dict[str, Any]]]:
    facts = {"facts": entry.facts}
    if not entry.vacant:
        return [("enrol", facts)]
    steps: list[tuple[str, dict[str, Any]]] = [("report", facts | _since(entry))]
    return [*steps, ("check", {})] if checked else steps


def _next_steps(entry: Entry, standing: Standing) -> list[tuple[str, dict[str, Any]]]:
    told: list[tuple[str, dict[str, Any]]] = []
    if entry.vacant and standing.state == "occupied":
        told.append(("report", {"facts": {}} | _since(entry)))
    elif not entry.vacant and standing.state in LEAVING:
        told.append((LEAVING[standing.state], {}))
    assert standing.facts is not None  # noqa: S101 – the caller found it by its address
    now = standing.facts.model_dump(mode="json")
    # A spelling of the same address is no news.
    news = {
        name: value
        for name, value in entry.facts.items()
        if name not in ("street", "house_number", "floor") and now[name] != value
    }
    if news:
        told.append(("edit", {"facts": news}))
    return told


def _since(entry: Entry) -> dict[str, str]:
    if entry.vacant_since is None:
        return {}
    zone = ZoneInfo(city().city.timezone)
    return {"vacant_since": datetime.combine(entry.vacant_since, time(), zone).isoformat()}
