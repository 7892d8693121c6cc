"""Scopes of the hub that concern data."""

from __future__ import annotations

__all__ = ["PURPOSES", "READ"]

PURPOSES = "custom:data:purpose:"
"""Followed by a purpose that may be claimed."""

READ = "custom:data:read"
"""Reaches all data sets; with a colon and a name one."""
