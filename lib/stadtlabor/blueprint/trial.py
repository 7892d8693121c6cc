"""Let the simulated city of a new file send for a moment, through the real collector."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stadtlabor.blueprint.draft import BlueprintError
from stadtlabor.blueprint.words import text

__all__ = ["trial"]

WANTED = ("footfall", "rain-gauge", "rain-radar-simulated", "soil", "weather")
PATIENCE_S = 120.0
ELSEWHERE = ("STADTLABOR_REGISTERS", "STADTLABOR_DATA", "STADTLABOR_STORE")
"""What would lead the trial to the data of a running Stadtlabor."""
PROGRAMS = (
    ("stadtlabor.ingest.broker",),
    ("stadtlabor", "ingest", "run"),
    ("stadtlabor", "simulate"),
)
Process = subprocess.Popen[bytes]
SETTINGS = """
[serve]
port = {0}
hub_port = {1}
web_port = {2}
apps_port = {3}
proxy_api_port = {4}
[ingest]
broker_port = {5}
[simulation]
port = {6}
"""


def trial(folder: Path, patience_s: float = PATIENCE_S) -> tuple[dict[str, int], float]:
    """Check the cards, then collect from the simulated city until every kind of data has come.

    Parameters
    ----------
    folder
        Folder with ``city.toml`` and ``datasets``.
    patience_s
        Longest time, seconds.

    Returns
    -------
    tuple
        Number of series by data set (of grids 1), and the time that it took, seconds.

    Raises
    ------
    BlueprintError
        In German, with the end of the log, if something is missing.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stadtlabor-") as place:
        home = Path(place)
        (home / "settings.toml").write_text(SETTINGS.format(*_ports(7)), encoding="utf-8")
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ELSEWHERE},
            "STADTLABOR_CITY": str(folder / "city.toml"),
            "STADTLABOR_DATASETS": str(folder / "datasets"),
            "STADTLABOR_HOME": str(home / "var"),
            "STADTLABOR_SETTINGS": str(home / "settings.toml"),
        }
        (home / "var").mkdir()
        _cards(environment)
        log = home / "log.txt"
        with _running(environment, log) as processes:
            while missing := set(WANTED) - set(found := _counts(home / "var" / "store")):
                if ended := [name for name, p in processes.items() if p.poll() is not None]:
                    raise BlueprintError(text("trial.started", command=ended[0], log=_end(log)))
                if time.monotonic() - began > patience_s:
                    names, waited = ", ".join(sorted(missing)), f"{patience_s:.0f}"
                    raise BlueprintError(
                        text("trial.slow", seconds=waited, missing=names, log=_end(log))
                    )
                time.sleep(0.5)
    return found, time.monotonic() - began


@contextmanager
def _running(environment: dict[str, str], log: Path) -> Iterator[dict[str, Process]]:
    """Run broker, collector and simulated city, and end them whatever happens."""
    processes: dict[str, Process] = {}
    with log.open("w", encoding="utf-8") as told:
        try:
            for words in PROGRAMS:
                command = [sys.executable, "-m", *words]
                processes[" ".join(words)] = subprocess.Popen(
                    command, env=environment, stdout=told, stderr=told
                )
            yield processes
        finally:
            for process in processes.values():
                process.terminate()
            for process in processes.values():
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _cards(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "stadtlabor", "cards"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise BlueprintError(text("trial.cards", log=told.stderr[-1500:]))


def _counts(store: Path) -> dict[str, int]:
    """Return the number of series of each data set that has come in by now."""
    from stadtlabor.store import Store

    found = {}
    if (store / "registers.db").exists():
        kept = Store(store, registers_url=f"sqlite:///{store}/registers.db", url="")
        found = {name: len(kept.datastreams(name)) for name in kept.datasets()
                 if kept.version(name).version > 0}  # fmt: skip
    found |= {path.name: 1 for path in store.glob("grids/*") if path.is_dir()}
    return found


def _end(log: Path) -> str:
    return " | ".join(log.read_text("utf-8", "replace").splitlines()[-5:])


def _ports(count: int) -> list[int]:
    """Return ports that nobody listens on, below those that the system gives to connections."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(20_000, 32_000)  # noqa: S311  # no secret
        with socket.socket() as probe:
            if port not in found and probe.connect_ex(("127.0.0.1", port)) != 0:
                found.append(port)
    return found
