"""A provider on the loopback, a city that asks it, and the real ingest between them."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from stadtlabor import city as cities
from stadtlabor.settings import Settings, Simulation, Sources
from stadtlabor.sources.asking_memory import Memory

CITY = """
[city]
name = "Musterstadt"
short_name = "Musterstadt"
ags = "09999000"
state = "BY"
timezone = "Europe/Berlin"
centre = { lat = 47.72, lon = 10.31 }
bounding_box = { south = 47.66, west = 10.22, north = 47.80, east = 10.42 }
contact = "stadtlabor@example.org"
[weather]
station = { id = "02559", name = "Musterstadt", lat = 47.72, lon = 10.33, elevation_m = 705 }
[rain]
product = "YW"
radars = []
window_km = 128
threshold_mm = [5.0]
[[rain.places]]
id = "musterstadt"
name = "Musterstadt"
lat = 47.72
lon = 10.31
"""


@dataclass
class Provider:
    """What a provider answers by path (with query, or without), and what it was asked."""

    pages: dict[str, bytes] = field(default_factory=dict)
    base: str = ""
    asked: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    status: int = 200
    delay_s: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)

    def find(self, target: str) -> bytes | None:
        return self.pages.get(target, self.pages.get(unquote(urlsplit(target).path)))


@contextmanager
def providing() -> Iterator[Provider]:
    """Serve a provider that knows entity tags."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            provider.asked.append(self.path)
            provider.agents.add(self.headers["User-Agent"])
            time.sleep(provider.delay_s)
            body = provider.find(self.path)
            status = 404 if body is None else provider.status
            tag = f'"{hashlib.sha256(body or b"").hexdigest()[:16]}"'
            if status == 200 and self.headers.get("If-None-Match") == tag:
                status, body = 304, b""
                provider.unchanged.append(self.path)
            if status != 200:
                body = b""
            self.send_response(status)
            for name, value in provider.headers.items():
                self.send_header(name, value)
            self.send_header("ETag", tag)
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    provider.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Town:
    """A city with feeds and its ingest."""

    home: Path
    city_file: Path

    def feeds(self, text: str) -> None:
        """Write what the city asks for."""
        self.city_file.write_text(CITY + text, encoding="utf-8")
        cities.city.cache_clear()

    def once(self, **sources: Any) -> dict[str, Any]:
        """Run the real ingest once, as after a restart; return its health."""
        from stadtlabor.ingest import Collector

        settings = Settings(simulation=Simulation(enabled=False), sources=Sources(**sources))
        return Collector(self.home, cities.city(), settings).once()

    def memory(self) -> Memory:
        """Read what it remembers."""
        return Memory(self.home / "sources")


@contextmanager
def town(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Make a city in a folder, and forget it afterwards."""
    place = Town(home, folder / "stadt.toml")
    place.feeds("")
    monkeypatch.setenv("STADTLABOR_CITY", str(place.city_file))
    cities.city.cache_clear()
    try:
        yield place
    finally:
        cities.city.cache_clear()
