"""What the devices say, and that they say it to a real broker."""

import shutil
import socket
import subprocess
import threading
import time

import paho.mqtt.client as mqtt
import pandas as pd
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from stadtlabor.city import city
from stadtlabor.observations import Quality
from stadtlabor.settings import Ingest, Settings
from stadtlabor.simulation import Devices
from stadtlabor.sources import Delivery
from stadtlabor.sources.uplink import READERS, batch


def rows(messages, received):
    """Read messages as the ingest does."""
    said = []
    for message in messages:
        kind = "tts" if message.topic.startswith("v3/") else "chirpstack"
        said.append(READERS[kind](Delivery(kind, message.topic, message.body, received)))
    found = batch(said)
    assert not found.problems
    return found.frame


def test_backfill_holds_every_interval_of_75_minutes(noon):
    messages = list(Devices(city(), Settings()).backfill(noon.timestamp()))
    assert len(messages) < 100
    frame = rows(messages, noon)
    count = frame["datastream"].value_counts()
    assert count["footfall/residenzplatz/live"] == 450
    assert count["rain-gauge/regenschreiber-mitte/rain"] == 14  # whole five minutes only
    assert count["soil/hochbeet-illerufer/moisture"] == 5
    assert (frame["quality"] == int(Quality.SIMULATED)).all()


def test_live_messages_equal_the_backfill_and_some_come_late_or_twice(noon):
    devices = Devices(city(), Settings())
    end = int(noon.timestamp()) // 10 * 10
    live = [(m, e) for e in range(end - 4490, end + 1, 10) for m in devices.live(e)]
    assert [m for m, e in live if m.due > e]
    assert len({m.body for m, _ in live}) < len(live)

    def values(messages):
        frame = rows(messages, noon).drop_duplicates(["datastream", "time"])
        frame = frame[frame["datastream"].str.startswith("footfall")]
        return frame.set_index(["datastream", "time"])["value"].sort_index()

    pd.testing.assert_series_equal(values(m for m, _ in live), values(devices.backfill(float(end))))


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def broker(port, tmp_path):
    program = shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if program is None:
        pytest.skip("mosquitto is not installed")
    config = tmp_path / "broker.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\n")

    def start():
        return subprocess.Popen([program, "-c", str(config)], stderr=subprocess.DEVNULL)

    running = []
    yield lambda: running.append(start())
    for process in running:
        process.terminate()
        process.wait(10)


def wait_for(condition, seconds=20.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert condition()


def listen(port):
    topics = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_connect = lambda c, *_: c.subscribe([("v3/#", 1), ("application/#", 1)])
    client.on_message = lambda _c, _u, message: topics.append(message.topic)
    client.connect_async("127.0.0.1", port)
    client.reconnect_delay_set(1, 1)
    client.loop_start()
    return client, topics


def test_devices_wait_for_the_broker_and_stop_when_told(port, broker):
    devices = Devices(city(), Settings(ingest=Ingest(broker_port=port)))
    stop = threading.Event()
    sender = threading.Thread(target=devices.run, args=(stop,))
    sender.start()
    client, topics = listen(port)
    broker()
    wait_for(client.is_connected)
    wait_for(lambda: topics)
    assert any(t.startswith("v3/stadtlabor@ttn/devices/") for t in topics)
    stop.set()
    sender.join(15)
    assert not sender.is_alive()
    client.loop_stop()


def test_backfill_is_acknowledged(port, broker):
    broker()
    client, topics = listen(port)
    wait_for(client.is_connected)
    sent = Devices(city(), Settings(ingest=Ingest(broker_port=port))).send_once()
    wait_for(lambda: len(topics) == sent)
    assert sent > 50
    client.loop_stop()


def test_no_broker_is_said_in_german(port):
    devices = Devices(city(), Settings(ingest=Ingest(broker_port=port)))
    with pytest.raises(ConnectionError, match="MQTT-Broker antwortet nicht"):
        devices.send_once(patience_s=0.5)
