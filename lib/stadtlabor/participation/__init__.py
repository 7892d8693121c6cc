"""Participation: rooms in which people contribute by phone, list and paper, without an account."""

from stadtlabor.participation.contribution import (
    KINDS,
    LONGEST,
    RefusedError,
    Statement,
    personal,
    statement,
)
from stadtlabor.participation.device import mark_of
from stadtlabor.participation.doors import UnknownRoomError
from stadtlabor.participation.register import (
    Contribution,
    Participant,
    Rooms,
)
from stadtlabor.participation.room import Room, Spot
from stadtlabor.participation.texts import texts, uses

__all__ = [
    "KINDS",
    "LONGEST",
    "Contribution",
    "Participant",
    "RefusedError",
    "Room",
    "Rooms",
    "Spot",
    "Statement",
    "UnknownRoomError",
    "mark_of",
    "personal",
    "statement",
    "texts",
    "uses",
]
