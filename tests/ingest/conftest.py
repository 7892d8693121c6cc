"""A real broker, real uplinks, and settings that point the ingest at them."""

from __future__ import annotations

import getpass
import json
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)


def count(number: int) -> tuple[str, bytes]:
    """Topic and body of a counter's uplink: value ``number`` at its own 10-second step."""
    at = START + timedelta(seconds=10 * number)
    payload = {"count": number, "time": at.isoformat(), "interval_s": 10}
    body = {
        "end_device_ids": {"dev_eui": "70B3D57ED0000001"},
        "uplink_message": {"received_at": at.isoformat(), "decoded_payload": payload},
    }
    return "v3/app@city/devices/counter/up", json.dumps(body).encode()


def rain(number: int) -> tuple[str, bytes]:
    """Topic and body of a gauge's uplink: one hour each, so that they spread over months."""
    at = START + timedelta(hours=number)
    body = {
        "deviceInfo": {"devEui": "70b3d57ed0000011"},
        "time": at.isoformat(),
        "object": {"rain_mm": number % 50, "time": at.isoformat(), "interval_s": 300},
    }
    return "application/1/device/70b3d57ed0000011/event/up", json.dumps(body).encode()


@dataclass
class Mosquitto:
    """A mosquitto with the configuration that we ship, on a free loopback port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        shipped = (ROOT / "hub_config" / "mosquitto.conf").read_text(encoding="utf-8")
        assert "listener 1883 127.0.0.1" in shipped
        config = self.folder / "mosquitto.conf"
        config.write_text(
            shipped.replace("listener 1883", f"listener {self.port}")
            + f"\npersistence_location {self.folder}/\nuser {getpass.getuser()}\n"
        )
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen([program, "-c", config], stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("mosquitto does not start")

    def settle(self) -> None:
        """Wait until the queue on the disk has not changed for half a second."""
        store, seen, since = self.folder / "mosquitto.db", -1, time.monotonic()
        while time.monotonic() - since < 0.5:
            now = store.stat().st_mtime_ns if store.exists() else 0
            if now != seen:
                seen, since = now, time.monotonic()
            time.sleep(0.02)

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    if not (shutil.which("mosquitto") or Path("/usr/sbin/mosquitto").exists()):
        pytest.skip("mosquitto is not installed")
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder, free_port())
    broker.start()
    yield broker
    broker.kill()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def uplinks() -> dict[str, Callable[[int], tuple[str, bytes]]]:
    return {"count": count, "rain": rain}


@pytest.fixture
def client() -> Iterator[Callable[..., mqtt.Client]]:
    """Make connected MQTT clients that are closed at the end."""
    made: list[mqtt.Client] = []

    def make(port: int, name: str, clean: bool = True) -> mqtt.Client:
        one = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=clean)
        one.connect("127.0.0.1", port)
        one.loop_start()
        made.append(one)
        return one

    yield make
    for one in made:
        one.disconnect()
        one.loop_stop()


@pytest.fixture
def settings_file(tmp_path: Path) -> Callable[..., Path]:
    """Write settings for a broker; nothing answers where the providers would be."""

    def make(broker_port: int, commit_every_s: float = 0.2, seal_every_s: float = 3600.0) -> Path:
        path = tmp_path / "settings.toml"
        path.write_text(
            f"[ingest]\nbroker = 'mqtt://127.0.0.1:{broker_port}'\n"
            f"commit_every_s = {commit_every_s}\nseal_every_s = {seal_every_s}\n"
            f"[simulation]\nport = {free_port()}\n"
        )
        return path

    return make


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something holds; the limit is generous, for the machine may be busy."""

    def wait(holds: Callable[[], bool], within_s: float = 60.0) -> None:
        until = time.monotonic() + within_s
        while not holds():
            assert time.monotonic() < until, "it never came about"
            time.sleep(0.05)

    return wait
