"""The register of rooms: contributions, votes and who took part.

A device is known by one random token that it drew itself; only a hash of token and room is kept,
so that two rooms cannot be joined. No name, no address, no time of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from stadtlabor.participation.admission import first_state, fits, takes
from stadtlabor.participation.contribution import RefusedError, Statement
from stadtlabor.participation.device import mark_of
from stadtlabor.participation.doors import Doors
from stadtlabor.participation.room import MOST_PER_DEVICE, MOST_PER_ROOM, Room
from stadtlabor.participation.tables import contributions as _contributions
from stadtlabor.participation.tables import persons as _persons
from stadtlabor.participation.tables import votes as _votes
from stadtlabor.participation.texts import texts

__all__ = ["STATES", "Contribution", "Participant", "Rooms"]

STATES = ("waiting", "shown", "hidden")


@dataclass(frozen=True)
class Contribution:
    """One contribution of a room.

    Attributes
    ----------
    number
        Within the room, in order of arrival.
    state
        One of :data:`STATES`.
    source
        ``phone``, ``paper`` or ``leader``.
    said
        What was said.
    day
        Day of arrival.
    up, down
        Votes for and against.
    mark
        Hash that stands for the device within this room.
    """

    number: int
    state: str
    source: str
    said: Statement
    day: date
    up: int
    down: int
    mark: str


@dataclass(frozen=True)
class Participant:
    """A device that took part: its mark in the room and the age group that was stated, if any."""

    mark: str
    age: str


class Rooms(Doors):
    """Rooms and what is in them."""

    def add(
        self, room: Room, said: Statement, identity: str, token: str, today: date,
        source: str = "phone",
    ) -> int:  # fmt: skip
        """Take a contribution; one that came before is not taken again.

        Parameters
        ----------
        room
            Where it belongs.
        said
            What is said.
        identity
            Random name of this contribution, drawn on the device: it may be sent twice.
        token
            Of the device.
        today
            The day, to tell whether the room is open.
        source
            ``phone``, ``paper`` or ``leader``.

        Returns
        -------
        int
            Its number.

        Raises
        ------
        RefusedError
            With the German reason.
        """
        mark = mark_of(room.code, token)
        fits(room, said)
        with self.change_of(room.code) as connection:
            here = _contributions.c.room == room.code
            same = select(_contributions.c.number).where(
                here & (_contributions.c.identity == identity[:64])
            )
            known = connection.execute(same).scalar_one_or_none()
            if known is not None:
                return int(known)
            takes(connection, room.code, today)
            count = select(func.count()).select_from(_contributions).where(here)
            if connection.execute(count).scalar_one() >= MOST_PER_ROOM:
                raise RefusedError("full", most=MOST_PER_ROOM)
            own = count.where(_contributions.c.mark == mark)
            if source == "phone" and connection.execute(own).scalar_one() >= MOST_PER_DEVICE:
                raise RefusedError("many", most=MOST_PER_DEVICE)
            last = connection.execute(select(func.max(_contributions.c.number)).where(here))
            number = int(last.scalar_one() or 0) + 1
            state = "shown" if source == "leader" else first_state(room, said)
            connection.execute(
                _contributions.insert().values(
                    room=room.code, number=number, identity=identity[:64], mark=mark, state=state,
                    source=source, day=today, **_fields(said),
                )
            )  # fmt: skip
        return number

    def change(self, room: Room, number: int, token: str, said: Statement | None) -> None:
        """Change an own contribution, or delete it with its votes (``said`` None).

        Raises
        ------
        RefusedError
            If it belongs to another device or is gone.
        """
        mark = mark_of(room.code, token)
        if said is not None:
            fits(room, said)
        with self.change_of(room.code) as connection:
            here = (_contributions.c.room == room.code) & (_contributions.c.number == number)
            row = connection.execute(select(_contributions).where(here)).first()
            if row is None:
                raise RefusedError("contribution")
            if row.mark != mark:
                raise RefusedError("other")
            votes = (_votes.c.room == room.code) & (_votes.c.number == number)
            if said is None:
                connection.execute(delete(_contributions).where(here))
                connection.execute(delete(_votes).where(votes))
                return
            state = row.state if row.state == "hidden" else first_state(room, said)
            # Nobody's vote shall stand under words that he has not read.
            if said != _said(row):
                connection.execute(delete(_votes).where(votes))
            connection.execute(
                update(_contributions).where(here).values(state=state, **_fields(said))
            )

    def vote(self, room: Room, number: int, token: str, value: int, today: date) -> None:
        """Vote for (1) or against (-1) a shown contribution, or take the vote back (0).

        Raises
        ------
        RefusedError
            If it cannot be voted on.
        """
        mark = mark_of(room.code, token)
        if value not in (-1, 0, 1):
            raise RefusedError("vote")
        with self.change_of(room.code) as connection:
            takes(connection, room.code, today)
            shown = select(_contributions.c.number).where(
                (_contributions.c.room == room.code)
                & (_contributions.c.number == number)
                & (_contributions.c.state == "shown")
            )
            if connection.execute(shown).first() is None:
                raise RefusedError("contribution")
            mine = (_votes.c.room == room.code) & (_votes.c.number == number)
            connection.execute(delete(_votes).where(mine & (_votes.c.mark == mark)))
            if value:
                connection.execute(
                    _votes.insert().values(room=room.code, number=number, mark=mark, value=value)
                )

    def introduce(self, room: Room, token: str, age: str) -> None:
        """Note the age group of a device; an empty one takes it back.

        Raises
        ------
        RefusedError
            If there is no such group.
        """
        mark = mark_of(room.code, token)
        if age and age not in texts()["ages"]:
            raise RefusedError("age")
        with self.change_of(room.code) as connection:
            mine = (_persons.c.room == room.code) & (_persons.c.mark == mark)
            connection.execute(delete(_persons).where(mine))
            if age:
                connection.execute(_persons.insert().values(room=room.code, mark=mark, age=age))

    def contributions(self, code: str, states: tuple[str, ...] = STATES) -> list[Contribution]:
        """Return the contributions of a room in order of arrival."""
        here = _votes.c.room == code
        counted = select(_votes.c.number, _votes.c.value, func.count()).where(here)
        wanted = (
            select(_contributions)
            .where((_contributions.c.room == code) & _contributions.c.state.in_(states))
            .order_by(_contributions.c.number)
        )
        with self._engine.connect() as connection:
            votes = {
                (number, value): int(times)
                for number, value, times in connection.execute(
                    counted.group_by(_votes.c.number, _votes.c.value)
                )
            }
            return [
                Contribution(
                    row.number, row.state, row.source, _said(row), row.day,
                    votes.get((row.number, 1), 0), votes.get((row.number, -1), 0), row.mark,
                )
                for row in connection.execute(wanted)
            ]  # fmt: skip

    def votes(self, code: str) -> list[tuple[int, str, int]]:
        """Return all votes of a room: number of the contribution, mark of the device, ±1."""
        wanted = select(_votes.c.number, _votes.c.mark, _votes.c.value).where(_votes.c.room == code)
        with self._engine.connect() as connection:
            return [(r.number, r.mark, r.value) for r in connection.execute(wanted)]

    def participants(self, code: str) -> list[Participant]:
        """Return all devices of a room that contributed or voted."""
        with self._engine.connect() as connection:
            marks = {
                row.mark
                for table in (_contributions, _votes)
                for row in connection.execute(
                    select(table.c.mark).where(table.c.room == code).distinct()
                )
            }
            ages = {
                row.mark: row.age
                for row in connection.execute(select(_persons).where(_persons.c.room == code))
            }
        return [Participant(mark, ages.get(mark, "")) for mark in sorted(marks)]

    def decide(self, room: Room, number: int, state: str) -> None:
        """Show or hide a contribution.

        Raises
        ------
        RefusedError
            If it is gone.
        """
        if state not in STATES:
            raise ValueError(f"state must be one of {STATES}, not {state!r}")
        with self.change_of(room.code) as connection:
            here = (_contributions.c.room == room.code) & (_contributions.c.number == number)
            if not connection.execute(
                update(_contributions).where(here).values(state=state)
            ).rowcount:
                raise RefusedError("contribution")

    def hide_device(self, room: Room, number: int) -> int:
        """Hide all contributions of the device that sent one; return how many."""
        with self.change_of(room.code) as connection:
            here = _contributions.c.room == room.code
            mark = select(_contributions.c.mark).where(here & (_contributions.c.number == number))
            found = connection.execute(mark).scalar_one_or_none()
            if found is None:
                raise RefusedError("contribution")
            same = update(_contributions).where(here & (_contributions.c.mark == found))
            return int(connection.execute(same.values(state="hidden")).rowcount)


def _fields(said: Statement) -> dict[str, Any]:
    fields = said.model_dump()
    fields["used"] = fields.pop("use")
    return fields


def _said(row: Row[Any]) -> Statement:
    # Checked when it came; what a later version would refuse is still shown.
    return Statement.model_construct(
        kind=row.kind, text=row.text, place=row.place, lat=row.lat, lon=row.lon, use=row.used
    )
