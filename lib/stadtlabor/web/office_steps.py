"""What somebody saw at a door becomes a step of the unit: once, and not against a later one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from stadtlabor.city import city
from stadtlabor.codes import draw
from stadtlabor.innenstadt.vacancy import (
    ConflictError,
    Event,
    MoveError,
    Register,
    RightsError,
    Standing,
    freshness,
    rules,
    words,
)
from stadtlabor.innenstadt.vacancy.address import address_key, number_key
from stadtlabor.innenstadt.vacancy.rows import read_standing
from stadtlabor.innenstadt.vacancy.tables import EVENTS, UNITS
from stadtlabor.sources.names import slug
from stadtlabor.web.office_door import Me
from stadtlabor.web.office_view import line, local
from stadtlabor.web.texts import texts

__all__ = ["doors", "look", "streets"]

FINISHED = ("rejected", "archived")
SEEN = {
    "empty": ("check", "report", "recheck"),
    "used": ("refute", "found_let", "move_in", "recheck"),
}
"""What was seen → moves that say so; the first that the unit's state allows is taken."""
IDENTITY = re.compile(r"[0-9a-f]{24}")
OLDEST = timedelta(days=14)
"""A step that waited longer on a phone counts from then on."""
LATE = timedelta(minutes=5)


def streets(register: Register) -> list[str]:
    """Return the streets that hold units, in order."""
    states = [s for s in rules().states if s not in FINISHED]
    found = {s.facts.street for s in register.units(states).values() if s.facts}
    return sorted(found, key=slug)


def doors(register: Register, street: str) -> list[dict[str, Any]]:
    """Return the units of a street in the order of its houses, as the walk shows them."""
    states = [s for s in rules().states if s not in FINISHED]
    found = [
        (_house(s), line(name, s) | {"empty": _is_empty(s.state), "side": _side(s)})
        for name, s in register.units(states).items()
        if s.facts and s.facts.street == street
    ]
    return [shown for _, shown in sorted(found, key=lambda pair: (pair[0], pair[1]["id"]))]


def look(register: Register, me: Me, given: dict[str, str]) -> dict[str, Any]:
    """Take what somebody saw into the register.

    Parameters
    ----------
    register
        The register.
    me
        Who looked.
    given
        ``id`` (24 hexadecimal digits, drawn once per step), ``what`` (``empty``, ``used``,
        ``remark`` or ``new``), ``unit`` and ``seen`` (its state as the device showed it), or
        ``street``, ``number``, ``floor``, ``former``; ``at`` (ISO, when it was seen), ``remark``.

    Returns
    -------
    dict
        ``said`` (German) and how the unit stands now; the same for the same step sent twice.

    Raises
    ------
    ConflictError
        If somebody else has entered the opposite meanwhile; VacancyError otherwise. In German.
    """
    faults = texts()["office"]["faults"]
    if not me.inside:
        raise RightsError(faults["inside"])
    if not IDENTITY.fullmatch(given.get("id", "")):
        raise MoveError(faults["step"])
    mark = f"gang-{given['id']}"
    with register.writing() as connection:
        register.alone(connection)
        unit = _known(connection, mark)
        if not unit:
            unit = _new(register, connection, me, given, mark) if given.get("what") == "new" else (
                _seen(register, connection, me, given, mark))  # fmt: skip
        standing = register.standing(connection, unit)
    shown = line(unit, standing)
    said = texts()["office"]["walk"]["done"].format(
        place=shown["place"], state=shown["state_german"]
    )
    return {"said": said, "unit": unit, "state": standing.state, "place": shown["place"],
            "state_german": shown["state_german"], "empty": _is_empty(standing.state),
            "age": freshness(standing.checked_at, datetime.now(UTC)).german}  # fmt: skip


def _known(connection: Connection, mark: str) -> str:
    """Return the unit of a step that has been taken already."""
    row = connection.execute(select(EVENTS.c.unit).where(EVENTS.c.operation == mark)).first()
    return str(row.unit) if row else ""


def _seen(
    register: Register, connection: Connection, me: Me, given: dict[str, str], mark: str
) -> str:
    """Take a step with a unit that the register holds."""
    unit, what = given.get("unit", "")[:60], given.get("what", "")
    standing = register.standing(connection, unit)
    remark = " ".join(given.get("remark", "").split())[:1000]
    at = _moment(given.get("at", ""), standing)
    why = _why(given.get("at", ""), at)
    if what == "remark":
        if len(remark) < 3:
            raise MoveError(texts()["office"]["faults"]["remark"])
        move = "hint"
    elif what in SEEN:
        _no_conflict(register, unit, standing, me, given)
        move = next((m for m in SEEN[what] if standing.state in rules().moves[m].sources), "")
    else:
        raise MoveError(texts()["office"]["faults"]["step"])
    register.write(connection, unit, me.actor, move, why, {}, at, remark, operation=mark)
    return unit


