from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys

import pytest

from stadtlabor.ingest.receiver import Address, address
from stadtlabor.settings import Ingest


@pytest.fixture
def broker(tmp_path, port, client, eventually):
    settings = tmp_path / "settings.toml"
    settings.write_text(f"[ingest]\nbroker_port = {port}\n")
    process = subprocess.Popen(
        [sys.executable, "-m", "stadtlabor.ingest.broker"],
        env={**os.environ, "STADTLABOR_SETTINGS": str(settings)},
        stderr=subprocess.PIPE,
    )

    def answers() -> bool:
        try:
            client(port, "probe")
        except OSError:
            return False
        return True

    eventually(answers)
    yield process, settings
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_the_embedded_broker_hands_messages_on(broker, port, client):
    received: queue.Queue[bytes] = queue.Queue()
    subscribed = queue.Queue()
    one = client(port, "one")
    one.on_message = lambda _c, _d, message: received.put(message.payload)
    one.on_subscribe = lambda *_: subscribed.put(True)
    one.subscribe("v3/+/devices/+/up", 1)
    subscribed.get(timeout=10)
    client(port, "two").publish("v3/a/devices/b/up", b"hallo", qos=1).wait_for_publish(timeout=10)
    assert received.get(timeout=10) == b"hallo"


def test_a_taken_port_is_told_in_german(broker):
    _, settings = broker
    second = subprocess.run(
        [sys.executable, "-m", "stadtlabor.ingest.broker"],
        env={**os.environ, "STADTLABOR_SETTINGS": str(settings)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert second.returncode == 1
    assert "Der Anschluss ist belegt" in second.stderr
    assert "Traceback" not in second.stderr


def test_the_brokers_address_comes_from_the_settings():
    assert address(Ingest()) == Address("127.0.0.1", 18830)
    stated = Ingest(broker="mqtt://stadt:ge%40heim@mqtt.example.org:8883")
    assert address(stated) == Address("mqtt.example.org", 8883, "stadt", "ge@heim")
    with pytest.raises(ValueError, match="keine Adresse eines Brokers"):
        address(Ingest(broker="http://x"))
