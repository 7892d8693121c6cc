"""Fill a laboratory with simulated data before notebooks are run in it.

Loaded by ``PYTHONPATH=tests/notebooks pytest -p laboratory --nbval-lax notebooks``: broker, simulated city and
ingest run as in operation until every dataset that a notebook reads has arrived.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WANTED = {
    "footfall": 2 * 3600,  # live and hourly values of the counters
    "school-energy": 100_000,
    "rain-radar-simulated": 7,
}
"""Dataset → rows (or frames) that must be there."""

TIMEOUT_S = 180


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fill(home: Path) -> None:
    """Run broker, simulation and ingest until the wanted data are stored."""
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "settings.toml"
    settings.write_text(
        f"[ingest]\nbroker_port = {free_port()}\n[simulation]\nport = {free_port()}\n",
        encoding="utf-8",
    )
    os.environ["STADTLABOR_HOME"] = str(home)
    os.environ["STADTLABOR_SETTINGS"] = str(settings)
    os.environ["STADTLABOR_ROOT"] = str(ROOT)
    python = sys.executable
    commands = [
        [python, "-m", "stadtlabor.ingest.broker"],
        [python, "-m", "stadtlabor", "simulate"],
        [python, "-m", "stadtlabor", "ingest", "run"],
    ]
    logs = [(home / f"log-{n}.txt").open("w") for n in range(len(commands))]
    processes = [
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        for command, log in zip(commands, logs, strict=True)
    ]
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while missing := _missing():
            if time.monotonic() > deadline:
                tail = "\n".join((home / f"log-{n}.txt").read_text()[-800:] for n in range(3))
                raise RuntimeError(f"data did not arrive: {missing}\n{tail}")
            time.sleep(2)
    finally:
        for process in processes:
            process.terminate()
        for process, log in zip(processes, logs, strict=True):
            process.wait(30)
            log.close()


def _missing() -> dict[str, int]:
    from stadtlabor import data

    found = {
        name: len(data.grid_times(name)) if "radar" in name else len(data.read(name))
        for name in WANTED
    }
    return {name: found[name] for name, wanted in WANTED.items() if found[name] < wanted}


def pytest_configure(config: pytest.Config) -> None:
    home = Path(tempfile.mkdtemp(prefix="stadtlabor-notebooks-"))
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    fill(home / "home")
