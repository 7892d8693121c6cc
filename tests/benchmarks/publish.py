"""Measure how long a published message takes to be seen: ``python tests/benchmarks/publish.py``.

Starts mosquitto with the configuration that we ship and a real ``stadtlabor ingest run``, publishes
at a steady rate with QoS 1 and asks for the newest value again and again. Each message counts from
its publishing until the first answer that holds it.

mosquitto writes its whole queue to the disk after every change (that is what makes it safe), so
the rate that it takes depends on where its file lies: ``--memory`` puts it on a RAM disk, which
survives a killed broker but not a power cut.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 1, 1, tzinfo=UTC)
COUNTER = "footfall/fischerstrasse/live"


def main() -> None:
    """Run once and print the figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rate", type=int, default=1_000, help="messages per second")
    asked.add_argument("--seconds", type=int, default=20)
    asked.add_argument("--memory", action="store_true", help="broker's file on a RAM disk")
    options = asked.parse_args()
    place = "/dev/shm" if options.memory else None  # noqa: S108
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory(dir=place) as queue:
        print(f"load before: {os.getloadavg()[0]:.1f}")
        port, running = _free_port(), []
        try:
            running.append(_broker(Path(queue), port))
            running.append(_ingest(Path(home), port))
            _measure(Path(home), port, options.rate, options.seconds)
        finally:
            for process in reversed(running):
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)


def _measure(home: Path, port: int, rate: int, seconds: int) -> None:
    os.environ["STADTLABOR_HOME"] = str(home)
    from stadtlabor import data

    total = rate * seconds
    sent, seen = np.full(total, np.nan), np.full(total, np.nan)
    publisher = threading.Thread(target=_publish, args=(port, rate, sent), daemon=True)
    publisher.start()
    known, until = 0, time.time() + seconds * 6 + 60
    while known < total and time.time() < until:
        found = data.latest("footfall")
        newest = int(found["value"].iloc[0]) + 1 if len(found) else 0
        seen[known:newest] = time.time()
        known = max(known, newest)
        time.sleep(0.05)
    publisher.join()
    took = sent[-1] - sent[0]
    latency = seen - sent
    lost = total - len(data.read("footfall"))
    print(
        f"{total} messages sent in {took:.1f} s ({total / took:.0f}/s); publish → visible "
        f"p50 {np.nanpercentile(latency, 50):.2f} s, p95 {np.nanpercentile(latency, 95):.2f} s, "
        f"max {np.nanmax(latency):.2f} s; not seen: {lost}; load {os.getloadavg()[0]:.1f}"
    )


def _publish(port: int, rate: int, sent: np.ndarray) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="benchmark")
    client.max_inflight_messages_set(1_000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    begin, message = time.time(), None
    for number in range(len(sent)):
        time.sleep(max(0.0, begin + number / rate - time.time()))
        at = (START + timedelta(seconds=10 * number)).isoformat()
        body = {
            "end_device_ids": {"dev_eui": "70B3D57ED0000001"},
            "uplink_message": {
                "received_at": at,
                "decoded_payload": {"count": number, "time": at, "interval_s": 10},
            },
        }
        sent[number] = time.time()
        message = client.publish("v3/app@city/devices/counter/up", json.dumps(body), qos=1)
    if message:
        message.wait_for_publish(timeout=300)
    client.disconnect()
    client.loop_stop()


def _broker(folder: Path, port: int) -> subprocess.Popen[bytes]:
    shipped = (ROOT / "hub_config" / "mosquitto.conf").read_text(encoding="utf-8")
    config = folder / "mosquitto.conf"
    config.write_text(
        shipped.replace("listener 1883", f"listener {port}")
        + f"\npersistence_location {folder}/\nuser {getpass.getuser()}\n"
    )
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    return subprocess.Popen([program, "-c", config], stderr=subprocess.DEVNULL)


def _ingest(home: Path, port: int) -> subprocess.Popen[bytes]:
    settings = home / "settings.toml"
    settings.write_text(
        f"[ingest]\nbroker = 'mqtt://127.0.0.1:{port}'\n[simulation]\nport = {_free_port()}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", "from stadtlabor.cli import main; main()", "ingest", "run"],
        env={**os.environ, "STADTLABOR_HOME": str(home), "STADTLABOR_SETTINGS": str(settings)},
        stderr=subprocess.DEVNULL,
    )
    status = home / "status" / "ingest.json"
    while not (status.exists() and json.loads(status.read_text())["connected"]):
        if process.poll() is not None:
            sys.exit("The ingest has ended.")
        time.sleep(0.1)
    return process


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


if __name__ == "__main__":
    main()
