"""Headers that every page carries."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PAGE_HEADERS", "SecurityHeaders"]

HEADERS = {
    # KERN draws its icons from data: URLs in the style sheet; nothing else leaves the site.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
        "script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE_HEADERS = {
    # Charts carry their styles in attributes. There is no script, so that none can be slipped in.
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        "img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
}
"""Headers of the pages that are made from notebooks, in place of those of the other pages."""

FOR_GOOD = "public, max-age=31536000, immutable"


class SecurityHeaders:
    """Add the headers and say how long an answer may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                kept = scope["path"].startswith("/static/") and message["status"] in (200, 304)
                headers.setdefault("Cache-Control", FOR_GOOD if kept else "no-cache")
            await send(message)

        await self.app(scope, receive, complete if scope["type"] == "http" else send)
