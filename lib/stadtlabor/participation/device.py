"""How a room knows a device: by a hash of the room and a number that the device drew itself."""

from __future__ import annotations

import hashlib

from stadtlabor.participation.contribution import RefusedError

__all__ = ["mark_of"]

TOKEN = 16
"""Least length of a token; the pages draw 32 hexadecimal digits."""


def mark_of(room: str, token: str) -> str:
    """Return what stands for a device in one room.

    Raises
    ------
    RefusedError
        If the token is too short to be secret.
    """
    if not TOKEN <= len(token) <= 100 or not token.isascii():
        raise RefusedError("token")
    return hashlib.sha256(f"{room}:{token}".encode()).hexdigest()[:32]
