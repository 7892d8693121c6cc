"""Write events and read them back: the pages that the register is written on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from stadtlabor.codes import KEY, draw
from stadtlabor.innenstadt.vacancy.errors import ConflictError, UnknownUnitError
from stadtlabor.innenstadt.vacancy.event import Actor, Event, moment
from stadtlabor.innenstadt.vacancy.machine import Standing, fold, step
from stadtlabor.innenstadt.vacancy.moderation import refuse_contacts
from stadtlabor.innenstadt.vacancy.rows import event_of, read_standing, row_of, write_standing
from stadtlabor.innenstadt.vacancy.rules import NEW, rules
from stadtlabor.innenstadt.vacancy.tables import EVENTS, REMARKS, UNITS, create_tables
from stadtlabor.innenstadt.vacancy.words import said
from stadtlabor.settings import home
from stadtlabor.store.registers import registers

__all__ = ["FOLDER", "Pages"]

FOLDER = "vacancy"
"""Folder below ``home()`` where the register lies."""


class Pages:
    """Histories in a database, and how each unit stands after its own.

    Parameters
    ----------
    folder
        Where the database lies if no SQL server is named; default ``home()/"vacancy"``.
    url
        SQLAlchemy URL of a server (SQLite or PostgreSQL), default ``$STADTLABOR_REGISTERS``.
    """

    def __init__(self, folder: Path | None = None, url: str | None = None) -> None:
        self.engine = registers(folder or home() / FOLDER, url)
        create_tables(self.engine)

    def unit(self, unit: str) -> Standing:
        """Return how a unit stands.

        Raises
        ------
        UnknownUnitError
            If there is none.
        """
        with self.engine.connect() as connection:
            return self.standing(connection, unit)

    def units(
        self, states: Iterable[str] | None = None, only: Iterable[str] | None = None
    ) -> dict[str, Standing]:
        """Return how units stand, by id.

        Parameters
        ----------
        states
            Only those in these states.
        only
            Only these units.
        """
        wanted = select(UNITS.c.id, UNITS.c.body).order_by(UNITS.c.id)
        if states is not None:
            wanted = wanted.where(UNITS.c.state.in_(list(states)))
        if only is not None:
            wanted = wanted.where(UNITS.c.id.in_(list(only)))
        with self.engine.connect() as connection:
            return {row.id: read_standing(row.body) for row in connection.execute(wanted)}

    def history(self, unit: str) -> list[Event]:
        """Return a unit's history, oldest first.

        Raises
        ------
        UnknownUnitError
            If there is none.
        """
        with self.engine.connect() as connection:
            found = self._history(connection, unit)
        if not found:
            raise UnknownUnitError(said("faults", "unknown", unit=unit))
        return found

    def histories(self, units: Iterable[str]) -> dict[str, list[Event]]:
        """Return the histories of some units."""
        found: dict[str, list[Event]] = {unit: [] for unit in units}
        names = list(found)
        with self.engine.connect() as connection:
            # Databases take a limited number of values at a time.
            for n in range(0, len(names), 500):
                some = EVENTS.c.unit.in_(names[n : n + 500])
                wanted = select(EVENTS).where(some).order_by(EVENTS.c.unit, EVENTS.c.version)
                for row in connection.execute(wanted):
                    found[row.unit].append(event_of(row))
        return found

    def remarks(self, unit: str) -> list[tuple[str, str]]:
        """Return the free words told about a unit: (identifier, text)."""
        wanted = select(REMARKS).where(REMARKS.c.unit == unit).order_by(REMARKS.c.id)
        with self.engine.connect() as connection:
            return [(row.id, row.body) for row in connection.execute(wanted)]

    def erase_remark(self, remark: str) -> bool:
        """Erase somebody's free words; False if they are gone already."""
        with self.engine.begin() as connection:
            gone = connection.execute(REMARKS.delete().where(REMARKS.c.id == remark))
        return gone.rowcount > 0

    def write(
        self,
        connection: Connection,
        unit: str,
        actor: Actor,
        what: str,
        reason: str = "",
        data: dict[str, Any] | None = None,
        at: datetime | None = None,
        remark: str = "",
        operation: str = "",
    ) -> Standing:
        """Write one event inside a transaction that others may share (imports, bookings)."""
        refuse_contacts(reason)
        # Staff may write a firm's name that looks like a person's; a moderator sees it before the
        # public does. Everybody else has the remark for what may be personal.
        staff = actor.role in ("editor", "publisher")
        free, address = _texts(data or {})
        refuse_contacts(*free, names=not staff)
        refuse_contacts(*address, names=False)  # streets are named after persons
        # The first statement writes: SQLite then holds its lock, PostgreSQL the row's, and nobody
        # can come between reading the history and adding to it.
        touched = UNITS.update().where(UNITS.c.id == unit).values(version=UNITS.c.version)
        known = connection.execute(touched).rowcount > 0
        if not known and NEW not in _sources(what):
            raise UnknownUnitError(said("faults", "unknown", unit=unit))
        events = self._history(connection, unit) if what == "undo" else []
        standing = self.standing(connection, unit) if known else Standing()
        event = Event(
            unit, standing.version + 1, moment(at), actor, what, reason, data or {}, operation
        )
        after = step(standing, event, events)
        if remark.strip():
            mark = draw(KEY)
            connection.execute(REMARKS.insert().values(id=mark, unit=unit, body=remark[:2000]))
            event.data["remark"] = mark
        try:
            connection.execute(EVENTS.insert().values(**row_of(event)))
            self._keep(connection, unit, after, known)
        except IntegrityError as error:
            raise ConflictError(said("faults", "busy", unit=unit)) from error
        return after

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction, for what writes more than one event.

        Raises
        ------
        ConflictError
            If others write for too long.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except OperationalError as error:
            if "locked" not in str(error):
                raise
            raise ConflictError(said("faults", "busy", unit="")) from error

    @staticmethod
    def _keep(connection: Connection, unit: str, after: Standing, known: bool) -> None:
        assert after.facts is not None  # noqa: S101 – only "new" is without facts
        values = {
            "version": after.version, "state": after.state, "street": after.facts.street,
            "body": write_standing(after),
        }  # fmt: skip
        if known:
            connection.execute(UNITS.update().where(UNITS.c.id == unit).values(**values))
        else:
            connection.execute(UNITS.insert().values(id=unit, **values))

    def alone(self, connection: Connection) -> None:
        """Let nobody else write until the transaction ends; for what reads all before it writes."""
        if self.engine.dialect.name == "postgresql":
            connection.execute(text("LOCK TABLE vacancy_unit IN SHARE ROW EXCLUSIVE MODE"))
        else:  # a statement that writes nothing takes SQLite's lock all the same
            connection.execute(UNITS.update().where(UNITS.c.id == "").values(version=0))

    @staticmethod
    def is_known(connection: Connection, unit: str) -> bool:
        """Tell whether a unit is in the register, as a transaction sees it."""
        return connection.execute(select(UNITS.c.id).where(UNITS.c.id == unit)).first() is not None

    @staticmethod
    def standing(connection: Connection, unit: str) -> Standing:
        """Return how a unit stands, as a transaction sees it.

        Raises
        ------
        UnknownUnitError
            If there is none.
        """
        row = connection.execute(select(UNITS.c.body).where(UNITS.c.id == unit)).first()
        if row is None:
            raise UnknownUnitError(said("faults", "unknown", unit=unit))
        return read_standing(row.body)

    @staticmethod
    def _history(connection: Connection, unit: str) -> list[Event]:
        wanted = select(EVENTS).where(EVENTS.c.unit == unit).order_by(EVENTS.c.version)
        return [event_of(row) for row in connection.execute(wanted)]

    def refold(self, connection: Connection, unit: str) -> None:
        """Make the standing of a unit anew from its history."""
        self._keep(connection, unit, fold(self._history(connection, unit)), known=True)

    def rebuild(self) -> int:
        """Make the standings anew from the histories; return how many were different."""
        changed = 0
        with self.engine.begin() as connection:
            for row in connection.execute(select(UNITS.c.id, UNITS.c.body)).all():
                anew = write_standing(fold(self._history(connection, row.id)))
                if anew != row.body:
                    self._keep(connection, row.id, read_standing(anew), known=True)
                    changed += 1
        return changed


def _texts(data: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the free texts and the parts of the address among the facts of an event."""
    facts = data.get("facts") or {}

    def told(names: Iterable[str]) -> list[str]:
        found = [facts.get(name) or "" for name in names]
        return [text if isinstance(text, str) else "; ".join(map(str, text)) for text in found]

    return told(rules().public.texts), told(("street", "house_number", "floor", "zoning"))


def _sources(what: str) -> Sequence[str]:
    move = rules().moves.get(what)
    # An unknown move is told by the machine, not as an unknown unit.
    return move.sources if move else (NEW,)
