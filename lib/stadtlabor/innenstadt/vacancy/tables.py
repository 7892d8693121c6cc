"""Tables of the register: histories that only grow, how units stand, photos and bookings."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from stadtlabor.store.registers import create, only_reads

__all__ = [
    "BOOKINGS",
    "EVENTS",
    "METADATA",
    "PHOTOS",
    "REMARKS",
    "UNITS",
    "create_tables",
    "forbid_changes",
    "permit_changes",
]

METADATA = MetaData()

UNITS = Table(
    "vacancy_unit",
    METADATA,
    Column("id", String(60), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(20), nullable=False, index=True),
    Column("street", String(120), nullable=False, index=True),
    Column("body", Text, nullable=False),  # the standing as JSON, made anew from the history
)
EVENTS = Table(
    "vacancy_event",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("unit", String(60), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("role", String(20), nullable=False),
    Column("person", String(80), nullable=False),
    Column("what", String(20), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("data", JSON, nullable=False),
    Column("operation", String(40), nullable=False, index=True),
    UniqueConstraint("unit", "version"),
)
PHOTOS = Table(
    "vacancy_photo",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("unit", String(60), nullable=False, index=True),
    Column("body", LargeBinary, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("alt", String(200), nullable=False),
)
REMARKS = Table(
    "vacancy_remark",
    METADATA,
    # Free words of citizens may be about third parties: they stand beside the history, where they
    # can be erased.
    Column("id", String(40), primary_key=True),
    Column("unit", String(60), nullable=False, index=True),
    Column("body", String(2000), nullable=False),
)
BOOKINGS = Table(
    "vacancy_booking",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("unit", String(60), nullable=False),
    Column("start", Date, nullable=False),
    Column("end", Date, nullable=False),
    Column("use", String(120), nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index("vacancy_booking_unit", "unit", "start"),
)

NO = "history only grows"
GUARDS = {
    "sqlite": [
        f"CREATE TRIGGER IF NOT EXISTS vacancy_event_{when} BEFORE {when.upper()} ON vacancy_event "
        f"BEGIN SELECT RAISE(ABORT, '{NO}'); END"
        for when in ("update", "delete")
    ],
    "postgresql": [
        # Two that create the same function at once would trip over each other.
        "SELECT pg_advisory_xact_lock(724)",
        "CREATE OR REPLACE FUNCTION vacancy_event_grows() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{NO}'; END $$",
        "CREATE OR REPLACE TRIGGER vacancy_event_grows BEFORE UPDATE OR DELETE ON vacancy_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION vacancy_event_grows()",
    ],
}
LIFTED = {
    "sqlite": [f"DROP TRIGGER IF EXISTS vacancy_event_{when}" for when in ("update", "delete")],
    "postgresql": ["DROP TRIGGER IF EXISTS vacancy_event_grows ON vacancy_event"],
}


def create_tables(engine: Engine) -> None:
    """Create what is missing, and forbid the database itself to change a history."""
    create(engine, METADATA)
    if not only_reads(engine):
        with engine.begin() as connection:
            forbid_changes(connection)


def forbid_changes(connection: Connection) -> None:
    """Let the database refuse every change of a history."""
    for guard in GUARDS.get(connection.dialect.name, []):
        connection.execute(text(guard))


def permit_changes(connection: Connection) -> None:
    """Lift that within a transaction, for an erasure that the law asks for."""
    for lifted in LIFTED.get(connection.dialect.name, []):
        connection.execute(text(lifted))
