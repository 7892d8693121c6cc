"""A real Stadtlabor on free ports for tests: hub, proxy, pages, apps, JupyterLab.

``tests/hub`` and ``tests/browser`` import the fixture ``lab`` from here; it is started once for
both. A test that needs other notebooks or the simulated city starts its own with :func:`start`.
"""

from __future__ import annotations

import atexit
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

import openview
from person import Person

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_S = 90.0
SECRET = "nicht-verraten"  # noqa: S105  # must not reach any kernel


def wait_for(what: str, ready: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """Ask until the answer is true, and fail with the name of what did not happen."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        answer = ready()
        if answer:
            return answer
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds:g} s: {what}")


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=10).status_code == 200
    except httpx.HTTPError:
        return False


@dataclass
class Lab:
    """A running Stadtlabor."""

    address: str
    home: Path
    notebooks: Path
    process: subprocess.Popen[bytes]

    @property
    def greeting(self) -> str:
        """What it has told its operator."""
        return (self.home.parent / "up.txt").read_text(encoding="utf-8")

    @property
    def password(self) -> str:
        return (self.home / "development-password").read_text()

    @property
    def collected(self) -> int:
        """How many values have come in."""
        status = self.home / "status" / "ingest.json"
        return int(json.loads(status.read_text())["rows"]) if status.exists() else 0

    def login(self, name: str) -> httpx.Client:
        """Log in and return a client that holds the cookies."""
        client = httpx.Client(base_url=self.address, follow_redirects=True, timeout=60)
        page = client.get("/labor/hub/login").text
        found = re.search(r'name="_xsrf" value="([^"]+)"', page)
        assert found
        form = {"username": name, "password": self.password, "_xsrf": found[1]}
        client.post("/labor/hub/login?next=/labor/hub/home", data=form).raise_for_status()
        return client

    def person(self, name: str) -> Person:
        """Log in, start a server and wait for it."""
        client = self.login(name)
        base = f"{self.address}/labor/user/{name}/"

        def ready() -> bool:
            # A page, not the API: only pages lead through the login at the server.
            answer = client.get(base + "lab")
            return answer.status_code == 200 and str(answer.url) == base + "lab"

        client.get(f"/labor/hub/spawn/{name}")
        wait_for("a person's server", ready)
        return Person(name, client, base)

    def service(self, words: str) -> psutil.Process | None:
        """Return the process of a managed service whose command holds these words."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            try:
                if words in " ".join(child.cmdline()) and "launch.py" not in child.cmdline()[3:4]:
                    return child
            except psutil.Error:
                continue
        return None

    def stop(self) -> None:
        """End it and all that it started."""
        if self.process.poll() is not None:
            return
        started = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        for child in psutil.wait_procs(started, timeout=10)[1]:
            child.kill()


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on, below those that the system gives to connections."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found


def start(
    folder: Path,
    notebooks: Path,
    *,
    simulation: bool = False,
    max_sessions: int = 25,
    servers: str = "forked",
    view: int | None = None,
    datasets: Path | None = None,
    town: Path | None = None,
    live: Mapping[str, str] | None = None,
) -> Lab:
    """Start a Stadtlabor with its files in a folder; returns when pages and apps answer.

    Parameters
    ----------
    folder
        Empty folder for settings and run-time files.
    notebooks
        Notebooks of the course; ``ROOT / "build" / "course" / "kurs"`` for the real ones.
    simulation
        True to let the simulated city send through an own broker, and pages be made from it.
    max_sessions
        Places for visitors of apps.
    servers
        How people's servers start, ``forked`` or ``launched``.
    view
        User to run as in a view of the disk where others can read what they need (see
        ``openview.py``); default: as the tests do.
    datasets
        Folder of the cards and policies; default: the city's.
    town
        Another city file.
    live
        Ask the weather service itself; variables of the environment by which it is found.
    """
    port, hub, web, apps, api, broker, city = free_ports(7)
    settings = folder / "settings.toml"
    settings.write_text(
        f"""
        [serve]
        port = {port}
        hub_port = {hub}
        web_port = {web}
        apps_port = {apps}
        proxy_api_port = {api}
        [ingest]
        broker = "{"embedded" if simulation else f"mqtt://127.0.0.1:{broker}"}"
        broker_port = {broker}
        [simulation]
        enabled = {str(simulation).lower()}
        port = {city}
        [sources]
        dwd = "{"simulated" if live is None else "live"}"
        [render]
        enabled = {str(simulation).lower()}
        [apps]
        max_sessions = {max_sessions}
        [labs]
        servers = "{servers}"
        """
    )
    home = folder / "home"
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "STADTLABOR_HOME": str(home),
        "STADTLABOR_SETTINGS": str(settings),
        "STADTLABOR_NOTEBOOKS": str(notebooks),
        "TEST_SECRET": SECRET,
        **({"STADTLABOR_DATASETS": str(datasets)} if datasets else {}),
        **({"STADTLABOR_CITY": str(town)} if town else {}),
        **(live or {}),
    }
    program = str(Path(sys.executable).with_name("stadtlabor"))
    before = [] if view is None else openview.command(view)
    with (folder / "up.txt").open("w") as told:
        process = subprocess.Popen([*before, program, "up"], env=environment, stdout=told)
    lab = Lab(f"http://127.0.0.1:{port}", home, notebooks, process)

    def page() -> bool:
        assert process.poll() is None, (home / "logs" / "hub.log").read_text()[-2000:]
        return answers(f"{lab.address}/")

    try:
        wait_for("start page", page)
        wait_for("apps", lambda: answers(f"{lab.address}/apps/health"))
        wait_for("hub", lambda: answers(f"{lab.address}/labor/hub/login"))
    except AssertionError:
        lab.stop()
        raise
    return lab


