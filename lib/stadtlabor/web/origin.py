"""The address under which a visitor sees the site."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request

__all__ = ["origin"]


def origin(request: Request) -> str:
    """Return scheme and host as the visitor sees them."""
    forwarded = request.headers.get("x-forwarded-proto", "").split(",")[0].strip()
    parts = urlsplit(str(request.base_url))
    return f"{forwarded or parts.scheme}://{request.headers.get('host', parts.netloc)}"
