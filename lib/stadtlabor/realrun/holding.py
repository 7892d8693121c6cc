"""Declared tables that nobody has decided on: in the closed folder of the pages."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from stadtlabor.realrun import places
from stadtlabor.realrun.errors import RealRunError
from stadtlabor.realrun.state import Request
from stadtlabor.realrun.table import Table, read_table
from stadtlabor.realrun.words import said
from stadtlabor.store.files import write_durably

__all__ = ["drop_tables", "held_tables", "hold"]


def hold(id_: str, tables: list[Any]) -> str:
    """Keep what was declared; return its hash."""
    text = json.dumps(tables, ensure_ascii=False, sort_keys=True).encode()
    write_durably(places.held() / f"{id_}.json", text)
    return hashlib.sha256(text).hexdigest()


def held_tables(one: Request) -> list[Table]:
    """Return the declared tables of a request.

    Raises
    ------
    RealRunError
        If they are gone, not what they were, or no tables (German sentence).
    """
    try:
        content = (places.held() / f"{one.id}.json").read_bytes()
    except OSError:
        raise RealRunError(said("desk.no_tables")) from None
    if hashlib.sha256(content).hexdigest() != one.hash:
        raise RealRunError(said("desk.changed"))
    return [read_table(each) for each in json.loads(content)]


def drop_tables(id_: str) -> None:
    """Delete the declared tables of a request."""
    (places.held() / f"{id_}.json").unlink(missing_ok=True)
