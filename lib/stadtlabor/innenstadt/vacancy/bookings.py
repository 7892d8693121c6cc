"""The calendar of short uses: no day is given away twice."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from stadtlabor.city import city
from stadtlabor.codes import KEY, draw
from stadtlabor.innenstadt.vacancy.errors import BookingError
from stadtlabor.innenstadt.vacancy.event import Actor
from stadtlabor.innenstadt.vacancy.moderation import refuse_contacts
from stadtlabor.innenstadt.vacancy.register import Register
from stadtlabor.innenstadt.vacancy.tables import BOOKINGS
from stadtlabor.innenstadt.vacancy.words import said

__all__ = ["Booking", "Term", "Terms", "book", "bookings", "cancel", "terms"]


class Term(BaseModel):
    """A note for those who agree: identifier, German text, source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    german: str
    source: str


class Terms(BaseModel):
    """Limits (days) and notes of short uses (``bookings.toml``)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_days: int
    most_days: int
    first_day_from_now: int
    terms: tuple[Term, ...]


@cache
def terms() -> Terms:
    """Return the terms of this installation."""
    text = files("stadtlabor.innenstadt.vacancy").joinpath("bookings.toml").read_text("utf-8")
    return Terms.model_validate(tomllib.loads(text))


@dataclass(frozen=True)
class Booking:
    """A period that is taken.

    Attributes
    ----------
    id, unit
        Identifiers.
    start, end
        First and last day, both included.
    use
        What happens there, German, no person.
    cancelled
        True once it is off; it is kept.
    """

    id: str
    unit: str
    start: date
    end: date
    use: str
    cancelled: bool = False


def book(
    register: Register,
    unit: str,
    start: date,
    end: date,
    use: str,
    actor: Actor,
    *,
    today: date | None = None,
) -> Booking:
    """Book a unit for a short use.

    Raises
    ------
    BookingError
        If the days cannot be booked; MoveError, RightsError, UnknownUnitError,
        PersonalDataError, ConflictError as with every move.
    """
    refuse_contacts(use)
    _sound(start, end, today)
    made = Booking(draw(KEY), unit, start, end, " ".join(use.split())[:120])
    with register.writing() as connection:
        # The event comes first: its first statement locks the unit, so that two who ask for the
        # same days come one after the other.
        told = {"booking": made.id, "start": start.isoformat(), "end": end.isoformat()}
        standing = register.write(connection, unit, actor, "book", data=told)
        facts = standing.facts
        if facts is None or not facts.popup_possible or standing.placed_as == "lease":
            raise BookingError(said("booking_faults", "popup", unit=unit))
        clash = (
            (BOOKINGS.c.unit == unit)
            & ~BOOKINGS.c.cancelled
            & (BOOKINGS.c.start <= end)
            & (BOOKINGS.c.end >= start)
        )
        other = connection.execute(select(BOOKINGS).where(clash).order_by(BOOKINGS.c.start)).first()
        if other is not None:
            taken = {"start": f"{other.start:%d.%m.%Y}", "end": f"{other.end:%d.%m.%Y}"}
            raise BookingError(said("booking_faults", "taken", **taken))
        connection.execute(BOOKINGS.insert().values(**made.__dict__))
    return made


def cancel(register: Register, booking: str, actor: Actor, reason: str = "") -> Booking:
    """Call a booking off; its days are free again.

    Raises
    ------
    BookingError
        If there is none or it is off already.
    """
    with register.engine.connect() as connection:
        row = connection.execute(select(BOOKINGS).where(BOOKINGS.c.id == booking)).first()
    if row is None:
        raise BookingError(said("booking_faults", "unknown"))
    with register.writing() as connection:
        register.write(connection, row.unit, actor, "cancel", reason, {"booking": booking})
        still = (BOOKINGS.c.id == booking) & ~BOOKINGS.c.cancelled
        if not connection.execute(BOOKINGS.update().where(still).values(cancelled=True)).rowcount:
            raise BookingError(said("booking_faults", "cancelled"))
    return Booking(row.id, row.unit, row.start, row.end, row.use, cancelled=True)


def bookings(register: Register, unit: str, *, cancelled: bool = False) -> list[Booking]:
    """Return a unit's bookings by day; those called off only where asked for."""
    wanted = select(BOOKINGS).where(BOOKINGS.c.unit == unit).order_by(BOOKINGS.c.start)
    if not cancelled:
        wanted = wanted.where(~BOOKINGS.c.cancelled)
    with register.engine.connect() as connection:
        return [Booking(*row) for row in connection.execute(wanted)]


def _sound(start: date, end: date, today: date | None) -> None:
    limits = terms()
    first = today or datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
    days = (end - start).days + 1
    told = {"start": f"{start:%d.%m.%Y}", "end": f"{end:%d.%m.%Y}"}
    if days < 1:
        raise BookingError(said("booking_faults", "order", **told))
    if (start - first).days < limits.first_day_from_now:
        raise BookingError(said("booking_faults", "past", start=told["start"]))
    if days < limits.least_days:
        raise BookingError(said("booking_faults", "short", days=limits.least_days))
    if days > limits.most_days:
        raise BookingError(said("booking_faults", "long", days=limits.most_days))
