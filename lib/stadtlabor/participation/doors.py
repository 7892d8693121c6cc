"""Rooms are opened, found, paused and erased; every change of one is counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select, update

from stadtlabor.participation import tables
from stadtlabor.participation.room import KEPT, Mode, Room, Spot, spots_json
from stadtlabor.store.coded import add_coded, coded
from stadtlabor.store.registers import create, registers

__all__ = ["Doors", "UnknownRoomError"]


class UnknownRoomError(LookupError):
    """There is no room with this code or key."""


class Doors:
    """The rooms themselves.

    Parameters
    ----------
    folder
        Where the register lies if no SQL server is named.
    """

    def __init__(self, folder: Path) -> None:
        self._engine: Engine = registers(folder)
        create(self._engine, tables.METADATA)

    def open(
        self, title: str, question: str, closes: date, mode: Mode, spots: tuple[Spot, ...]
    ) -> Room:
        """Open a room and return it with its new code and key."""
        values = {
            "title": title, "question": question, "closes": closes, "mode": mode, "paused": 0,
            "version": 0, "spots": spots_json(spots),
        }  # fmt: skip
        code, key = add_coded(self._engine, tables.rooms, values)
        return Room(code, key, title, question, closes, mode, spots)

    def find(self, code: str) -> Room:
        """Return the room with a code; letters may be written large.

        Raises
        ------
        UnknownRoomError
            If there is none.
        """
        return self._one("code", code)

    def opened(self, key: str) -> Room:
        """Return the room that a key opens.

        Raises
        ------
        UnknownRoomError
            If there is none.
        """
        return self._one("key", key)

    def _one(self, column: str, value: str) -> Room:
        row = coded(self._engine, tables.rooms, column, value)
        if row is None:
            raise UnknownRoomError
        spots = tuple(Spot(**spot) for spot in json.loads(row.spots))
        return Room(
            row.code, row.key, row.title, row.question, row.closes, row.mode, spots,
            bool(row.paused), row.version,
        )  # fmt: skip

    def version(self, code: str) -> int:
        """Return the number of changes of a room.

        Raises
        ------
        UnknownRoomError
            If there is none.
        """
        with self._engine.connect() as connection:
            found = connection.execute(
                select(tables.rooms.c.version).where(tables.rooms.c.code == code)
            )
            number = found.scalar_one_or_none()
        if number is None:
            raise UnknownRoomError
        return int(number)

    @contextmanager
    def change_of(self, code: str) -> Iterator[Connection]:
        """Change a room in one transaction.

        The count of changes comes first: it takes the lock of writing before anything is read, so
        that two phones never decide on the same state.
        """
        with self._engine.begin() as connection:
            counted = update(tables.rooms).where(tables.rooms.c.code == code)
            done = connection.execute(counted.values(version=tables.rooms.c.version + 1))
            if not done.rowcount:
                raise UnknownRoomError
            yield connection

    def pause(self, room: Room, paused: bool) -> None:
        """Stop taking contributions and votes for a while, or go on."""
        with self.change_of(room.code) as connection:
            here = update(tables.rooms).where(tables.rooms.c.code == room.code)
            connection.execute(here.values(paused=int(paused)))

    def erase(self, room: Room) -> None:
        """Erase a room and everything in it."""
        with self._engine.begin() as connection:
            for table in (tables.contributions, tables.votes, tables.persons):
                connection.execute(delete(table).where(table.c.room == room.code))
            connection.execute(delete(tables.rooms).where(tables.rooms.c.code == room.code))

    def erase_old(self, today: date) -> int:
        """Erase rooms that ended more than a year ago; return how many."""
        old = select(tables.rooms.c.code).where(tables.rooms.c.closes < today - KEPT)
        with self._engine.connect() as connection:
            codes = [row.code for row in connection.execute(old)]
        for code in codes:
            self.erase(self.find(code))
        return len(codes)
