"""Tables of the rooms. What is deleted is gone: no history is kept of what people said."""

from __future__ import annotations

from sqlalchemy import Column, Date, Float, Integer, MetaData, String, Table, UniqueConstraint

__all__ = ["METADATA", "contributions", "persons", "rooms", "votes"]

METADATA = MetaData()
rooms = Table(
    "room",
    METADATA,
    Column("code", String(12), primary_key=True),
    Column("key", String(40), nullable=False, unique=True),
    Column("title", String(120), nullable=False),
    Column("question", String(240), nullable=False),
    Column("closes", Date, nullable=False),
    Column("mode", String(12), nullable=False),
    Column("paused", Integer, nullable=False, default=0),
    Column("spots", String, nullable=False),
    Column("version", Integer, nullable=False, default=0),
)
contributions = Table(
    "room_contribution",
    METADATA,
    Column("room", String(12), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("identity", String(64), nullable=False),
    Column("mark", String(64), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("source", String(10), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("text", String(600), nullable=False),
    Column("place", String(80)),
    Column("lat", Float),
    Column("lon", Float),
    Column("used", String(20)),
    Column("day", Date, nullable=False),
    UniqueConstraint("room", "identity"),
)
votes = Table(
    "room_vote",
    METADATA,
    Column("room", String(12), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("value", Integer, nullable=False),
)
persons = Table(
    "room_person",
    METADATA,
    Column("room", String(12), primary_key=True),
    Column("mark", String(64), primary_key=True),
    Column("age", String(10), nullable=False),
)
