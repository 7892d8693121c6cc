"""What can go wrong in the store; every message is a German sentence for people."""

from __future__ import annotations

__all__ = ["StoreError", "StoreLockedError"]


class StoreError(ValueError):
    """A question that the store cannot answer or a batch that it cannot keep."""


class StoreLockedError(StoreError):
    """Another process is already the writer."""
