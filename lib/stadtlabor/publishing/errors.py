"""What can go wrong when something is published."""

from __future__ import annotations

from stadtlabor.handover.errors import HandInError

__all__ = ["PublishingError"]


class PublishingError(HandInError):
    """The message says in German what is wrong and what to do."""
