"""A server of apps by itself, and a visitor's look at its pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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


def kernel_of(page: str) -> str:
    """Return the id of the kernel behind a page."""
    return page.split('"kernelId": "')[1].split('"')[0]
