"""The append-only history of real runs; nobody is named, all stand there by pseudonyms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stadtlabor.realrun import places
from stadtlabor.store.chain import Chain, Row

__all__ = ["Row", "append", "events", "verify"]

_CHAIN = Chain("realrun_event", places.desk, "request")
events, verify = _CHAIN.events, _CHAIN.verify


def append(
    id_: str, kind: str, who: str, build: Callable[[list[Row]], dict[str, Any] | None]
) -> Row | None:
    """Append one row.

    Parameters
    ----------
    id_, kind, who
        Which request, what happened (:data:`stadtlabor.realrun.state.KINDS`), through whom.
    build
        Gets all rows so far and returns the content, or None for no row; raises where the step is
        not allowed. It is asked again where somebody else was faster.
    """

    def made(rows: list[Row]) -> tuple[str, dict[str, Any]] | None:
        content = build(rows)
        return None if content is None else (kind, content)

    return _CHAIN.append(id_, who, made)
