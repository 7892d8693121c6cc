from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from stadtlabor import city as cities
from stadtlabor import data
from stadtlabor import settings as configuration
from stadtlabor.cli import main
from stadtlabor.ingest import Collector, status_file
from stadtlabor.store import Store

COUNTER = "footfall/fischerstrasse/live"


@pytest.fixture
def collector(empty_home: Path, mosquitto, settings_file):
    settings = configuration.read_settings(settings_file(mosquitto.port))
    return Collector(empty_home, cities.city(), settings)


def test_what_is_published_can_be_read(collector, mosquitto, client, uplinks, eventually):
    stop = threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: collector.health()["connected"])
        publisher = client(mosquitto.port, "publisher")
        for number in range(30):
            publisher.publish(*uplinks["count"](number), qos=1).wait_for_publish()
        eventually(lambda: len(data.read("footfall")) == 30)
    finally:
        stop.set()
        thread.join()
    health = collector.health()
    assert (health["received"], health["waiting"], health["dead"]) == (30, 0, 0)


def test_messages_sent_while_the_ingest_was_away_arrive(
    collector, empty_home, mosquitto, settings_file, client, uplinks, eventually
):
    for numbers in (range(5), range(5, 10)):
        stop = threading.Event()
        thread = threading.Thread(target=collector.run, args=(stop,))
        thread.start()
        eventually(lambda: collector.health()["connected"])  # noqa: B023
        stop.set()
        thread.join()
        publisher = client(mosquitto.port, "publisher")
        for number in numbers:
            publisher.publish(*uplinks["count"](number), qos=1).wait_for_publish()
        mosquitto.settle()
        mosquitto.kill()
        mosquitto.start()
        settings = configuration.read_settings(settings_file(mosquitto.port))
        collector = Collector(empty_home, cities.city(), settings)
    stop = threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: len(data.read("footfall")) == 10)
    finally:
        stop.set()
        thread.join()
    assert data.read("footfall")["value"].tolist() == list(range(10))


def test_once_takes_the_inbox_and_says_what_it_did(
    empty_home, settings_file, port, uplinks, monkeypatch
):
    monkeypatch.setenv("STADTLABOR_SETTINGS", str(settings_file(port)))
    configuration.settings.cache_clear()
    inbox = empty_home / "inbox" / "tts"
    inbox.mkdir(parents=True)
    (inbox / "messwert.json").write_bytes(uplinks["count"](4)[1])
    (inbox / "kaputt.json").write_bytes(b"{")
    (inbox / ".halb").write_bytes(b"{")
    try:
        answer = CliRunner().invoke(main, ["ingest", "once"])
    finally:
        configuration.settings.cache_clear()
    assert answer.exit_code == 0
    assert "1 Werte und 0 Raster aufgenommen, 1 Lieferungen nicht lesbar." in answer.output
    assert "nicht erreichbar" in answer.output
    assert [p.name for p in inbox.iterdir()] == [".halb"]
    assert len(list((empty_home / "inbox-done" / "tts").iterdir())) == 2
    assert data.read("footfall")["value"].tolist() == [4]
    health = json.loads(status_file(empty_home).read_text(encoding="utf-8"))
    assert (health["watermark"], health["dead"]) == (2, 1)
    assert "Regenradar des DWD" in health["polls"]


def test_a_second_ingest_ends_with_a_german_sentence(empty_home, collector):
    import subprocess
    import sys

    run = [sys.executable, "-c", "from stadtlabor.cli import main; main()", "ingest", "once"]
    second = subprocess.run(run, capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "schon ein anderer Prozess" in second.stderr
    assert "Traceback" not in second.stderr
    Store(empty_home / "store").close()
