"""SIGKILL while a storm is replayed: nothing is lost, nothing is sent twice, chains hold.

``tests/benchmarks/replay.py --kills 50`` does the same on the whole storm.
"""

from __future__ import annotations

import json
import random
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import receiver
from chains import check, outbox
from schema import read_schema

HERE = Path(__file__).parent


def start(folder: Path, plan: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(HERE / "player.py"), str(folder), str(plan)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=_environment(), start_new_session=True
    )


def _environment() -> dict[str, str]:
    import os

    return os.environ | {"PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"}


@pytest.fixture
def plan(shared_data: Path, tmp_path: Path):
    """A part of the storm of 2016-07-11 that brings messages in nearly every frame."""

    def make(*channels: dict, frames: int = 10) -> Path:
        recorded = sorted((shared_data / "rain" / "mch_20160711").glob("*.gif"))
        paths = recorded[18 : 18 + frames]
        told = {
            "paths": [str(p) for p in paths], "rows": [180, 420], "columns": [200, 600],
            "spacing_km": 16, "channels": list(channels),
        }  # fmt: skip
        path = tmp_path / f"plan-{len(channels)}.json"
        path.write_text(json.dumps(told))
        return path

    return make


OUTBOX = {"name": "outbox", "kind": "outbox", "audience": ["public", "operator"]}


def test_killed_again_and_again(plan, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "arrived.txt"
    service = receiver.start(port, log)
    hook = {
        "name": "hook", "kind": "webhook", "audience": ["public"],
        "options": {"url": f"http://127.0.0.1:{port}/", "receipts": f"http://127.0.0.1:{port}"},
    }  # fmt: skip
    chosen = plan(OUTBOX, hook, frames=7)
    throw, kills = random.Random(6), 0
    try:
        for _ in range(40):
            process = start(tmp_path / "killed", chosen)
            line = process.stdout.readline()  # it is at work
            if line and kills < 5:
                time.sleep(throw.uniform(0, 2.5))
                process.send_signal(signal.SIGKILL)
            code = process.wait(120)
            if code == 0:
                break
            assert code == -signal.SIGKILL
            kills += 1
        assert code == 0
    finally:
        service.kill()
        service.wait()
    assert kills >= 2
    assert check(tmp_path / "killed", read_schema()) > 3
    arrived = log.read_text().split()
    assert len(arrived) == len(set(arrived))
    whole = start(tmp_path / "whole", plan(OUTBOX, frames=7))
    assert whole.wait(120) == 0
    # Not only the same messages: the same to the byte.
    assert same(tmp_path / "killed") == same(tmp_path / "whole")
    assert set(arrived) == set(outbox(tmp_path / "whole"))


def same(folder: Path) -> dict[str, bytes]:
    """Return the outbox without the state of the code, which somebody may be working on."""
    return {
        key: re.sub(rb"(:(?:code|commit)</valueName>\s*<value>)[^<]*", rb"\1", body)
        for key, body in outbox(folder).items()
    }


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_around_every_single_sending(when, plan, tmp_path):
    doomed = {
        "name": "doomed", "kind": "doomed:Doomed", "audience": ["public"],
        "options": {"place": str(tmp_path / "sent"), "when": when},
    }  # fmt: skip
    chosen = plan(doomed, frames=5)
    for _ in range(60):
        code = start(tmp_path / "run", chosen).wait(120)
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert code == 0
    sent = {p.stem for p in (tmp_path / "sent").glob("*.xml")}
    marks = {p.name for p in (tmp_path / "sent" / "marks").iterdir()}
    assert sent == marks
    assert len(sent) >= 3
