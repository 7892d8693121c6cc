"""A question that gets no data, and the German sentence that says why and whom to ask."""

from __future__ import annotations

__all__ = ["RefusedError", "UnanswerableError"]


class RefusedError(PermissionError):
    """The policy of the data set says no; the message says in German why and whom to ask."""


class UnanswerableError(ValueError):
    """The question names something that does not exist; the message says in German what."""
