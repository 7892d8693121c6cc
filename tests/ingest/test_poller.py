from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stadtlabor.ingest.poller import Poller
from stadtlabor.sources.delivery import Poll, Request
from stadtlabor.store import Spool


class Provider(BaseHTTPRequestHandler):
    pages: dict[str, bytes] = {}  # noqa: RUF012 - the server class is this test's own

    def do_GET(self) -> None:
        page = self.pages.get(self.path)
        self.send_response(200 if page is not None else 503)
        self.end_headers()
        self.wfile.write(page or b"")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def provider() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_only_what_changed_is_spooled(provider, tmp_path: Path):
    spool = Spool(tmp_path / "spool.db")
    poll = Poll("Anbieter", 60, lambda _now: [Request("meter", f"{provider}/a")])
    poller = Poller(spool, [poll])
    Provider.pages = {"/a": b"1"}
    assert [poller.once(), poller.once()] == [1, 0]
    Provider.pages = {"/a": b"2"}
    assert poller.once() == 1
    assert [d.body for _, d in spool.pending()] == [b"1", b"2"]
    assert poller.states["Anbieter"].error == ""


def test_a_failing_provider_is_told_and_stops_nobody(provider, tmp_path: Path):
    def broken(_now: object) -> list[Request]:
        raise RuntimeError("kein Verzeichnis")

    spool = Spool(tmp_path / "spool.db")
    Provider.pages = {"/a": b"1"}
    polls = [
        Poll("Kaputt", 60, broken),
        Poll("Teils", 60, lambda _now: [Request("meter", f"{provider}/{n}") for n in "xa"]),
    ]
    poller = Poller(spool, polls)
    assert poller.once() == 1
    assert "nicht lesbar" in poller.states["Kaputt"].error
    assert "503" in poller.states["Teils"].error
    assert poller.states["Teils"].answered_at is None


def test_polling_goes_on_until_stopped(provider, tmp_path: Path, eventually):
    spool = Spool(tmp_path / "spool.db")
    Provider.pages = {"/a": b"1"}
    poller = Poller(spool, [Poll("A", 0.01, lambda _now: [Request("meter", f"{provider}/a")])])
    poller.start()
    eventually(lambda: spool.counts()["received"] == 1)
    Provider.pages = {"/a": b"2"}
    eventually(lambda: spool.counts()["received"] == 2)
    poller.stop()
