"""Journal and channels against real files, a real receiver, broker and mail server."""

from __future__ import annotations

import json
import socket
import sqlite3
import sys
import threading
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
import receiver
from paho.mqtt.enums import CallbackAPIVersion
from scenes import SETTINGS, START
from test_warner import run

from stadtlabor.catchments import ChannelEntry
from stadtlabor.rain.warning import ChannelError, Event, Journal, Warner
from stadtlabor.rain.warning.channels import ways
from stadtlabor.rain.warning.channels.outbox import Outbox
from stadtlabor.rain.warning.delivery import Way, deliver, register
from stadtlabor.rain.warning.parcel import Parcel, message_event, operator_event
from stadtlabor.store import StoreError

PUBLIC = frozenset({"public"})


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def journal(tmp_path: Path):
    opened = Journal(tmp_path / "warning", write=True)
    yield opened
    opened.close()


def messages() -> list[Event]:
    return [message_event(m) for _, m in run(Warner(SETTINGS), [2, 3, *[0] * 7])]


def test_events_are_never_changed(journal, tmp_path):
    journal.commit([Event("cycle", "a", {"n": 1}, START)])
    assert journal.commit([Event("cycle", "a", {"n": 2}, START)]) == []
    assert [e.body for e in journal.events("cycle")] == [{"n": 1}]
    db = sqlite3.connect(tmp_path / "warning" / "journal.db")
    for order in ("UPDATE events SET body = '{}'", "DELETE FROM events"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            db.execute(order)
    db.close()


def test_one_writer_alone(journal, tmp_path):
    import subprocess

    told = (
        "from pathlib import Path; from stadtlabor.rain.warning import Journal; "
        f"Journal(Path({str(tmp_path / 'warning')!r}), write=True)"
    )
    other = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True)
    assert "schreibt schon ein anderer Prozess" in other.stderr
    assert issubclass(StoreError, Exception)


def test_a_reader_creates_nothing(tmp_path):
    assert Journal(tmp_path / "none").events() == []
    assert Journal(tmp_path / "none").memory("state") is None
    assert not (tmp_path / "none").exists()


def test_a_way_that_fails_gets_everything_later_in_order(journal, tmp_path):
    file = tmp_path / "in the way"
    file.write_text("")
    way = Way("outbox", Outbox(file), PUBLIC)
    register(journal, [way])
    journal.commit(messages())
    assert "nimmt keine Dateien an" in deliver(journal, [way], START)["outbox"]
    assert journal.events("sent") == []
    file.unlink()
    assert deliver(journal, [way], START) == {}
    receipts = [e.key.partition("/")[2] for e in journal.events("sent")]
    assert receipts == [e.key for e in journal.events("message")]


def test_a_new_way_does_not_get_the_past(journal, tmp_path):
    journal.commit(messages())
    way = Way("spaet", Outbox(tmp_path / "late"), PUBLIC)
    register(journal, [way])
    deliver(journal, [way], START)
    assert journal.events("sent") == []


def test_operators_messages_are_not_public(journal, tmp_path):
    way = Way("outbox", Outbox(tmp_path / "out"), PUBLIC)
    register(journal, [way])
    journal.commit([operator_event("operator.x", "Stille", "Bitte nachsehen.", START)])
    deliver(journal, [way], START)
    assert journal.events("sent") == []


def test_webhook(tmp_path):
    port, log = free_port(), tmp_path / "log"
    entry = ChannelEntry(
        name="hook", kind="webhook", audience=["public"],
        options={"url": f"http://127.0.0.1:{port}/x", "receipts": f"http://127.0.0.1:{port}"},
    )  # fmt: skip
    channel = ways([entry], tmp_path)[0].channel
    parcel = Parcel("a.b.c", "public", "Titel", "Text", "<alert/>")
    with pytest.raises(ChannelError, match="antwortet nicht"):
        channel.send(parcel)
    process = receiver.start(port, log)
    try:
        assert channel.has("a.b.c") is False
        channel.send(parcel)
        assert channel.has("a.b.c") is True
        assert log.read_text() == "a.b.c\n"
    finally:
        process.kill()
        process.wait()


