"""Codes that are read from a blackboard, and keys that open what belongs to one person."""

from __future__ import annotations

import secrets

__all__ = ["CODE", "KEY", "LETTERS", "draw"]

LETTERS = "abcdefghkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike on a blackboard."""

CODE, KEY = 6, 20
"""Lengths: a code is typed by hand (29 bits), a key is kept as a link (98 bits)."""


def draw(length: int) -> str:
    """Return random letters of :data:`LETTERS`."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))
