"""The append-only history: what happened to which notebook, when, through whom.

Nobody is named: authors and staff stand there by pseudonyms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stadtlabor.publishing import places
from stadtlabor.store.chain import Chain
from stadtlabor.store.chain import Row as Event

__all__ = ["Event", "append", "events", "verify"]

Build = Callable[[list[Event]], dict[str, Any] | None]
_CHAIN = Chain("publishing_event", places.root, "submission")
events, verify = _CHAIN.events, _CHAIN.verify


def append(submission: str, kind: str, who: str, build: Build) -> Event | None:
    """Append one row.

    Parameters
    ----------
    submission, kind, who
        What it is about, what happened, through whom.
    build
        Gets all rows so far and returns the content, or None for no row; raises where the step is
        not allowed. It is asked again where somebody else was faster.
    """

    def made(rows: list[Event]) -> tuple[str, dict[str, Any]] | None:
        content = build(rows)
        return None if content is None else (kind, content)

    return _CHAIN.append(submission, who, made)
