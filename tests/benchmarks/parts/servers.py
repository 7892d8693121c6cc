"""The same notebook served in several ways, each started for a while."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from running import ROOT, answers, free_ports, wait_for

NOTEBOOK = ROOT / "notebooks" / "innenstadt" / "passantenfrequenz.ipynb"
PANEL = Path(__file__).with_name("panel_app.py")


@dataclass(frozen=True)
class Served:
    """A server with one page.

    Attributes
    ----------
    address
        Of the page.
    root
        Of everything that belongs to it, with a slash at the end.
    pid
        Process of the server.
    ours
        False where it is stock Voilà.
    """

    address: str
    root: str
    pid: int
    ours: bool = False


def environment(home: Path) -> dict[str, str]:
    """Return what every server sees."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "STADTLABOR_HOME": str(home),
        "STADTLABOR_ROOT": str(ROOT),
        # A fair comparison: nobody lets linear algebra start threads.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }


@contextlib.contextmanager
def stock(home: Path) -> Iterator[Served]:
    """Serve by Voilà as it comes, with its own template."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "voila", f"--port={port}", "--no-browser", str(NOTEBOOK)]
    with running([command], environment(home)) as (server,):
        address = f"http://127.0.0.1:{port}/"
        wait_for("stock Voilà", lambda: answers(f"{address}voila/static/voila.js"))
        yield Served(address, address, server.pid)


@contextlib.contextmanager
def panel(home: Path) -> Iterator[Served]:
    """Serve the same content by Panel."""
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "panel", "serve", str(PANEL), f"--port={port}"]
    with running([command], environment(home)) as (server,):
        address = f"http://127.0.0.1:{port}/panel_app"
        wait_for("Panel", lambda: answers(address))
        yield Served(address, f"http://127.0.0.1:{port}/", server.pid)


@contextlib.contextmanager
def ours(home: Path) -> Iterator[Served]:
    """Serve by our own server of apps, with the process that draws beside it."""
    (port,) = free_ports(1)
    settings = home / "apps.toml"
    settings.write_text(f"[serve]\napps_port = {port}\n[apps]\nmax_sessions = 100\n")
    commands = [
        [sys.executable, "-m", "stadtlabor.apps"],
        [sys.executable, "-m", "stadtlabor.drawing"],
    ]
    surroundings = environment(home) | {"STADTLABOR_SETTINGS": str(settings)}
    with running(commands, surroundings) as (server, _):
        root = f"http://127.0.0.1:{port}/apps/"
        wait_for("ours", lambda: answers(f"{root}health"))
        yield Served(f"{root}passantenfrequenz", root, server.pid, ours=True)


@contextlib.contextmanager
def running(
    commands: list[list[str]], env: dict[str, str]
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start programs and end them."""
    begun = [subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) for command in commands]
    try:
        yield begun
    finally:
        for process in begun:
            process.terminate()
        for process in begun:
            process.wait(30)
