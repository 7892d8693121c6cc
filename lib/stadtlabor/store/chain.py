"""An append-only table whose rows hang together: a changed or missing row is noticed.

Each row carries the hash of the row before it. What holds now is found by reading the rows in
their order. Publishing, promotion and real runs keep their history in such a table each.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Column, Engine, Integer, MetaData, Select, String, Table, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random

from stadtlabor.settings import storage
from stadtlabor.store.registers import create, registers

__all__ = ["Chain", "Row"]


class Row(NamedTuple):
    """One row.

    Attributes
    ----------
    at
        When, UTC.
    subject
        What it is about: an id or a name.
    kind, content, who
        What happened, with which facts, through whom.
    hash
        Of this row and, through the row before, of all rows up to here.
    more
        Further columns.
    """

    at: datetime
    subject: str
    kind: str
    content: dict[str, Any]
    who: str
    hash: str
    more: tuple[str, ...] = ()


class Chain:
    """One history.

    Parameters
    ----------
    table
        Name of its table.
    folder
        Returns where ``registers.db`` lies if no server is named.
    subject
        Name of the column that says what a row is about.
    more
        Names of further columns of text.
    """

    def __init__(self, table: str, folder: Callable[[], Path], subject: str, *more: str) -> None:
        self._folder, self._metadata = folder, MetaData()
        self._columns = ("previous", "at", subject, "kind", "content", "who", *more)
        self._table = Table(
            table,
            self._metadata,
            Column("id", Integer, primary_key=True),
            Column("at", String, nullable=False),
            Column(subject, String, nullable=False, index=True),
            Column("kind", String, nullable=False),
            Column("content", String, nullable=False),
            Column("who", String, nullable=False),
            *(Column(name, String, nullable=False) for name in more),
            # Two writers cannot both follow the same row.
            Column("previous", String, nullable=False, unique=True),
            Column("hash", String, nullable=False),
        )
        self._subject = self._table.c[subject]

    def events(self, subject: str | None = None) -> list[Row]:
        """Return the rows of a subject, or all, oldest first; none where nothing was written."""
        engine = self._reader()
        if engine is None:
            return []
        with engine.connect() as connection:
            return [self._row(row) for row in connection.execute(self._rows(subject))]

    def subjects(self) -> list[str]:
        """Return everything that rows are about, in alphabetical order."""
        engine = self._reader()
        if engine is None:
            return []
        with engine.connect() as connection:
            wanted = select(self._subject).distinct().order_by(self._subject)
            return list(connection.execute(wanted).scalars())

    @retry(
        retry=retry_if_exception_type((IntegrityError, OperationalError)),
        stop=stop_after_attempt(20),
        wait=wait_random(0, 0.1),
        reraise=True,
    )
    def append(
        self,
        subject: str,
        who: str,
        build: Callable[[list[Row]], tuple[str, dict[str, Any]] | None],
        *more: str,
        whole: bool = True,
    ) -> Row | None:
        """Append one row.

        Parameters
        ----------
        subject, who, more
            See :class:`Row`.
        build
            Gets the rows so far and returns kind and content, or None for no row; raises where
            the step is not allowed. It is asked again where somebody else was faster.
        whole
            False to show it the rows of the subject alone.
        """
        engine = registers(self._folder())
        create(engine, self._metadata)
        newest = select(self._table.c.hash).order_by(self._table.c.id.desc()).limit(1)
        with engine.begin() as connection:
            last = connection.execute(newest).scalar() or ""
            seen = connection.execute(self._rows(None if whole else subject))
            made = build([self._row(row) for row in seen])
            if made is None:
                return None
            kind, content = made
            now = datetime.now(UTC)
            text = json.dumps(content, ensure_ascii=False, sort_keys=True)
            parts = [last, now.isoformat(), subject, kind, text, who, *more]
            row = dict(zip(self._columns, parts, strict=True))
            connection.execute(insert(self._table).values(**row, hash=_hash(parts)))
        return Row(now, subject, kind, content, who, _hash(parts), more)

    def verify(self) -> bool:
        """Tell whether no row was changed or taken out since it was written."""
        engine = self._reader()
        if engine is None:
            return True
        before = ""
        with engine.connect() as connection:
            for row in connection.execute(self._rows(None)).mappings():
                parts = [str(row[name]) for name in self._columns]
                if row["previous"] != before or row["hash"] != _hash(parts):
                    return False
                before = row["hash"]
        return True

    def _rows(self, subject: str | None) -> Select[Any]:
        wanted = select(self._table).order_by(self._table.c.id)
        return wanted if subject is None else wanted.where(self._subject == subject)

    def _row(self, found: Any) -> Row:
        row = found._mapping
        more = tuple(row[name] for name in self._columns[6:])
        at = datetime.fromisoformat(row["at"])
        content = json.loads(row["content"])
        return Row(at, row[self._columns[2]], row["kind"], content, row["who"], row["hash"], more)

    def _reader(self) -> Engine | None:
        """Return the engine for reading, None where nothing was ever written."""
        folder = self._folder()
        named = os.environ.get("STADTLABOR_REGISTERS") or storage().registers
        if not named and not (folder / "registers.db").exists():
            return None
        engine = registers(folder)
        create(engine, self._metadata)
        return engine


def _hash(parts: list[str]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
