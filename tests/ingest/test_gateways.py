"""From the radio to the store: gateways stay unknown, and a bad codec stops nothing."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path

import pytest

from stadtlabor import city as cities
from stadtlabor import data
from stadtlabor import settings as configuration
from stadtlabor.ingest import Collector
from stadtlabor.settings import root
from stadtlabor.sources import uplink

SECRETS = (b"47.1234567", b"10.7654321", b"gw-im-garten", b"0016c001f153a14c")
GOOD = """
[decoding.bed]
codec = "datasets/codecs/bodensonde.js"
fields = { soil_moisture = "water_percent", soil_temperature = "temp_c" }
"""
BAD = '[decoding.counter]\ncodec = "datasets/codecs/endlos.js"\n'


def tts(eui: str, payload: bytes, minute: int) -> bytes:
    place = {"latitude": 47.1234567, "longitude": 10.7654321}
    message = {
        "end_device_ids": {"dev_eui": eui},
        "uplink_message": {
            "f_port": 2,
            "frm_payload": base64.b64encode(payload).decode(),
            "received_at": f"2026-11-22T11:{minute:02d}:00Z",
            "rx_metadata": [{"gateway_ids": {"gateway_id": "gw-im-garten"}, "location": place}],
        },
    }
    return json.dumps(message).encode()


def chirpstack(minute: int) -> bytes:
    place = {"latitude": 47.1234567, "longitude": 10.7654321}
    message = {
        "deviceInfo": {"devEui": "70b3d57ed0000011"},
        "time": f"2026-11-22T11:{minute:02d}:00Z",
        "object": {"rain_mm": 0.2},
        "rxInfo": [{"gatewayId": "0016c001f153a14c", "location": place}],
    }
    return json.dumps(message).encode()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kempten with two codecs more, one of which never ends; its cards and codecs lie elsewhere."""
    folder = tmp_path / "datasets"
    folder.mkdir()
    for path in (root() / "datasets").iterdir():
        if path.name != "codecs":
            (folder / path.name).symlink_to(path)
    (folder / "codecs").mkdir()
    good = (root() / "datasets" / "codecs" / "bodensonde.js").read_text("utf-8")
    (folder / "codecs" / "bodensonde.js").write_text(good)
    (folder / "codecs" / "endlos.js").write_text("function decodeUplink() { while (true) {} }")
    monkeypatch.setenv("STADTLABOR_DATASETS", str(folder))
    path = tmp_path / "city.toml"
    path.write_text((root() / "city.toml").read_text("utf-8") + GOOD + BAD, "utf-8")
    found = cities.read_city(path)
    monkeypatch.setattr(uplink, "city", lambda: found)


def test_uplinks_with_codecs_through_the_real_ingest(
    here, empty_home: Path, mosquitto, settings_file, client, eventually
):
    settings = configuration.read_settings(settings_file(mosquitto.port))
    collector, stop = Collector(empty_home, cities.city(), settings), threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        eventually(lambda: collector.health()["connected"])
        radio = client(mosquitto.port, "radio")
        for minute in range(3):
            payload = bytes.fromhex("4e0c3903")
            for topic, body in (
                ("v3/app@city/devices/counter/up", tts("70B3D57ED0000001", b"\x01", minute)),
                ("v3/app@city/devices/bed/up", tts("70B3D57ED0000021", payload, minute)),
                ("application/1/device/x/event/up", chirpstack(minute)),
            ):
                radio.publish(topic, body, qos=1).wait_for_publish(timeout=10)
        eventually(lambda: len(data.read("soil")) == 6 and len(data.read("rain-gauge")) == 3)
        eventually(lambda: collector.health()["dead"] == 3)
    finally:
        stop.set()
        thread.join()
    moisture = data.read("soil", "soil/hochbeet-illerufer/moisture")
    assert moisture["value"].tolist() == [31.5] * 3
    assert data.read("footfall").empty  # its codec never ends: put aside, with a reason, not lost
    kept = [p.read_bytes() for p in empty_home.rglob("*") if p.is_file()]
    assert any(b"70B3D57ED0000001" in content for content in kept)
    for secret in SECRETS:
        assert not [1 for content in kept if secret in content], secret
