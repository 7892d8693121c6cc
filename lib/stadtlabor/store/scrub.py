"""Take what deleted rows held out of a database's files: free pages and journal, too."""

from __future__ import annotations

from sqlalchemy import Engine, text

__all__ = ["scrub"]


def scrub(engine: Engine, *tables: str) -> None:
    """Rewrite a database, so that what deleted rows held is in none of its files any more.

    Parameters
    ----------
    engine
        SQLite is rewritten whole, of PostgreSQL the tables named; others are left as they are.
    tables
        Tables that rows were deleted from.

    Raises
    ------
    sqlalchemy.exc.OperationalError
        If another process does not let go of the file within the engine's patience.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("VACUUM"))
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        elif engine.dialect.name == "postgresql":
            for table in tables:
                connection.execute(text(f"VACUUM FULL {table}"))
