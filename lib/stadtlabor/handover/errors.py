"""What can go wrong when a notebook is handed in."""

from __future__ import annotations

__all__ = ["HandInError"]


class HandInError(ValueError):
    """The message says in German what is wrong and what to do."""
