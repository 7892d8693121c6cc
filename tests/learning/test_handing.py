"""Handing in from a kernel to real pages."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from stadtlabor.learning.attempts import Attempts, Progress
from stadtlabor.learning.classes import Classes, HandIn
from stadtlabor.learning.handing import alias, hand_in, handing
from stadtlabor.learning.lesson import Lesson


@pytest.fixture
def pages(empty_home, monkeypatch):
    """Serve the pages; return the register of classes."""
    from stadtlabor.web.site import site

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(site(), port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    monkeypatch.setenv("STADTLABOR_WEB", f"http://127.0.0.1:{port}")
    yield Classes(empty_home / "classes")
    server.should_exit = True
    thread.join(10)


def attempts() -> Attempts:
    found = Attempts("grundlast", None)
    found.tasks["1"] = Progress(tries=2, solved=True)
    found.words["vermutung"] = "der Server"
    return found


def test_what_was_written_stays_with_the_pupil(pages):
    group = pages.open("7b", (datetime.now(UTC) + timedelta(days=3)).date())
    said = hand_in(f" {group.code.upper()} ", HandIn.of("Uhu-17", attempts()))
    assert said == "Abgegeben. Dein Name in der Liste: Uhu-17."
    (found,) = pages.results(group.code)
    assert found.tasks["1"].solved
    assert "Server" not in found.model_dump_json()
    assert "gibt es nicht" in hand_in("falsch", HandIn.of("Uhu-17", attempts()))


def test_the_button(pages):
    group = pages.open("7b", (datetime.now(UTC) + timedelta(days=3)).date())
    lesson = Lesson([], {}, attempts())
    _, row, said = handing(lesson).children
    row.children[1].click()
    assert "Trage zuerst den Code" in said.value
    row.children[0].value = group.code
    row.children[1].click()
    assert "Abgegeben" in said.value
    assert pages.results(group.code)[0].alias == lesson.attempts.words["alias"]


def test_without_pages_nothing_is_lost(empty_home, monkeypatch):
    monkeypatch.setenv("STADTLABOR_WEB", "http://127.0.0.1:9")
    assert "bleiben bei dir" in hand_in("abcdef", HandIn.of(alias(), attempts()))
