"""What can go wrong on the way of a real run."""

from __future__ import annotations

__all__ = ["RealRunError"]


class RealRunError(ValueError):
    """The message says in German what is wrong and what to do."""
