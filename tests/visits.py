"""A server of apps by itself, and a visitor's look at its pages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from running import answers, free_ports, small_course, wait_for


@contextmanager
def serving(folder: Path, **apps: int | str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start a server in an empty folder; yields address and process.

    Parameters
    ----------
    **apps
        Settings of the section ``[apps]``.
    """
    (port,) = free_ports(1)
    stated = "\n".join(f"{name} = {value!r}" for name, value in apps.items())
    settings = folder / "settings.toml"
    settings.write_text(f"[serve]\napps_port = {port}\n[apps]\n{stated}\n")
    environment = {
        "PATH": os.environ["PATH"],
        "STADTLABOR_HOME": str(folder / "home"),
        "STADTLABOR_SETTINGS": str(settings),
        "STADTLABOR_NOTEBOOKS": str(small_course(folder / "notebooks")),
        "TEST_SECRET": "geheim",
    }
    server = subprocess.Popen([sys.executable, "-m", "stadtlabor.apps"], env=environment)
    address = f"http://127.0.0.1:{port}/apps/"
    try:
        wait_for("apps", lambda: answers(f"{address}health"))
        yield address, server
    finally:
        server.terminate()
        server.wait(30)


@dataclass(frozen=True)
class Visit:
    """What a visitor's page gets: the kernel, and the HTML that its cells made."""

    kernel: str
    html: str


def ask(address: str, app: str, ticket: str = "", query: str = "") -> httpx.Response:
    """Ask for live content as the page's script does; ``address`` ends with ``/apps/``."""
    headers = {"Platz": ticket} if ticket else {}
    return httpx.post(f"{address}{app}/start{query}", headers=headers, timeout=60)


def visit(address: str, app: str, ticket: str = "", query: str = "") -> Visit:
    """Be let in and return what is shown."""
    answer = ask(address, app, ticket, query)
    assert answer.status_code == 200, answer.text
    assert "set-cookie" not in answer.headers
    first, _, rest = answer.text.partition("\n")
    return Visit(json.loads(first)["kernel"], rest)


def leave(address: str, kernel: str) -> None:
    """Close the page."""
    assert httpx.post(f"{address}api/kernels/{kernel}/end").status_code == 204
