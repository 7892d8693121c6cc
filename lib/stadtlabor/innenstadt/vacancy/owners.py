"""Who owns a unit: encrypted, in a database of its own, with a log of every look.

The register knows nothing about it, and nothing here knows an address: both share the unit's
identifier alone.
"""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    event,
    func,
    select,
)  # fmt: skip

from stadtlabor.innenstadt.vacancy.erasure import scrub
from stadtlabor.innenstadt.vacancy.errors import OwnerError, RightsError
from stadtlabor.innenstadt.vacancy.event import Actor
from stadtlabor.innenstadt.vacancy.pages import FOLDER
from stadtlabor.innenstadt.vacancy.words import said
from stadtlabor.settings import home
from stadtlabor.store.registers import create, registers

__all__ = ["FIELDS", "Audit", "Owners"]

FIELDS = ("name", "phone", "mail", "address", "note", "asking_rent", "reason_of_vacancy")
"""What may be kept about an owner."""
READERS = ("editor", "publisher")
NONCE_BYTES = 12

METADATA = MetaData()
_facts = Table(
    "owner_fact",
    METADATA,
    Column("unit", String(60), primary_key=True),
    Column("field", String(30), primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
_audits = Table(
    "owner_audit",
    METADATA,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("role", String(20), nullable=False),
    Column("person", String(80), nullable=False),
    Column("unit", String(60), nullable=False),
    Column("field", String(30), nullable=False),
    Column("what", String(10), nullable=False),
    Column("why", String(300), nullable=False),
)


@dataclass(frozen=True)
class Audit:
    """One look or change: when (UTC), who, which unit and field, what and why."""

    at: datetime
    actor: Actor
    unit: str
    field: str
    what: str
    why: str


class Owners:
    """Owners of units.

    Parameters
    ----------
    folder
        Where ``owners.db`` lies, default ``home()/"vacancy"/"owners"``; open to this user alone.
    key_file
        File with the key, made on first use with the rights 0600; default ``owners.key`` in the
        folder. Better on another disk than the database and its backups.
    url
        SQLAlchemy URL of another database. Never that of the register.

    Raises
    ------
    OwnerError
        In German, if the key is missing, damaged, open to others or not the right one.
    """

    def __init__(
        self, folder: Path | None = None, key_file: Path | None = None, url: str | None = None
    ) -> None:
        place = folder or home() / FOLDER / "owners"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._engine: Engine = registers(place, url or f"sqlite:///{place / 'owners.db'}")
        if self._engine.dialect.name == "sqlite" and not event.contains(
            self._engine, "connect", _overwrite
        ):
            event.listen(self._engine, "connect", _overwrite)
        create(self._engine, METADATA)
        self._cipher = AESGCM(_key(key_file or place / "owners.key", self._is_empty()))

    def _is_empty(self) -> bool:
        with self._engine.connect() as connection:
            counted = connection.execute(select(func.count()).select_from(_facts))
            return int(counted.scalar_one()) == 0

    def put(self, unit: str, facts: dict[str, str], actor: Actor, why: str) -> None:
        """Keep facts about an owner; an empty text deletes the field.

        Raises
        ------
        RightsError, OwnerError
            In German.
        """
        self._allowed(actor, why)
        for name in facts:
            if name not in FIELDS:
                possible = ", ".join(FIELDS)
                raise OwnerError(said("faults", "owner_field", field=name, possible=possible))
        with self._engine.begin() as connection:
            for name, value in facts.items():
                same = (_facts.c.unit == unit) & (_facts.c.field == name)
                connection.execute(_facts.delete().where(same))
                if value.strip():
                    body = self._sealed(unit, name, value.strip())
                    connection.execute(_facts.insert().values(unit=unit, field=name, body=body))
                self._log(connection, actor, unit, name, "write", why)

    def read(
        self, unit: str, actor: Actor, why: str, fields: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """Return what is known about the owner of a unit; the look is logged before it happens.

        Raises
        ------
        RightsError, OwnerError
            In German.
        """
        self._allowed(actor, why)
        with self._engine.begin() as connection:
            wanted = select(_facts).where(_facts.c.unit == unit).order_by(_facts.c.field)
            rows = [r for r in connection.execute(wanted) if not fields or r.field in fields]
            for row in rows:
                self._log(connection, actor, unit, row.field, "read", why)
            if not rows:
                self._log(connection, actor, unit, "", "read", why)
        return {row.field: self._opened(unit, row.field, row.body) for row in rows}

    def forget(self, unit: str, actor: Actor, why: str) -> int:
        """Delete everything about the owner of a unit, from the file and its journal, too.

        Returns
        -------
        int
            Number of fields deleted. The log keeps that there were some, not what they said.
        """
        self._allowed(actor, why)
        with self._engine.begin() as connection:
            gone = connection.execute(_facts.delete().where(_facts.c.unit == unit)).rowcount
            self._log(connection, actor, unit, "", "forget", why)
        # What a deleted row held would stay in free pages and in the journal.
        scrub(self._engine, "owner_fact")
        return int(gone)

    def audit(self, unit: str | None = None) -> list[Audit]:
        """Return the log, oldest first; of one unit where it is named."""
        wanted = select(_audits).order_by(_audits.c.seq)
        if unit is not None:
            wanted = wanted.where(_audits.c.unit == unit)
        with self._engine.connect() as connection:
            return [
                Audit(
                    row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC),
                    Actor(row.role, row.person),
                    row.unit,
                    row.field,
                    row.what,
                    row.why,
                )
                for row in connection.execute(wanted)
            ]

    @staticmethod
    def _allowed(actor: Actor, why: str) -> None:
        if actor.role not in READERS:
            raise RightsError(said("faults", "owner_role"))
        if not why.strip():
            raise OwnerError(said("faults", "reason"))

    @staticmethod
    def _log(
        connection: Connection, actor: Actor, unit: str, field: str, what: str, why: str
    ) -> None:
        connection.execute(
            _audits.insert().values(
                at=datetime.now(UTC),
                role=actor.role,
                person=actor.person,
                unit=unit,
                field=field,
                what=what,
                why=why[:300],
            )
        )

    def _sealed(self, unit: str, field: str, value: str) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        # Bound to its place: a row moved to another unit does not open.
        return nonce + self._cipher.encrypt(nonce, value.encode(), f"{unit}/{field}".encode())

    def _opened(self, unit: str, field: str, body: bytes) -> str:
        nonce, sealed = body[:NONCE_BYTES], body[NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, sealed, f"{unit}/{field}".encode()).decode()
        except InvalidTag as error:
            raise OwnerError(said("faults", "key_fit")) from error


def _overwrite(connection: object, _record: object) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # sqlite3 or another driver's
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _key(path: Path, may_make: bool) -> bytes:
    """Read the key; make one where there are no data yet."""
    if not path.exists():
        if not may_make:
            raise OwnerError(said("faults", "no_key", path=path.name))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = b64encode(AESGCM.generate_key(bit_length=256))
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was faster
            pass
        else:
            with os.fdopen(handle, "wb") as file:
                file.write(made)
                file.flush()
                os.fsync(file.fileno())
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise OwnerError(said("faults", "key_mode", path=path.name))
    try:
        key = b64decode(path.read_bytes().strip(), validate=True)
        if len(key) != 32:
            raise ValueError
    except (ValueError, NotBase64) as error:
        raise OwnerError(said("faults", "key_form", path=path.name)) from error
    return key
