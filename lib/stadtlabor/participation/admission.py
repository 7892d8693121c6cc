"""Whether a contribution may come into a room, and whether others see it at once."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, select

from stadtlabor.participation.contribution import RefusedError, Statement, personal
from stadtlabor.participation.room import Room
from stadtlabor.participation.tables import rooms

__all__ = ["first_state", "fits", "takes"]


def takes(connection: Connection, code: str, today: date) -> None:
    """Refuse where the room is closed or pauses.

    Raises
    ------
    RefusedError
        In German.
    """
    row = connection.execute(select(rooms).where(rooms.c.code == code)).one()
    if row.closes < today:
        raise RefusedError("closed")
    if row.paused:
        raise RefusedError("paused")


def fits(room: Room, said: Statement) -> None:
    """Refuse a place that the room does not have.

    Raises
    ------
    RefusedError
        In German.
    """
    if said.place is not None:
        spot = room.spot(said.place)
        if spot is None:
            raise RefusedError("unknown_place")
        if said.kind == "proposal" and not spot.vacant:
            raise RefusedError("unit")
    if said.lat is not None and said.lon is not None:
        window = room.window
        inside = window.south <= said.lat <= window.north and window.west <= said.lon <= window.east
        if not inside:
            raise RefusedError("outside")


def first_state(room: Room, said: Statement) -> str:
    """Return whether a contribution is shown at once or waits for the leader."""
    return "waiting" if room.mode == "moderated" or personal(said.text) else "shown"
