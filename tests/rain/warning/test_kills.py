"""SIGKILL while a storm is replayed: nothing is lost, nothing is sent twice, chains hold.

``tests/benchmarks/replay.py --kills 50`` does the same on the whole storm.
"""

from __future__ import annotations

import contextlib
import json
import os
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
KILLS_AFTER = (2, 1, 1)
"""Frames after which a process is killed: in the first frame with a nowcast, and in later ones."""


class Player:
    """One real process that plays a storm; all that it imports was there before."""

    def __init__(self, launcher: subprocess.Popen[str], folder: Path, plan: Path) -> None:
        pipe = folder.with_name(f"told-{folder.name}")
        if not pipe.exists():
            os.mkfifo(pipe)
        order = {"folder": str(folder), "plan": str(plan), "told": str(pipe)}
        launcher.stdin.write(json.dumps(order) + "\n")
        launcher.stdin.flush()
        self._launcher, self.pid = launcher, int(launcher.stdout.readline())
        self.told = pipe.open()

    def wait(self) -> int:
        """Read what it still tells and return how it ended."""
        with self.told:
            self.told.read()
        return int(self._launcher.stdout.readline())


@pytest.fixture(scope="module")
def launcher(shared_data: Path):
    first = min((shared_data / "rain" / "mch_20160711").glob("*.gif"))
    process = subprocess.Popen(
        [sys.executable, str(HERE / "launcher.py"), str(first)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(HERE), "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    yield process
    process.stdin.close()
    process.wait(60)


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


def test_killed_again_and_again(plan, launcher, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path / "arrived.txt"
    service = receiver.start(port, log)
    hook = {
        "name": "hook", "kind": "webhook", "audience": ["public"],
        "options": {"url": f"http://127.0.0.1:{port}/", "receipts": f"http://127.0.0.1:{port}"},
    }  # fmt: skip
    chosen = plan(OUTBOX, hook, frames=5)
    throw, kills = random.Random(6), 0
    try:
        for _ in range(len(KILLS_AFTER) + 1):
            begun = time.monotonic()
            process = Player(launcher, tmp_path / "killed", chosen)
            if kills < len(KILLS_AFTER):
                for _ in range(KILLS_AFTER[kills]):
                    assert process.told.readline()
                # Up to as long as that took: within the next frame, of whatever speed we are.
                time.sleep(throw.uniform(0, time.monotonic() - begun))
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            code = process.wait()
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
    whole = Player(launcher, tmp_path / "whole", plan(OUTBOX, frames=5))
    assert whole.wait() == 0
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
def test_killed_around_every_single_sending(when, plan, launcher, tmp_path):
    doomed = {
        "name": "doomed", "kind": "doomed:Doomed", "audience": ["public"],
        "options": {"place": str(tmp_path / "sent"), "when": when},
    }  # fmt: skip
    chosen = plan(doomed, frames=5)
    for _ in range(60):
        code = Player(launcher, tmp_path / "run", chosen).wait()
        if code == 0:
            break
        assert code == -signal.SIGKILL
    assert code == 0
    sent = {p.stem for p in (tmp_path / "sent").glob("*.xml")}
    marks = {p.name for p in (tmp_path / "sent" / "marks").iterdir()}
    assert sent == marks
    assert len(sent) >= 3
