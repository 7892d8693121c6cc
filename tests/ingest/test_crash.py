"""Kill the ingest again and again at work: nothing acknowledged is lost, nothing is doubled.

``tests/benchmarks/crash.py --kills 40`` does the same more often.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from stadtlabor.ingest import status_file

KILLS = int(os.environ.get("STADTLABOR_TEST_KILLS", "8"))
EARLY = 4
"""Of so many kills one comes soon after a start; the others come after a seal and into the next."""
GAUGE, COUNTER = "rain-gauge/regenschreiber-mitte/rain", "footfall/fischerstrasse/live"

# Importing takes seconds and is not what is tested: one process imports and forks a real
# `stadtlabor ingest run` for each line that it is sent.
LAUNCHER = """
import os, sys
from stadtlabor.cli import main
import stadtlabor.commands.ingest
import pandera.pandas  # the check of what comes in; else loaded with the first row
import stadtlabor.ingest.decoding, stadtlabor.catalogue.contract
from stadtlabor.sources.decode import DECODERS
from importlib import import_module
for place in ("tts", "chirpstack"):
    import_module(DECODERS[place].partition(":")[0])
for _ in sys.stdin:
    child = os.fork()
    if child == 0:
        os.close(1)
        main(["ingest", "run"])
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""

READER = """
import signal, sys
from stadtlabor import data
ends = []
signal.signal(signal.SIGTERM, lambda *_: ends.append(1))
reads = rows = 0
while not ends or reads < 20:
    for dataset in ("footfall", "rain-gauge"):
        found = data.read(dataset)
        if found.duplicated(["datastream", "time"]).any():
            sys.exit("doubled")
        if dataset == "footfall":
            if len(found) < rows:
                sys.exit(f"only {len(found)} rows after {rows}")
            rows = len(found)
            by_day = data.aggregate(dataset, "day")
            if by_day["count"].sum() < rows:
                sys.exit("the days lack rows")
        reads += 1
print(reads)
"""


class Publisher(threading.Thread):
    """Publishes without pause and notes which messages the broker has acknowledged."""

    def __init__(self, client, uplinks) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, set[int]] = {"count": set(), "rain": set()}
        self.stop = threading.Event()
        self._client, self._uplinks = client, uplinks

    def run(self) -> None:
        number = 0
        while not self.stop.is_set():
            sent = [
                (kind, self._client.publish(*self._uplinks[kind](number), qos=1))
                for kind in self.acknowledged
            ]
            for kind, message in sent:
                message.wait_for_publish(timeout=60)
                if message.is_published():
                    self.acknowledged[kind].add(number)
            number += 1


@pytest.fixture
def launcher(empty_home: Path, mosquitto, settings_file):
    settings = settings_file(mosquitto.port, commit_every_s=0.1, seal_every_s=0.3)
    process = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(empty_home / "ingest.log").open("wb"),
        text=True,
        env={**os.environ, "STADTLABOR_SETTINGS": str(settings)},
    )
    yield process
    process.stdin.close()
    for left in psutil.Process(process.pid).children() if process.poll() is None else []:
        left.kill()
    process.wait(timeout=30)


@pytest.fixture
def readers(empty_home: Path):
    command = [sys.executable, "-c", READER]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    yield both
    for reader in both:
        reader.kill()
        reader.wait()


def _start(launcher) -> int:
    launcher.stdin.write("\n")
    launcher.stdin.flush()
    return int(launcher.stdout.readline())


def _connected(home: Path) -> bool:
    try:
        return bool(json.loads(status_file(home).read_text(encoding="utf-8"))["connected"])
    except FileNotFoundError:
        return False


def _seals(home: Path) -> set[Path]:
    return set((home / "store" / "observations").glob("*/_delta_log/*.checkpoint.parquet"))


@pytest.mark.timeout(300)
def test_kills_lose_and_double_nothing(
    launcher, readers, empty_home, mosquitto, client, uplinks, eventually
):
    from stadtlabor import data

    rng = random.Random(40)
    # The broker keeps messages for the ingest from its first subscription on.
    child = _start(launcher)
    eventually(lambda: _connected(empty_home))
    publisher = Publisher(client(mosquitto.port, "publisher"), uplinks)
    publisher.start()
    seals = 0
    for number in range(KILLS):
        begun = time.monotonic()
        if number % EARLY == 0:
            # The start of work, which includes mending and reading again.
            time.sleep(rng.uniform(0.02, 0.6))
        else:
            # One seal has to happen, however fast we are; they follow each other without pause.
            there = _seals(empty_home)
            eventually(lambda there=there: _seals(empty_home) - there)
            seals += 1
            time.sleep(rng.uniform(0, min(2.0, time.monotonic() - begun)))
        os.kill(child, signal.SIGKILL)
        assert launcher.stdout.readline() == "gone\n"
        child = _start(launcher)
    eventually(lambda: len(publisher.acknowledged["count"]) > 500)
    publisher.stop.set()
    publisher.join()
    wanted = publisher.acknowledged
    eventually(lambda: len(data.read("footfall")) >= len(wanted["count"]))
    eventually(lambda: len(data.read("rain-gauge")) >= len(wanted["rain"]))
    os.kill(child, signal.SIGTERM)
    assert launcher.stdout.readline() == "gone\n"
    for reader in readers:
        reader.send_signal(signal.SIGTERM)
        told, _ = reader.communicate(timeout=60)
        assert reader.returncode == 0
        assert int(told) >= 20
    counts, rains = data.read("footfall"), data.read("rain-gauge")
    assert not counts.duplicated(["datastream", "time"]).any()
    assert not rains.duplicated(["datastream", "time"]).any()
    assert wanted["count"] <= set(counts["value"].astype(int))
    hours = (rains["time"] - pd.Timestamp("2026-01-01T00:00Z")) // pd.Timedelta("1h")
    assert wanted["rain"] <= set(hours)
    assert (rains["value"].to_numpy() == hours.to_numpy() % 50).all()
    print(f"{len(wanted['count']) * 2} messages, {KILLS} kills, {seals} of them after a seal")
