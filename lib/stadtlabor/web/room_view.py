"""What a room shows to whom: JSON for phones, screen and map, made once per change."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

from stadtlabor.participation import Room, Rooms, personal
from stadtlabor.participation.export import rows

__all__ = ["Views", "leader_state", "public_state"]

KEPT = 50


def public_state(rooms: Rooms, room: Room) -> dict[str, Any]:
    """Return what everybody in the room may see."""
    shown = rooms.contributions(room.code, ("shown",))
    return {"version": room.version, "paused": room.paused, "items": rows(room, shown)}


def leader_state(rooms: Rooms, room: Room) -> dict[str, Any]:
    """Return everything but the marks of the devices."""
    every = rooms.contributions(room.code)
    items = [
        {**row, "state": one.state, "doubtful": personal(one.said.text)}
        for row, one in zip(rows(room, every), every, strict=True)
    ]
    return {
        "version": room.version,
        "title": room.title,
        "question": room.question,
        "paused": room.paused,
        "devices": len(rooms.participants(room.code)),
        "votes": sum(one.up + one.down for one in every),
        "items": items,
    }


class Views:
    """The public state of the rooms, ready to send; a phone that knows it gets nothing again."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._made: OrderedDict[str, tuple[int, bytes]] = OrderedDict()

    def public(self, code: str) -> tuple[int, bytes]:
        """Return version and JSON of a room."""
        version = self._rooms.version(code)
        known = self._made.get(code)
        if known is not None and known[0] == version:
            return known
        room = self._rooms.find(code)
        state = public_state(self._rooms, room)
        body = json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode()
        self._made[code] = (room.version, body)
        self._made.move_to_end(code)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return self._made[code]
