"""Who is which system user: the services, the levels of trust, every person."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import (
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    insert,
    select,
)
from sqlalchemy.pool import NullPool

from stadtlabor.forks import LEVELS
from stadtlabor.separation import separation
from stadtlabor.settings import home, settings

__all__ = ["RESERVED", "User", "group", "level", "number", "person", "service"]

RESERVED = 10
"""Numbers from ``first_uid`` on that are no person's."""

# Strangers' kernels must not write what the city shows, so pages are made by a user of their own.
# Researchers' notebooks on restricted values are kept from everybody, so these have one as well.
_SERVICES = {"apps": 1, "render": 2, "realrun": 5}
_LEVELS = {name: 3 + place for place, name in enumerate(LEVELS)}

_METADATA = MetaData()
_PEOPLE = Table(
    "people",
    _METADATA,
    Column("number", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    # The highest number ever given is remembered, so none is given to a second person.
    sqlite_autoincrement=True,
)


@dataclass(frozen=True)
class User:
    """A system user and its group."""

    uid: int
    gid: int


def service(name: str) -> User | None:
    """Return the system user of a managed service, None where all run as the hub does."""
    if not separation().own:
        return None
    uid = settings().labs.first_uid + _SERVICES.get(name, 0)
    return User(uid, uid)


def level(admin: bool, groups: Iterable[str]) -> str:
    """Return the level of trust of a person."""
    return LEVELS[admin or settings().labs.staff_group in groups]


def group(trust: str) -> int | None:
    """Return the system group of a level of trust, None where all run as the hub does."""
    return settings().labs.first_uid + _LEVELS[trust] if separation().own else None


def person(name: str, trust: str) -> User | None:
    """Return the system user of a person, None where all run as the hub does."""
    gid = group(trust)
    if gid is None:
        return None
    return User(settings().labs.first_uid + RESERVED + number(name), gid)


def number(name: str) -> int:
    """Return the number of a person, 1 or more; the first call gives it."""
    engine = _register(home() / "hub" / "people.db", os.getpid())
    wanted = select(_PEOPLE.c.number).where(_PEOPLE.c.name == name)
    with engine.begin() as connection:
        found = connection.execute(wanted).scalar()
        if found is None:
            connection.execute(insert(_PEOPLE).values(name=name))
            found = connection.execute(wanted).scalar_one()
    return int(found)


@lru_cache(maxsize=8)
def _register(path: Path, process: int) -> Engine:
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    _METADATA.create_all(engine)
    return engine
