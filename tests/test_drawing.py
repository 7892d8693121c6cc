"""Charts drawn by the shared process look as drawn alone; without it nothing is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Client
from pathlib import Path

import pytest

from running import wait_for
from stadtlabor import drawing
from stadtlabor.drawing import address, draw

BARS = {
    "mark": "bar",
    "data": {"values": [{"x": 1, "y": 1234.5}]},
    "encoding": {
        "x": {"field": "x"},
        "y": {"field": "y", "type": "quantitative", "axis": {"format": ",.1f"}},
    },
}


@pytest.fixture
def shared(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "stadtlabor.drawing"],
        env={"PATH": os.environ["PATH"], "STADTLABOR_HOME": str(empty_home)},
    )
    wait_for("the drawing process", address().is_socket)
    yield process
    process.kill()
    process.wait()


def test_shared_and_own_drawings_are_the_same(empty_home, shared, monkeypatch) -> None:
    monkeypatch.setattr(drawing, "_drawn", lambda _: pytest.fail("drawn here"))
    with ThreadPoolExecutor(25) as pool:
        drawn = set(pool.map(draw, [BARS] * 25))
    monkeypatch.undo()
    assert drawn == {drawing._drawn(json.dumps(BARS))}
    assert "1.000,0" in drawn.pop()


def test_only_this_user_may_ask(shared) -> None:
    assert address().parent.stat().st_mode & 0o077 == 0


def test_nobody_is_needed(empty_home) -> None:
    assert draw(BARS).startswith("<svg")


def test_a_dead_process_is_not_missed(empty_home, shared) -> None:
    shared.kill()
    shared.wait()
    assert address().is_socket()
    assert draw(BARS).startswith("<svg")


def test_nonsense_harms_nobody_but_its_sender(empty_home, shared) -> None:
    for sent in (b"\xff", b"no json", json.dumps({"mark": "cake"}).encode()):
        with Client(str(address()), family="AF_UNIX") as link:
            link.send_bytes(sent)
            assert link.recv_bytes() == b""
    with Client(str(address()), family="AF_UNIX"):
        pass  # hangs up without a word
    assert shared.poll() is None
    assert draw(BARS).startswith("<svg")
    with pytest.raises(ValueError, match="conversion failed"):
        draw({"mark": "cake", "data": {"values": []}})


def test_nothing_is_fetched(empty_home, tmp_path) -> None:
    secret = tmp_path / "values.json"
    secret.write_text('[{"x": 77}]')
    for url in (secret.as_uri(), str(secret), "http://127.0.0.1:9/values.json"):
        stolen = {**BARS, "data": {"url": url}, "mark": "text"}
        stolen["encoding"] = {"text": {"field": "x"}}
        with suppress(ValueError):  # refused aloud
            assert "77" not in draw(stolen)
