"""A small web server on the loopback, for providers that are simulated or recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Answer", "index_page", "serve"]

Answer = tuple[str, bytes, datetime]
"""Content type, body and time of the last change."""


def index_page(path: str, names: list[str]) -> bytes:
    """Return a directory page as Apache writes it."""
    links = "\n".join(f'<a href="{name}">{name}</a>' for name in names)
    title = f"Index of {path}"
    return (
        f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1><hr><pre>"
        f'<a href="../">../</a>\n{links}\n</pre><hr></body>\n</html>\n'
    ).encode()


def serve(answer: Callable[[str, datetime], Answer | None], port: int) -> ThreadingHTTPServer:
    """Return a server on the loopback that is bound but not yet running.

    Parameters
    ----------
    answer
        Returns the page of a path with query, None for "not found"; a ``ValueError`` or
        ``KeyError`` tells a bad question.
    port
        Port; 0 takes a free one (``server_address[1]``).
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                found = answer(self.path, datetime.now(UTC))
            except (ValueError, KeyError) as error:
                self._send(400, "text/plain; charset=utf-8", str(error).encode())
                return
            if found is None:
                self._send(404, "text/plain; charset=utf-8", b"404 Not Found")
                return
            kind, body, changed = found
            since = self.headers.get("If-Modified-Since")
            if since and changed.replace(microsecond=0) <= parsedate_to_datetime(since):
                self._send(304, kind, b"", changed)
                return
            self._send(200, kind, body, changed)

        def _send(
            self, status: int, kind: str, body: bytes, changed: datetime | None = None
        ) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if changed is not None:
                self.send_header("Last-Modified", format_datetime(changed, usegmt=True))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet: questions come every few seconds."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    return server
