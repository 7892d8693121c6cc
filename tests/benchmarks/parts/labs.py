"""Measure a class that starts together: ``python tests/benchmarks/labs.py``.

All are logged in and click "Start" at the same moment, at a real hub behind its real proxy; first
with launched servers and kernels (as Jupyter does it), then with forked ones. A Lab is usable when
its page answers; then each starts a kernel and runs pandas. Memory is what only each server has.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forks import private_mib  # needs the path above
from running import Lab, Person, small_course, start  # needs the path above

CELL = """
import pandas as pd
frame = pd.DataFrame({"t": pd.date_range("2026-01-01", periods=1000, freq="h"), "v": 1.0})
print(frame.groupby(frame["t"].dt.date)["v"].sum().iloc[0])
"""
SETTLE_S = 20
"""Seconds after the start of the hub: its services have begun, templates have imported."""


def enter(lab: Lab, name: str) -> tuple[float, Person]:
    """Click Start and wait for the own Lab; return the moment and the person."""
    client = CLIENTS[name]
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


def together(doing: Callable[..., object], given: list[object]) -> tuple[float, list[object]]:
    """Do something for all at once; return the moment of the start and what came back."""
    with ThreadPoolExecutor(len(given)) as pool:
        begin = time.perf_counter()
        return begin, list(pool.map(doing, given))


CLIENTS: dict[str, object] = {}


def measure(count: int, servers: str) -> dict[str, float]:
    """Have so many people start at once."""
    with tempfile.TemporaryDirectory(prefix="labs") as made:
        folder = Path(made)
        lab = start(folder, small_course(folder / "notebooks"), servers=servers)
        try:
            names = [f"biber-{number:02}" for number in range(count)]
            CLIENTS.update({name: lab.login(name) for name in names})
            time.sleep(SETTLE_S)
            begin, entered = together(lambda name: enter(lab, name), names)
            usable = [moment - begin for moment, _ in entered]
            memory = [private_mib(process.pid) for process in labs(lab)]
            assert len(memory) == count, f"{len(memory)} servers for {count} people"
            begin, answered = together(work, [person for _, person in entered])
            worked = [moment - begin for moment in answered]
        finally:
            lab.stop()
    return {
        "usable middle": statistics.median(usable),
        "last": max(usable),
        "cell middle": statistics.median(worked),
        "last cell": max(worked),
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


def main() -> None:
    """Measure a class of 30."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--people", type=int, default=30)
    asked.add_argument("--only", default="launched,forked")
    options = asked.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seconds")
    found = {}
    for servers in options.only.split(","):
        found[servers] = figures = measure(options.people, servers)
        told = "  ".join(f"{key} {value:6.2f}" for key, value in figures.items())
        print(f"{options.people} people  {servers:9} {told}", flush=True)
    if len(found) == 2:
        told = ", ".join(
            f"{key} {found['forked'][key] / base:.2f}" for key, base in found["launched"].items()
        )
        print(f"{options.people} people  forked / launched  {told}")


if __name__ == "__main__":
    main()
