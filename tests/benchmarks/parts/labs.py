"""A class that starts together.

All are logged in and click "Start" at the same moment, at a real hub behind its real proxy; first
with launched servers and kernels (as Jupyter does it), then with forked ones. A Lab is usable when
its page answers; then each starts a kernel and runs pandas. Memory is what only each server has.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import psutil

from forks import private_mib
from parts.rows import Row
from running import Lab, Person, small_course, start

CELL = """
import pandas as pd
frame = pd.DataFrame({"t": pd.date_range("2026-01-01", periods=1000, freq="h"), "v": 1.0})
print(frame.groupby(frame["t"].dt.date)["v"].sum().iloc[0])
"""
SETTLE_S = 20
"""Seconds after the start of the hub: its services have begun, templates have imported."""


def enter(lab: Lab, name: str, client: httpx.Client) -> tuple[float, Person]:
    """Click Start and wait for the own Lab; return the moment and the person."""
    base = f"{lab.address}/labor/user/{name}/"
    client.get(f"/labor/hub/spawn/{name}")
    while True:
        answer = client.get(base + "lab")
        if answer.status_code == 200 and str(answer.url) == base + "lab":
            return time.perf_counter(), Person(name, client, base)
        time.sleep(0.5)


def work(person: Person) -> float:
    """Start a kernel and run the cell; return the moment of the answer."""
    assert person.run(CELL).strip() == "24.0"
    return time.perf_counter()


def together(doing: Callable[[Any], Any], given: Sequence[Any]) -> tuple[float, list[Any]]:
    """Do something for all at once; return the moment of the start and what came back."""
    with ThreadPoolExecutor(len(given)) as pool:
        begin = time.perf_counter()
        return begin, list(pool.map(doing, given))


def start_class(count: int, servers: str) -> dict[str, float]:
    """Have so many people start at once."""
    with tempfile.TemporaryDirectory(prefix="labs") as made:
        folder = Path(made)
        lab = start(folder, small_course(folder / "notebooks"), servers=servers)
        try:
            names = [f"biber-{number:02}" for number in range(count)]
            people = [(name, lab.login(name)) for name in names]
            time.sleep(SETTLE_S)
            begin, entered = together(lambda person: enter(lab, *person), people)
            usable = [moment - begin for moment, _ in entered]
            memory = [private_mib(process.pid) for process in labs(lab)]
            assert len(memory) == count, f"{len(memory)} servers for {count} people"
            begin, answered = together(work, [person for _, person in entered])
            worked = [moment - begin for moment in answered]
        finally:
            lab.stop()
    return {
        "usable": max(usable),
        "cell": max(worked),
        "MiB": statistics.median(memory),
    }


def labs(lab: Lab) -> list[psutil.Process]:
    """Return people's servers: launched, or children of the template of servers."""
    found = []
    for process in psutil.Process(lab.process.pid).children(recursive=True):
        words = " ".join(process.cmdline())
        parent = process.parent()
        above = " ".join(parent.cmdline()) if parent else ""
        forked = "/forks/servers-" in words and "/forks/servers-" in above
        if "-m jupyterhub.singleuser" in words or forked:
            found.append(process)
    return found


def measure(count: int) -> list[Row]:
    """Have a class start with launched and with forked servers."""
    stock, ours = start_class(count, "launched"), start_class(count, "forked")
    return [
        Row(f"{count} Labs: last one usable, s", ours["usable"], stock["usable"], 0.12, "ratio"),
        Row(f"{count} Labs: last one usable, s", ours["usable"], stock["usable"], 12, "at most"),
        Row(f"{count} Labs: last first cell, s", ours["cell"], stock["cell"]),
        Row("private memory per server, MiB", ours["MiB"], stock["MiB"], 0.5, "ratio"),
    ]