def notebook(path: Path, cells: list[tuple[str, str]], **about: Any) -> None:
    """Write a small notebook with cells ``("markdown" | "code", source)``."""
    stated = {
        "title": path.stem.replace("-", " ").capitalize(),
        "question": f"Was zeigt {path.stem}?",
        "strand": path.parent.name,
        "audience": ["citizens"],
        "minutes": 5,
        "goals": ["etwas sehen"],
        "data": ["footfall"],
        "licence": "CC-BY-4.0",
        "contact": "stadtlabor@example.org",
        **about,
    }
    body = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"},
            "stadtlabor": stated,
        },
        "cells": [
            {"cell_type": kind, "id": f"c{number}", "metadata": {}, "source": source}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
            for number, (kind, source) in enumerate(cells)
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(body), encoding="utf-8")


def small_course(folder: Path) -> Path:
    """Write the notebooks of the shared lab: three apps, one lesson, one fault."""
    shown = (
        "import ipywidgets, json, os\n"
        "print('UMGEBUNG', json.dumps(dict(os.environ)))\n"
        "ipywidgets.Label('da')"  # so that the kernel is needed for longer
    )
    notebook(
        folder / "innenstadt" / "umgebung.ipynb",
        [("markdown", "# Was sieht der Kern?"), ("code", shown)],
        kind="app",
        tier="live",
    )
    slider = (
        "import ipywidgets as w\n"
        "choice = w.IntSlider(description='Menschen', max=10)\n"
        "said = w.Label('Noch niemand')\n"
        "choice.observe(lambda change: setattr(said, 'value', f'{change.new} Menschen'), 'value')\n"
        "w.VBox([choice, said])"
    )
    notebook(
        folder / "innenstadt" / "regler.ipynb",
        [
            ("markdown", "# Wie viele Menschen?\n\nEine Formel: $x^2$"),
            ("code", slider),
            ("code", "1 / 0"),
        ],
        kind="app",
        tier="live",
    )
    notebook(
        folder / "klimaschule" / "lastkurve.ipynb",
        [("markdown", "# Was läuft nachts?"), ("code", "print(6 * 7)")],
        kind="lesson",
        tier="lab",
        audience=["pupils"],
        grade="8",
    )
    notebook(
        folder / "innenstadt" / "worte.ipynb",
        [("markdown", "# Nur Worte"), ("code", "print(6 * 7)")],
        kind="app",
        tier="live",
    )
    (folder / "klimaschule" / "kaputt.ipynb").write_text("{}", encoding="utf-8")
    return folder


@cache
def _shared() -> Lab:
    keeper = tempfile.TemporaryDirectory(prefix="stadtlabor-", ignore_cleanup_errors=True)
    folder = Path(keeper.name)
    running = start(folder, small_course(folder / "notebooks"))

    def end() -> None:
        running.stop()
        keeper.cleanup()

    atexit.register(end)
    return running


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The Stadtlabor that all tests of hub and browser share."""
    return _shared()
