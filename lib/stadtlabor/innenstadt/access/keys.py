"""Keys of the staff: shown once, kept as a hash, each for one pseudonymous person and role."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Column, Date, MetaData, Row, String, Table, select

from stadtlabor.city import city
from stadtlabor.codes import KEY, draw
from stadtlabor.innenstadt.access.words import said
from stadtlabor.innenstadt.vacancy import Actor, findings
from stadtlabor.settings import home
from stadtlabor.store.registers import create, registers

__all__ = ["ROLES", "AccessError", "Keys", "Staff", "UnknownKeyError", "UnknownPersonError"]

ROLES = ("editor", "agent", "publisher")
"""Roles of the register that have a key; citizens need none."""
FOLDER = "vacancy"
PERSON_LENGTH = 8
LONGEST_LABEL = 80

METADATA = MetaData()
_keys = Table(
    "staff_key",
    METADATA,
    Column("person", String(20), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("label", String(LONGEST_LABEL), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created", Date, nullable=False),
    Column("revoked", Date),
)


class AccessError(ValueError):
    """Base of what can go wrong here: German, says what to do."""


class UnknownKeyError(AccessError, LookupError):
    """There is no such key, or it is revoked."""


class UnknownPersonError(AccessError, LookupError):
    """There is no such person."""


@dataclass(frozen=True)
class Staff:
    """Somebody with a key.

    Attributes
    ----------
    person
        Pseudonym, for histories and logs.
    role
        One of :data:`ROLES`.
    label
        Function in the house, no name.
    created, revoked
        Local days; None while the key opens.
    """

    person: str
    role: str
    label: str
    created: date
    revoked: date | None = None

    @property
    def actor(self) -> Actor:
        """The person as the register of units knows it."""
        return Actor(self.role, self.person)  # type: ignore[arg-type]  # one of ROLES


class Keys:
    """The keys of an installation.

    Parameters
    ----------
    folder
        Where they lie if no SQL server is named; default ``home()/"vacancy"``.
    url
        SQLAlchemy URL of a server, default ``$STADTLABOR_REGISTERS``.
    """

    def __init__(self, folder: Path | None = None, url: str | None = None) -> None:
        self._engine = registers(folder or home() / FOLDER, url)
        create(self._engine, METADATA)

    def invite(self, role: str, label: str) -> tuple[Staff, str]:
        """Make a key.

        Parameters
        ----------
        role
            One of :data:`ROLES`.
        label
            Function, no name ("Wirtschaftsförderung 1").

        Returns
        -------
        tuple
            The new person and the key; nobody can read the key again.

        Raises
        ------
        AccessError
            In German, if role or label will not do.
        """
        plain = " ".join(label.split())[:LONGEST_LABEL]
        if role not in ROLES:
            raise AccessError(said("role", role=role, possible=", ".join(ROLES)))
        if len(plain) < 2:
            raise AccessError(said("label"))
        if found := findings(plain):
            raise AccessError(said("private", found=found[0].german))
        key = draw(KEY)
        made = Staff(draw(PERSON_LENGTH), role, plain, _today())
        with self._engine.begin() as connection:
            connection.execute(
                _keys.insert().values(
                    person=made.person, role=role, label=plain, hash=_hash(key),
                    created=made.created, revoked=None,
                )
            )  # fmt: skip
        return made, key

    def opened(self, key: str) -> Staff:
        """Return whose key this is.

        Raises
        ------
        UnknownKeyError
            If it is nobody's or revoked.
        """
        wanted = select(_keys).where(_keys.c.hash == _hash(key), _keys.c.revoked.is_(None))
        with self._engine.connect() as connection:
            row = connection.execute(wanted).first()
        if row is None:
            raise UnknownKeyError(said("key"))
        return _staff(row)

    def all(self, role: str | None = None) -> list[Staff]:
        """Return everybody who has or had a key, oldest first; of one role where it is named."""
        wanted = select(_keys).order_by(_keys.c.created, _keys.c.label)
        if role is not None:
            wanted = wanted.where(_keys.c.role == role)
        with self._engine.connect() as connection:
            return [_staff(row) for row in connection.execute(wanted)]

    def revoke(self, person: str) -> Staff:
        """Let a key open nothing from now on; the person stays known, for the histories.

        Raises
        ------
        UnknownPersonError
            If there is no such person.
        """
        same = _keys.c.person == person
        still = same & _keys.c.revoked.is_(None)
        with self._engine.begin() as connection:
            connection.execute(_keys.update().where(still).values(revoked=_today()))
            row = connection.execute(select(_keys).where(same)).first()
        if row is None:
            raise UnknownPersonError(said("person", person=person))
        return _staff(row)


def _hash(key: str) -> str:
    # Keys are drawn, not thought up: 98 bits need no slow hash.
    return hashlib.sha256(key.strip().lower().encode("utf-8", "replace")).hexdigest()


def _staff(row: Row[tuple[object, ...]]) -> Staff:
    return Staff(row.person, row.role, row.label, row.created, row.revoked)


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
