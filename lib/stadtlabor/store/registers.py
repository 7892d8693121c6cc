"""Ordinary rows behind SQLAlchemy: SQLite by default, PostgreSQL by URL.

The dictionary of datastreams lives here, and so may every other register of the house.
"""

from __future__ import annotations

import os
import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from stadtlabor.settings import storage
from stadtlabor.store.reading import connect_reading, writable

__all__ = ["METADATA", "create", "only_reads", "registers"]

METADATA = MetaData()
"""Tables of the store itself. A strand with registers of its own keeps its own metadata."""


def registers(folder: Path, url: str | None = None) -> Engine:
    """Return the engine of the registers; one per process and address.

    Parameters
    ----------
    folder
        Where ``registers.db`` lies if no server is named.
    url
        SQLAlchemy URL of a server, default ``$STADTLABOR_REGISTERS``, else ``[store] registers`` of
        the settings.
    """
    stated = url or os.environ.get("STADTLABOR_REGISTERS") or storage().registers
    if not stated:
        path = folder / "registers.db"
        if folder.exists() and not writable(path):
            return _reading(path, os.getpid())
        folder.mkdir(parents=True, exist_ok=True)
        stated = f"sqlite:///{path}"
    # A forked kernel must not share its parent's connections.
    return _engine(stated, os.getpid())


def create(engine: Engine, metadata: MetaData) -> None:
    """Create the tables that are missing, also where others are doing the same right now.

    SQLAlchemy's own way asks first and creates then, and fails where another process was faster.
    Who may only read creates nothing.
    """
    if only_reads(engine):
        return
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))


def only_reads(engine: Engine) -> bool:
    """Tell whether an engine is for reading alone, because this process may not write."""
    return bool(engine.get_execution_options().get("only_reads"))


@lru_cache(maxsize=64)
def _reading(path: Path, process: int) -> Engine:
    return create_engine(
        "sqlite://",
        creator=lambda: connect_reading(path),
        poolclass=NullPool,
        execution_options={"only_reads": True},
    )


@lru_cache(maxsize=64)
def _engine(url: str, process: int) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, poolclass=NullPool)
    event.listen(engine, "connect", _durable)
    return engine


def _durable(connection: Any, _record: Any) -> None:
    """Let readers and writer work side by side, a commit survive a power cut, an erasure erase."""
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=10000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
