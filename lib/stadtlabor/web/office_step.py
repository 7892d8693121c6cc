"""Take one step with a unit, as a form of the vacancy office asks for it."""

from __future__ import annotations

from datetime import date
from typing import Any

from stadtlabor.innenstadt.vacancy import (
    Booking,
    BookingError,
    ConflictError,
    MoveError,
    Register,
    RightsError,
    Standing,
    UnknownUnitError,
    book,
    bookings,
    cancel,
    redact,
    remove_photo,
    rules,
    said,
)
from stadtlabor.web.office_door import Me
from stadtlabor.web.office_view import may_see
from stadtlabor.web.texts import texts

__all__ = [
    "booked", "called_off", "edit", "erase_remark", "erase_words", "hint", "seen", "take_step",
]  # fmt: skip

GIVEN = ("kind", "agent", "into", "text", "photo")
"""What a form may tell besides the reason (``needs`` in ``rules.toml``)."""


def seen(register: Register, unit: str, me: Me) -> Standing:
    """Return how a unit stands.

    Raises
    ------
    UnknownUnitError
        If there is none, or it is none of this person's business.
    """
    standing = register.unit(unit)
    if not may_see(standing, me):
        raise UnknownUnitError(said("faults", "unknown", unit=unit))
    return standing


def take_step(register: Register, unit: str, me: Me, given: dict[str, str]) -> str:
    """Take a step and return its name.

    Raises
    ------
    VacancyError
        In German, if it cannot be taken; nothing is changed then.
    """
    what, reason = given.get("move", ""), given.get("reason", "").strip()[:500]
    standing = seen(register, unit, me)
    if what == "remove_photo":
        if given.get("photo", "") not in dict(standing.photos):
            raise MoveError(said("faults", "photo_unknown", unit=unit))
        remove_photo(register, unit, given["photo"], me.actor, reason)
        return what
    move = rules().moves.get(what)
    data = {n: given[n][:120] for n in GIVEN if move and n in move.needs and given.get(n)}
    if what == "merge":
        register.merge(unit, data.get("into", ""), me.actor, reason)
        return what
    with register.writing() as connection:
        after = register.write(connection, unit, me.actor, what, reason, data)
        _unchanged(given, after, unit)
    return what


def _unchanged(given: dict[str, str], after: Standing, unit: str) -> None:
    """Refuse a step that was thought up before somebody else changed the unit."""
    version = given.get("version", "")
    if version and version != str(after.version - 1):
        raise ConflictError(said("faults", "busy", unit=unit))


def edit(
    register: Register, unit: str, me: Me, facts: dict[str, Any], given: dict[str, str]
) -> None:
    """Change facts, if nobody has changed the unit since the form was opened.

    Raises
    ------
    VacancyError
        In German.
    """
    seen(register, unit, me)
    reason = given.get("reason", "").strip()[:500]
    with register.writing() as connection:
        after = register.write(connection, unit, me.actor, "edit", reason, {"facts": facts})
        _unchanged(given, after, unit)


def hint(register: Register, unit: str, me: Me, text: str) -> None:
    """Keep free words beside the history, where they can be erased.

    Raises
    ------
    VacancyError
        In German.
    """
    seen(register, unit, me)
    plain = " ".join(text.split())[:1000]
    if len(plain) < 3:
        raise MoveError(texts()["office"]["faults"]["remark"])
    register.act(unit, "hint", me.actor, remark=plain)


def booked(register: Register, unit: str, me: Me, given: dict[str, str]) -> Booking:
    """Book a unit.

    Raises
    ------
    VacancyError
        In German, for example if the days are taken.
    """
    seen(register, unit, me)
    faults = texts()["office"]["faults"]
    try:
        start, end = (date.fromisoformat(given.get(name, "")) for name in ("start", "end"))
    except ValueError:
        raise BookingError(faults["days"]) from None
    use = " ".join(given.get("use", "").split())
    if len(use) < 3:
        raise BookingError(faults["use"])
    return book(register, unit, start, end, use, me.actor)


def called_off(register: Register, unit: str, me: Me, given: dict[str, str]) -> None:
    """Call a booking of a unit off.

    Raises
    ------
    VacancyError
        In German.
    """
    seen(register, unit, me)
    name = given.get("booking", "")
    if name not in {b.id for b in bookings(register, unit, cancelled=True)}:
        raise BookingError(said("booking_faults", "unknown"))
    cancel(register, name, me.actor, given.get("reason", "").strip()[:500])


def erase_remark(register: Register, unit: str, me: Me, remark: str) -> None:
    """Erase somebody's free words.

    Raises
    ------
    RightsError
        If the person does not belong to the house.
    """
    _inside(me)
    if remark in dict(register.remarks(unit)):
        register.erase_remark(remark)


def erase_words(register: Register, unit: str, me: Me, given: dict[str, str]) -> int:
    """Erase words from all that was told about a unit; return in how many entries they stood.

    Raises
    ------
    VacancyError
        In German.
    """
    reason = given.get("reason", "").strip()[:500]
    return redact(register, unit, given.get("words", ""), me.actor, reason)


def _inside(me: Me) -> None:
    if not me.inside:
        raise RightsError(texts()["office"]["faults"]["inside"])