def _new(
    register: Register, connection: Connection, me: Me, given: dict[str, str], mark: str
) -> str:
    """Report a shop that the register may not hold yet."""
    faults = texts()["office"]["faults"]
    street, number, floor, former = (
        " ".join(given.get(name, "").split())[:most]
        for name, most in (("street", 120), ("number", 20), ("floor", 60), ("former", 200))
    )
    if len(street) < 3:
        raise MoveError(faults["street"])
    if not number[:1].isdigit():
        raise MoveError(faults["house"])
    known = _at(connection, address_key(street, number, floor))
    facts: dict[str, Any] = {"street": street, "house_number": number, "floor": floor,
                             "former_use": former}  # fmt: skip
    if known and known[1].state != "occupied":
        raise ConflictError(faults["there"].format(
            place=line(*known)["place"], state=words()["states"][known[1].state]))  # fmt: skip
    unit = known[0] if known else f"{slug(f'{street} {number}')[:40].strip('-')}-{draw(5)}"
    at = _moment(given.get("at", ""), known[1] if known else Standing())
    remark = " ".join(given.get("remark", "").split())[:1000]
    register.write(
        connection, unit, me.actor, "report", _why(given.get("at", ""), at), {"facts": facts}, at,
        remark, operation=mark,
    )  # fmt: skip
    return unit


def _at(connection: Connection, key: str) -> tuple[str, Standing] | None:
    """Return the unit at an address."""
    wanted = select(UNITS.c.id, UNITS.c.body).where(UNITS.c.state.not_in(FINISHED))
    for row in connection.execute(wanted.order_by(UNITS.c.id)):
        standing = read_standing(row.body)
        facts = standing.facts
        if facts and address_key(facts.street, facts.house_number, facts.floor) == key:
            return str(row.id), standing
    return None


def _no_conflict(
    register: Register, unit: str, standing: Standing, me: Me, given: dict[str, str]
) -> None:
    """Refuse a step that says the opposite of what somebody else has entered meanwhile."""
    before, now = given.get("seen", ""), standing.state
    finished = now in FINISHED
    turned = before in rules().states and _is_empty(before) != _is_empty(now)
    against = _is_empty(now) != (given["what"] == "empty")
    if not finished and not (turned and against):
        return
    last = _last_change(register.history(unit))
    if not finished and last.actor.person == me.person:
        return  # she has thought better of it herself
    raise ConflictError(texts()["office"]["walk"]["conflict"].format(
        place=line(unit, standing)["place"], state=words()["states"][now], when=local(last.at),
        what=texts()["office"]["walk"][given["what"]]))  # fmt: skip


def _last_change(events: Sequence[Event]) -> Event:
    """Return the last event that may have changed the state."""
    moves = rules().moves
    return next(e for e in reversed(events) if moves[e.what].to or e.what == "undo")


def _is_empty(state: str) -> bool:
    return state in rules().vacant or state == "placed"


def _moment(told: str, standing: Standing) -> datetime:
    """Return when something was seen: as the device says, within reason and in order."""
    now = datetime.now(UTC)
    try:
        at = datetime.fromisoformat(told[:40])
        at = at.astimezone(UTC) if at.tzinfo else now
    except (ValueError, OverflowError):
        at = now
    at = min(max(at, now - OLDEST), now)
    return max(at, standing.touched_at) if standing.touched_at else at


def _why(told: str, at: datetime) -> str:
    """Return the reason for the history; with the time of the look where it came late."""
    w = texts()["office"]["walk"]
    if not told or datetime.now(UTC) - at < LATE:
        return str(w["reason"])
    when = at.astimezone(ZoneInfo(city().city.timezone))
    return str(w["reason_late"]).format(day=when.day, month=when.month, time=f"{when:%H:%M}")


def _house(standing: Standing) -> tuple[int, str, str]:
    assert standing.facts is not None  # noqa: S101 – the caller looked
    key = number_key(standing.facts.house_number)
    found = re.match(r"\d+", key)
    return int(found[0]) if found else 0, key, standing.facts.floor


def _side(standing: Standing) -> str:
    return "odd" if _house(standing)[0] % 2 else "even"
