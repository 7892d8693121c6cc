"""What can go wrong on the way of a real run."""

from __future__ import annotations

from stadtlabor.handover.errors import HandInError

__all__ = ["RealRunError"]


class RealRunError(HandInError):
    """The message says in German what is wrong and what to do."""
