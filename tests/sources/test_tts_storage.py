"""Gaps are filled from the storage of The Things Stack, asked as its documentation says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stadtlabor.city import read_city
from stadtlabor.ingest.poller import Poller
from stadtlabor.settings import Settings, Sources, root
from stadtlabor.sources import DecodeError, decode, polls
from stadtlabor.sources.delivery import Delivery, Poll
from stadtlabor.sources.tts_storage import StoredUplinks, locate
from stadtlabor.store import Spool

NOW = datetime.now(UTC).replace(microsecond=0)


def line(at: datetime, count: int, eui: str = "70B3D57ED0000001") -> str:
    """One line of the answer."""
    result = {
        "end_device_ids": {
            "device_id": "dev1",
            "application_ids": {"application_id": "stadtlabor"},
            "dev_eui": eui,
            "dev_addr": "014457CB",
        },
        "received_at": f"{at:%Y-%m-%dT%H:%M:%S}.868680817Z",
        "uplink_message": {
            "f_port": 1,
            "frm_payload": "AQoBCgEKAQo=",
            "decoded_payload": {"count": count, "interval_s": 10},
            "rx_metadata": [
                {"gateway_ids": {"gateway_id": "gtw1"}, "location": {"latitude": 47.1}}
            ],
            "received_at": f"{at:%Y-%m-%dT%H:%M:%S}.634338856Z",
        },
    }
    return json.dumps({"result": result})


class Storage(BaseHTTPRequestHandler):
    """Answers as the storage does: what lies between two times, one line each."""

    kept: list[tuple[datetime, str]] = []  # noqa: RUF012 - the server class is this test's own
    asked: list[tuple[str, dict[str, list[str]], dict[str, str]]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.asked.append((parts.path, query, dict(self.headers)))
        if self.headers.get("Authorization") != "Bearer NNSXS.X":
            self.send_response(403)
            self.end_headers()
            return
        after, before = (datetime.fromisoformat(query[n][0]) for n in ("after", "before"))
        lines = [text for at, text in self.kept if after <= at < before]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write("\n".join(lines).encode())

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def storage() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Storage.kept, Storage.asked = [], []
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_the_poller_fills_the_gap(storage, tmp_path: Path):
    Storage.kept = [
        (at, line(at, hour)) for hour in range(1, 20) for at in [NOW - timedelta(hours=hour)]
    ]
    spool = Spool(tmp_path / "spool.db")
    poll = Poll("Speicher", 900, StoredUplinks(storage, "stadtlabor", "NNSXS.X"))
    poller = Poller(spool, [poll])
    assert poller.once() == 4
    assert poller.states["Speicher"].error == ""
    values = [v for _, d in spool.pending() for v in decode(d).frame["value"].tolist()]
    assert sorted(values) == list(range(1, 20))
    path, query, headers = Storage.asked[0]
    assert path == "/api/v3/as/applications/stadtlabor/packages/storage/uplink_message"
    assert headers["Accept"] == "text/event-stream"
    assert "rx_metadata" not in query["field_mask"][0]
    assert "up.uplink_message.frm_payload" in query["field_mask"][0]


def test_later_only_the_rest_is_asked_for():
    ask = StoredUplinks("https://eu1.cloud.thethings.network/", "stadtlabor", "k", kept_h=24)
    assert len(ask(NOW)) == 4
    (again,) = ask(NOW + timedelta(minutes=15))
    query = parse_qs(urlsplit(again.url).query)
    assert datetime.fromisoformat(query["after"][0]) == NOW - timedelta(hours=1)
    assert datetime.fromisoformat(query["before"][0]) == NOW + timedelta(minutes=15)
    # After a long rest no further back than the server keeps.
    assert len(ask(NOW + timedelta(days=30))) == 4


def test_a_wrong_key_is_told(storage, tmp_path: Path):
    poller = Poller(
        Spool(tmp_path / "spool.db"),
        [Poll("Speicher", 900, StoredUplinks(storage, "stadtlabor", "falsch"))],
    )
    poller.once()
    assert "Zugangsschlüssel" in poller.states["Speicher"].error


def test_forms_of_the_stream(delivery):
    body = "\n".join(
        ["event: x", f"data: {line(NOW, 3)}", "", ": keep-alive", line(NOW - timedelta(hours=1), 4)]
    )
    assert sorted(decode(delivery("tts-storage", body)).frame["value"]) == [3.0, 4.0]
    assert decode(delivery("tts-storage", "")).frame.empty


def test_one_unknown_device_stops_no_other(delivery):
    body = f"{line(NOW, 3, '0000000000000000')}\n{line(NOW, 4)}"
    batch = decode(delivery("tts-storage", body))
    assert batch.frame["value"].tolist() == [4.0]
    assert "steht nicht in city.toml" in str(batch.problems[0])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"message": "rate exceeded", "code": 8}}', "rate exceeded"),
        ("<html>", "kein gültiges JSON"),
        ("{}", "kein Ergebnis"),
        ("[]", "kein Ergebnis"),
    ],
)
def test_anything_else_is_a_german_sentence(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("tts-storage", body))


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(body):
    try:
        found = decode(Delivery("tts-storage", "Strom", body, NOW))
    except DecodeError:
        return
    assert found.frame.empty


def test_it_is_asked_only_where_city_and_operator_say_so(tmp_path: Path, monkeypatch):
    path = tmp_path / "city.toml"
    more = (
        '[things_stack]\nserver = "https://eu1.cloud.thethings.network"\n'
        'application = "stadtlabor"\n'
        '[[sensorthings]]\nid = "n"\nname = "Nachbarstadt"\nurl = "https://x.example/v1.1"\n'
        'dataset = "n"\nsource = "S"\nlicence = "L"\n'
    )
    path.write_text((root() / "city.toml").read_text("utf-8") + more, "utf-8")
    monkeypatch.setenv("STADTLABOR_TTS_KEY", "NNSXS.X")
    here, ours = read_city(path), {"Speicher von The Things Stack", "SensorThings: Nachbarstadt"}
    off = polls(here, Settings())
    assert not ours & {poll.name for poll in off}
    live = polls(here, Settings(sources=Sources(things_stack="live", sensorthings="live")))
    assert ours == {poll.name for poll in live} - {poll.name for poll in off}
    stack = next(poll for poll in live if poll.name.startswith("Speicher"))
    requests = list(stack.locate(NOW))
    assert len(requests) == 4
    assert requests[0].headers["Authorization"] == "Bearer NNSXS.X"


def test_identifiers_cannot_leave_their_place():
    url = locate("https://x", "a/b?c", NOW, NOW, "k").url
    assert urlsplit(url).path.split("/")[5] == "a%2Fb%3Fc"