def test_mqtt(tmp_path):
    import os
    import subprocess

    port = free_port()
    stated = tmp_path / "settings.toml"
    stated.write_text(f"[ingest]\nbroker_port = {port}\n")
    broker = subprocess.Popen(
        [sys.executable, "-m", "stadtlabor.ingest.broker"],
        env=os.environ | {"STADTLABOR_SETTINGS": str(stated)},
    )
    got: list[dict] = []
    there = threading.Event()
    listener = mqtt.Client(CallbackAPIVersion.VERSION2)
    listener.on_message = lambda _c, _u, m: (got.append(json.loads(m.payload)), there.set())
    listener.on_connect = lambda c, *_: c.subscribe("stadtlabor/starkregen/#", qos=1)
    subscribed = threading.Event()
    listener.on_subscribe = lambda *_: subscribed.set()
    try:
        for _ in range(200):
            try:
                listener.connect("127.0.0.1", port)
                break
            except OSError:
                threading.Event().wait(0.05)
        listener.loop_start()
        assert subscribed.wait(20)
        options = {"host": "127.0.0.1", "port": port}
        entry = ChannelEntry(name="m", kind="mqtt", audience=["public"], options=options)
        channel = ways([entry], tmp_path)[0].channel
        channel.send(Parcel("a.b", "public", "Titel", "Übung", "<alert/>"))
        assert there.wait(20)
        assert got[0]["key"] == "a.b"
        assert got[0]["text"] == "Übung"
        assert channel.has("a.b") is None
    finally:
        listener.loop_stop()
        broker.kill()
        broker.wait()
    with pytest.raises(ChannelError, match="antwortet nicht"):
        channel.send(Parcel("a.b", "public", "Titel", "Text", "<alert/>"))


def mail_server(port: int, got: list[str]) -> threading.Thread:
    """Take one mail, as simply as the protocol allows (RFC 5321)."""
    listening = socket.create_server(("127.0.0.1", port))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(text: str) -> None:
                stream.write(text.encode() + b"\r\n")
                stream.flush()

            say("220 hier")
            while line := stream.readline().decode().strip().upper():
                if line == "DATA":
                    say("354 los")
                    body = []
                    while (part := stream.readline().decode()) != ".\r\n":
                        body.append(part)
                    got.append("".join(body))
                say("221 bye" if line == "QUIT" else "250 gut")
                if line == "QUIT":
                    break
        listening.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return thread


def test_mail(tmp_path):
    port, got = free_port(), []
    thread = mail_server(port, got)
    options = {
        "host": "127.0.0.1", "port": port, "tls": False, "sender": "regen@stadt.example.org",
        "to": ["leitstelle@stadt.example.org"],
    }  # fmt: skip
    entry = ChannelEntry(name="post", kind="mail", audience=["public"], options=options)
    channel = ways([entry], tmp_path)[0].channel
    channel.send(Parcel("a.b", "public", "TEST: Starkregen möglich", "Schließen Sie …", "<alert/>"))
    thread.join(10)
    assert "Message-ID: <a.b@stadt.example.org>" in got[0]
    assert "application/cap+xml" in got[0]
    with pytest.raises(ChannelError, match="nimmt nicht an"):
        channel.send(Parcel("a.b", "public", "x", "y", ""))


@pytest.mark.parametrize(
    ("kind", "options"),
    [("fax", {}), ("webhook", {}), ("webhook", {"url": "ftp://x"}), ("mail", {"hots": "x"})],
)
def test_a_wrong_channel_is_told(kind, options, tmp_path):
    entry = ChannelEntry(name="x", kind=kind, audience=["public"], options=options)
    with pytest.raises(ChannelError, match="Bitte kind und options prüfen"):
        ways([entry], tmp_path)


def test_without_channels_there_is_the_outbox(tmp_path):
    assert [w.name for w in ways([], tmp_path)] == ["outbox"]
