"""The append-only register of versions: who put what into operation when, and why.

Each row carries the hash of the row before it, so that a changed or missing row is noticed
(:func:`verify`). What holds now is found by reading the rows of a pipeline in their order.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import pandas as pd
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from stadtlabor.settings import home
from stadtlabor.store.registers import create, only_reads, registers

__all__ = ["Event", "append", "events", "names", "verify", "whoami"]

_METADATA = MetaData()
_EVENTS = Table(
    "promotion_event",
    _METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", String, nullable=False),
    Column("pipeline", String, nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("content", String, nullable=False),
    Column("who", String, nullable=False),
    Column("why", String, nullable=False),
    # Two writers cannot both follow the same row.
    Column("previous", String, nullable=False, unique=True),
    Column("hash", String, nullable=False),
)
T = TypeVar("T")


class Event(NamedTuple):
    """One row.

    Attributes
    ----------
    at
        When, UTC.
    pipeline, kind, content
        ``version`` (``number``, ``notebook_hash``, ``settings``), ``alias`` (``alias``,
        ``number``), ``decision`` (figures of the gate) or ``rollback`` (``number``).
    who, why
        As stated by whoever did it.
    hash
        Of this row and, through the row before, of all rows up to here.
    """

    at: pd.Timestamp
    pipeline: str
    kind: str
    content: dict[str, Any]
    who: str
    why: str
    hash: str


def append(
    pipeline: str,
    build: Callable[[list[Event]], tuple[str, dict[str, Any]] | None],
    why: str,
    who: str = "",
) -> Event | None:
    """Append one row.

    Parameters
    ----------
    pipeline
        Name.
    build
        Gets the rows of the pipeline so far and returns kind and content, or None for no row. It
        is asked again where somebody else was faster.
    why, who
        Reason, and person; default: who this process belongs to.
    """
    engine = _engine()
    return _append(engine, pipeline, build, why, who or whoami())


def events(pipeline: str) -> list[Event]:
    """Return the rows of a pipeline, oldest first."""
    if not (engine := _reader()):
        return []
    with engine.connect() as connection:
        return _events(connection, pipeline)


def names() -> list[str]:
    """Return the names of all pipelines that have rows."""
    if not (engine := _reader()):
        return []
    wanted = select(_EVENTS.c.pipeline).distinct().order_by(_EVENTS.c.pipeline)
    with engine.connect() as connection:
        return list(connection.execute(wanted).scalars())


def verify() -> bool:
    """Tell whether no row was changed or taken out since it was written."""
    if not (engine := _reader()):
        return True
    before = ""
    with engine.connect() as connection:
        for row in connection.execute(select(_EVENTS).order_by(_EVENTS.c.id)):
            parts = [row.previous, row.at, row.pipeline, row.kind, row.content, row.who, row.why]
            if row.previous != before or row.hash != _hash(parts):
                return False
            before = row.hash
    return True


def whoami() -> str:
    """Return whom this process belongs to: the hub's name, or the system's."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


@retry(
    retry=retry_if_exception_type((IntegrityError, OperationalError)),
    stop=stop_after_attempt(20),
    wait=wait_random(0, 0.1),
    reraise=True,
)
def _append(
    engine: Engine,
    pipeline: str,
    build: Callable[[list[Event]], tuple[str, dict[str, Any]] | None],
    why: str,
    who: str,
) -> Event | None:
    with engine.begin() as connection:
        last = connection.execute(
            select(_EVENTS.c.hash).order_by(_EVENTS.c.id.desc()).limit(1)
        ).scalar()
        made = build(_events(connection, pipeline))
        if made is None:
            return None
        kind, content = made
        now = pd.Timestamp.now("UTC")
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        parts = [last or "", now.isoformat(), pipeline, kind, text, who, why]
        columns = ("previous", "at", "pipeline", "kind", "content", "who", "why")
        row = dict(zip(columns, parts, strict=True))
        connection.execute(insert(_EVENTS).values(**row, hash=_hash(parts)))
    return Event(now, pipeline, kind, content, who, why, _hash(parts))


def _events(connection: Connection, pipeline: str) -> list[Event]:
    wanted = select(_EVENTS).where(_EVENTS.c.pipeline == pipeline).order_by(_EVENTS.c.id)
    return [
        Event(
            pd.Timestamp(row.at), row.pipeline, row.kind, json.loads(row.content), row.who,
            row.why, row.hash,
        )
        for row in connection.execute(wanted)
    ]  # fmt: skip


def _hash(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _engine() -> Engine:
    engine = registers(home() / "runs")
    create(engine, _METADATA)
    return engine


def _reader() -> Engine | None:
    """Return the engine for reading, None where nothing was ever registered."""
    folder = home() / "runs"
    if not os.environ.get("STADTLABOR_REGISTERS") and not (folder / "registers.db").exists():
        return None
    engine = registers(folder)
    return engine if only_reads(engine) else _engine()
