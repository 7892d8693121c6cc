"""Measure the footfall app for many visitors at once: ``python tests/benchmarks/voila.py``.

Stock Voilà with its own template and our server serve the same notebook on the same stored data,
in turns in the same run. A visit is the request until the last byte of the page, which comes when
all cells have run; memory is what only the visitors' kernels have (``smaps_rollup``).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

sys.path[:0] = [
    str(Path(__file__).resolve().parents[1]),
    str(Path(__file__).parents[1] / "notebooks"),
]

from laboratory import fill  # noqa: E402  # needs the paths above

from forks import private_mib  # noqa: E402  # as well
from running import ROOT, answers, free_ports, wait_for  # noqa: E402  # as well

NOTEBOOK = "notebooks/innenstadt/passantenfrequenz.ipynb"
READY = "Wie voll ist die Innenstadt"


def environment(home: Path, settings: Path) -> dict[str, str]:
    """Return what both servers see."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "STADTLABOR_HOME": str(home),
        "STADTLABOR_ROOT": str(ROOT),
        "STADTLABOR_SETTINGS": str(settings),
        # A fair pair: neither side lets linear algebra start threads.
        **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"),
    }


@contextlib.contextmanager
def stock(home: Path, _: str) -> Iterator[tuple[str, int]]:
    """Serve by Voilà as it comes."""
    (port,) = free_ports(1)
    settings = home / "settings.toml"
    command = [
        sys.executable,
        "-m",
        "voila",
        f"--port={port}",
        "--no-browser",
        str(ROOT / NOTEBOOK),
    ]
    with running([command], environment(home, settings)) as (server,):
        address = f"http://127.0.0.1:{port}/"
        wait_for("stock", lambda: answers(f"{address}voila/static/voila.js"))
        yield address, server.pid


@contextlib.contextmanager
def ours(home: Path, kernels: str) -> Iterator[tuple[str, int]]:
    """Serve by our own server."""
    (port,) = free_ports(1)
    settings = home / f"{kernels}.toml"
    settings.write_text(
        f'[serve]\napps_port = {port}\n[apps]\nkernels = "{kernels}"\nmax_sessions = 100\n'
    )
    commands = [
        [sys.executable, "-m", "stadtlabor.apps"],
        [sys.executable, "-m", "stadtlabor.drawing"],
    ]
    with running(commands, environment(home, settings)) as (server, _):
        address = f"http://127.0.0.1:{port}/apps/"
        wait_for("ours", lambda: answers(f"{address}voila/static/voila.js"))
        yield f"{address}passantenfrequenz", server.pid


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


async def visit(client: httpx.AsyncClient, address: str) -> tuple[float, str]:
    """Load one page; return seconds and its kernel."""
    begin = time.perf_counter()
    page = (await client.get(address)).text
    seconds = time.perf_counter() - begin
    assert READY in page, page[:500]
    return seconds, page.split('"kernelId": "')[1].split('"')[0]


async def visits(address: str, server: int, count: int) -> dict[str, float]:
    """Load so many pages at once, look at the memory, close them."""
    async with httpx.AsyncClient(timeout=300) as client:
        found = await asyncio.gather(*(visit(client, address) for _ in range(count)))
        kernels = [p for p in psutil.Process(server).children(recursive=True) if kernel(p)]
        memory = [private_mib(process.pid) for process in kernels]
        assert len(memory) >= count, f"{len(memory)} kernels for {count} visitors"
        root = address.rsplit("/", 1)[0]
        for _, name in found:
            await client.post(f"{root}/voila/api/shutdown/{name}")
    seconds = sorted(each for each, _ in found)
    return {
        "first": seconds[0],
        "middle": statistics.median(seconds),
        "slowest": seconds[-1],
        "MiB": statistics.median(memory),
    }


def kernel(process: psutil.Process) -> bool:
    """Tell a visitor's kernel from its template: a fork still has the template's command line."""
    words = " ".join(process.cmdline())
    forked = "stadtlabor.kernels.template" in words
    above = process.parent()
    return "ipykernel_launcher" in words or (
        forked and above is not None and "kernels.template" in " ".join(above.cmdline())
    )


def main() -> None:
    """Measure 1, 10 and 25 visitors."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--counts", default="1,10,25")
    asked.add_argument("--home", type=Path, help="filled folder of an earlier run")
    asked.add_argument("--only", default="")
    options = asked.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as made:
        home = options.home or Path(made) / "home"
        if not (home / "store").exists():
            fill(home)
        ways = {"stock": (stock, ""), "launched": (ours, "launched"), "forked": (ours, "forked")}
        found: dict[str, dict[int, dict[str, float]]] = {}
        for name, (serve, kernels) in ways.items():
            if options.only and name not in options.only.split(","):
                continue
            with serve(home, kernels) as (address, server):
                asyncio.run(visits(address, server, 1))  # compiled templates, filled caches
                found[name] = {}
                for count in (int(n) for n in options.counts.split(",")):
                    time.sleep(2)
                    found[name][count] = figures = asyncio.run(visits(address, server, count))
                    told = "  ".join(f"{key} {value:6.2f}" for key, value in figures.items())
                    print(f"{count:3} visitors  {name:9} {told}", flush=True)
        if {"stock", "forked"} <= found.keys():
            for count, figures in found["forked"].items():
                base = found["stock"][count]
                told = ", ".join(f"{key} {figures[key] / base[key]:.2f}" for key in figures)
                print(f"{count:3} visitors  forked / stock  {told}")


if __name__ == "__main__":
    main()
