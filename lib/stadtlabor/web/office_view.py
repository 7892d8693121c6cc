"""What the pages of the vacancy office show of units, in German."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import Event, Register, Standing, freshness, rules, words
from stadtlabor.ui.texts import number
from stadtlabor.web.office_door import Me
from stadtlabor.web.texts import texts

__all__ = ["Choice", "choices", "history", "line", "local", "may_see", "place", "since"]

ELSEWHERE = {
    "new", "edit", "hint", "appoint", "clear", "add_photo", "release_photo", "remove_photo", "book",
    "cancel", "undo", "redact", "merge",
}  # fmt: skip
"""Moves that have a form of their own on the page of a unit."""


@dataclass(frozen=True)
class Choice:
    """A step that somebody may take now; ``note`` says in German what it asks for, or nothing."""

    name: str
    german: str
    note: str


def choices(standing: Standing, me: Me) -> list[Choice]:
    """Return the steps that a person may take with a unit, without those with their own form."""
    notes, moves = texts()["office"]["notes"], words()["moves"]
    found = []
    for name in rules().possible(standing.state):
        move = rules().moves[name]
        if name in ELSEWHERE or me.role not in move.roles:
            continue
        if name == "release" and standing.proposed_by in ("", me.person):
            continue
        if name == "propose" and (standing.proposed_by or standing.released == standing.facts):
            continue
        if name == "withdraw" and standing.released is None and not standing.proposed_by:
            continue
        note = next((notes[need] for need in move.needs if need in notes), "")
        german = texts()["office"]["steps"].get(name, moves[name])
        found.append(Choice(name, german[:1].upper() + german[1:], note))
    return found


def may_see(standing: Standing, me: Me) -> bool:
    """Tell whether a unit is any business of a person."""
    return me.inside or me.person in standing.agents


def place(standing: Standing) -> str:
    """Return the address."""
    return standing.facts.address if standing.facts else ""


def local(at: datetime) -> str:
    """Return a time as people here write it."""
    return f"{at.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M}"


def since(at: datetime | None) -> str:
    """Return a day as people here write it; "" where there is none."""
    return f"{at.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y}" if at else ""


def line(name: str, standing: Standing, now: datetime | None = None) -> dict[str, Any]:
    """Return one unit as lists show it."""
    w, facts = texts()["office"]["line"], standing.facts
    kind = words()["kinds"].get(standing.placed_as, "")
    state = words()["states"][standing.state] + (f" ({kind})" if kind else "")
    public = "open" if standing.released else "inside"
    return {
        "id": name, "place": place(standing), "state": standing.state, "state_german": state,
        "since": since(standing.since), "street": facts.street if facts else "",
        "area": f"{number(facts.area_m2)} m²" if facts and facts.area_m2 else "–",
        "former": facts.former_use if facts else "",
        "age": freshness(standing.checked_at, now or datetime.now(UTC)).german,
        "public": w["changed"] if standing.is_pending else w[public],
        "invented": bool(facts and facts.invented),
    }  # fmt: skip


def history(
    register: Register, unit: str, people: Mapping[str, str], me: Me
) -> list[dict[str, str]]:
    """Return what happened to a unit, newest first: when, who, what, why."""
    return [_told(event, people, me) for event in reversed(register.history(unit))]


def _told(event: Event, people: Mapping[str, str], me: Me) -> dict[str, str]:
    role = words()["roles"][event.actor.role]
    label = people.get(event.actor.person, "") if me.inside else ""
    own = event.actor.person == me.person
    what = words()["moves"][event.what]
    facts = event.data.get("facts")
    if event.what == "edit" and facts:
        names = texts()["office"]["facts"]
        what += f" ({', '.join(str(names.get(name, name)) for name in facts)})"
    return {
        "when": local(event.at), "what": what[:1].upper() + what[1:],
        "who": f"{role} ({label})" if label else role,
        # Colleagues write to colleagues; whoever acts for an owner reads only the own words.
        "why": event.reason if me.inside or own else "",
    }  # fmt: skip
