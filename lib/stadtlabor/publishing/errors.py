"""What can go wrong when something is published."""

from __future__ import annotations

__all__ = ["PublishingError"]


class PublishingError(ValueError):
    """The message says in German what is wrong and what to do."""
