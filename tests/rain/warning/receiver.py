"""A receiver of webhooks as a process of its own: ``python receiver.py PORT FILE``.

Writes every key that arrives to FILE, one line each, and answers ``GET /<key>`` with 200 or 404.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx


class Handler(BaseHTTPRequestHandler):
    """Keeps what comes."""

    file: Path

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        with self.file.open("a") as file:
            file.write(self.headers["Idempotency-Key"] + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.send_response(204)
        self.end_headers()

    def do_GET(self) -> None:
        known = self.path.lstrip("/") in self.file.read_text().split()
        self.send_response(200 if known or self.path == "/" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def start(port: int, file: Path) -> subprocess.Popen[bytes]:
    """Start the receiver and wait until it answers."""
    file.touch()
    process = subprocess.Popen([sys.executable, __file__, str(port), str(file)])
    for _ in range(100):
        try:
            httpx.get(f"http://127.0.0.1:{port}/", timeout=1)
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return process
    raise RuntimeError("the receiver does not answer")


if __name__ == "__main__":
    Handler.file = Path(sys.argv[2])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
