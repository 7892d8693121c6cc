"""The append-only register of versions: who put what into operation when, and why.

What holds now is found by reading the rows of a pipeline in their order.
"""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from stadtlabor.settings import home
from stadtlabor.store.chain import Chain, Row

__all__ = ["Event", "append", "events", "names", "verify", "whoami"]


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


def _folder() -> Path:
    return home() / "runs"


_CHAIN = Chain("promotion_event", _folder, "pipeline", "why")
names, verify = _CHAIN.subjects, _CHAIN.verify


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

    def made(rows: list[Row]) -> tuple[str, dict[str, Any]] | None:
        return build([_event(row) for row in rows])

    row = _CHAIN.append(pipeline, who or whoami(), made, why, whole=False)
    return None if row is None else _event(row)


def events(pipeline: str) -> list[Event]:
    """Return the rows of a pipeline, oldest first."""
    return [_event(row) for row in _CHAIN.events(pipeline)]


def whoami() -> str:
    """Return whom this process belongs to: the hub's name, or the system's."""
    try:
        return os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _event(row: Row) -> Event:
    return Event(
        pd.Timestamp(row.at), row.subject, row.kind, row.content, row.who, row.more[0], row.hash
    )
