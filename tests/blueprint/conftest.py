"""A weather service with a station list in the layout of the real one."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

LIST = Path(__file__).with_name("station_list.txt")
PATH = (
    "/climate_environment/CDC/observations_germany/climate/daily/kl/recent/"
    "KL_Tageswerte_Beschreibung_Stationen.txt"
)


class Weather(BaseHTTPRequestHandler):
    """Gives the list at its true path, in its true encoding."""

    def do_GET(self) -> None:
        body = LIST.read_text("utf-8").encode("latin-1") if self.path == PATH else b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def weather_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Weather)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
