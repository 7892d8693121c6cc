"""What stands behind the question mark of an app's address."""

from __future__ import annotations

import os
from urllib.parse import parse_qs

__all__ = ["asked"]


def asked(name: str) -> str | None:
    """Return a value of the page's query string (``?gebiet=…``), or None."""
    found = parse_qs(os.environ.get("QUERY_STRING", "")).get(name)
    return found[0] if found else None
