"""Rows that are opened by a code for many and a key for one: surveys, classes, rooms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, Row, Table, select
from sqlalchemy.exc import IntegrityError

from stadtlabor.codes import CODE, KEY, draw

__all__ = ["add_coded", "coded"]

TRIES = 20
"""So often a code is drawn anew; of 700 million codes, the second is as good as never taken."""


def add_coded(engine: Engine, table: Table, values: Mapping[str, Any]) -> tuple[str, str]:
    """Insert a row with a new code and a new key; return both.

    Parameters
    ----------
    engine
        Of the register.
    table
        With the unique columns ``code`` and ``key``.
    values
        All other columns.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        If the row does not fit for another reason than its code.
    """
    left = TRIES
    while True:
        code, key = draw(CODE), draw(KEY)
        try:
            with engine.begin() as connection:
                connection.execute(table.insert().values(code=code, key=key, **values))
        except IntegrityError:
            left -= 1
            if not left:
                raise
        else:
            return code, key


def coded(engine: Engine, table: Table, column: str, value: str) -> Row[Any] | None:
    """Return the row with a ``code`` or ``key``, however it was typed; None where there is none."""
    wanted = select(table).where(table.c[column] == value.strip().lower())
    with engine.connect() as connection:
        return connection.execute(wanted).first()
