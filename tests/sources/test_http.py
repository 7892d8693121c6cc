from datetime import UTC, datetime
from threading import Thread

import pytest

from stadtlabor.sources import Fetcher, Request, SourceError
from stadtlabor.sources.server import serve

CHANGED = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def base():
    asked = []

    def answer(target, now):
        asked.append(target)
        if target == "/page":
            return "text/plain", b"Inhalt", CHANGED
        if target == "/bad":
            raise ValueError("bad question")
        return None

    server = serve(answer, 0)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_unchanged_page_is_not_transferred_again(base):
    with Fetcher() as fetcher:
        first = fetcher.fetch(Request("meter", f"{base}/page"))
        assert first is not None
        assert (first.body, first.kind, first.received_at.tzinfo) == (b"Inhalt", "meter", UTC)
        assert fetcher.fetch(Request("meter", f"{base}/page")) is None


@pytest.mark.parametrize(
    ("path", "said"), [("/nothing", "gibt es dort nicht"), ("/bad", "Antwort 400")]
)
def test_errors_of_the_provider_in_german(base, path, said):
    with Fetcher() as fetcher, pytest.raises(SourceError, match=said):
        fetcher.fetch(Request("meter", base + path))


def test_nobody_there(base):
    with Fetcher() as fetcher, pytest.raises(SourceError, match="nicht erreichbar"):
        fetcher.fetch(Request("meter", "http://127.0.0.1:1/"))


def test_server_listens_on_the_loopback_only():
    server = serve(lambda *_: None, 0)
    assert server.server_address[0] == "127.0.0.1"
    server.server_close()
