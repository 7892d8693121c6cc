"""What policy costs: values through the data service beside reading the files and beside JSON.

    python tests/benchmarks/dataservice.py          # a million rows into pandas, three ways
    python tests/benchmarks/dataservice.py pupils   # 30 who read a year of quarter hours at once

The service runs as a process of its own behind its local socket; a small hub on loopback knows one
token (the real hub answers the same question in about 2 ms, once in 30 s). Goals: through the
service ≤ 2 × the files and ≤ 0.1 × JSON; 30 pupils p95 ≤ 1 s; service ≤ 400 MB.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

ROOT = Path(__file__).resolve().parents[2]
SERIES, YEAR = 30, 35_040
ROUNDS = 7


class Hub(BaseHTTPRequestHandler):
    """Answers as the hub does when it is asked whose token this is."""

    def do_GET(self) -> None:
        scopes = ["custom:data:read", "custom:data:purpose:teaching"]
        body = json.dumps({"name": "biber-07", "groups": [], "scopes": scopes}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def filled(home: Path) -> list[str]:
    """Write a year of quarter hours of thirty meters; return their ids."""
    from stadtlabor.observations import Batch, Datastream, observations
    from stadtlabor.store import Store

    times = pd.date_range("2025-11-01", periods=YEAR, freq="15min", tz="UTC")
    names = [f"school-energy/school-{n:02}/electricity" for n in range(SERIES)]
    dice = np.random.default_rng(1)
    store = Store(home / "store")
    for name in names:
        stream = Datastream(name, name, "electricity", "kWh", 900, "Messung", "CC0")
        values = dice.gamma(2, 2, YEAR).round(3)
        store.write(Batch(observations(name, times, values), [stream]))
    store.seal("school-energy")
    store.close()
    return names


@contextmanager
def service(home: Path) -> Iterator[psutil.Process]:
    """Run the data service and the hub beside it."""
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    command = [sys.executable, "-m", "stadtlabor.dataservice"]
    command += ["--hub", f"http://127.0.0.1:{hub.server_port}"]
    with (home / "service.log").open("w") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        while not (home / "run" / "data" / "data.sock").exists():
            time.sleep(0.05)
        time.sleep(0.5)
        yield psutil.Process(running.pid)
    finally:
        running.terminate()
        running.wait(10)
        hub.shutdown()


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median of some rounds, in ms, after one to warm up."""
    work()
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def million(home: Path, names: list[str], process: psutil.Process) -> None:
    """Print the three ways to a million rows."""
    from stadtlabor.dataservice.address import local
    from stadtlabor.dataservice.client import RemoteStore
    from stadtlabor.store import Store

    files, there = Store(home / "store"), RemoteStore(local(), "teaching")
    rows = len(files.read(names))
    pd.testing.assert_frame_equal(files.read(names), there.read(names))
    direct = best(lambda: files.read(names))
    through = best(lambda: there.read(names))

    def as_json() -> pd.DataFrame:
        # The way of SensorThings and its like: a list of objects, parsed at the other end.
        text = json.dumps(
            [
                {"datastream": d, "phenomenonTime": t, "result": v, "quality": q}
                for d, t, v, q in zip(
                    frame["datastream"], stamps, frame["value"], frame["quality"], strict=True
                )
            ]
        )
        found = pd.DataFrame(json.loads(text))
        found["phenomenonTime"] = pd.to_datetime(found["phenomenonTime"], utc=True)
        return found

    frame = files.read(names)
    stamps = frame["time"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").tolist()
    slow = best(as_json, 1)
    print(f"{rows:,} Zeilen nach pandas: Dateien {direct:.0f} ms, Datendienst {through:.0f} ms, "
          f"JSON {slow:.0f} ms")  # fmt: skip
    print(f"Datendienst / Dateien {through / direct:.2f} (Ziel ≤ 2), "
          f"Datendienst / JSON {through / slow:.3f} (Ziel ≤ 0,1)")  # fmt: skip
    print(f"Speicher des Dienstes {process.memory_info().rss / 1e6:.0f} MB (Ziel ≤ 400)")


TEMPLATE = """
import os, sys, time
import pandas as pd
from stadtlabor.dataservice.address import local
from stadtlabor.dataservice.client import RemoteStore

# As people's kernels are: copies of a process that has read a table before.
names, count = sys.argv[2:], int(sys.argv[1])
store = RemoteStore(local(), "teaching")
store.read(names[0], end=pd.Timestamp("2025-11-02", tz="UTC"))
gate, opened = os.pipe()
answers, told = os.pipe()
for number in range(count):
    if not os.fork():
        os.close(opened)
        os.read(gate, 1)  # until the gate is opened for all
        begin = time.perf_counter()
        rows = len(store.read(names[number % len(names)]))
        os.write(told, f"{time.perf_counter() - begin} {rows}\\n".encode())
        os._exit(0)
os.close(told)
time.sleep(1)
os.close(opened)
print(open(answers).read())
"""


def pupils(names: list[str], process: psutil.Process, count: int = 30) -> None:
    """Print how long thirty kernels wait that ask at the same moment."""
    took: list[float] = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", TEMPLATE, str(count), *names]
        told = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
        lines = told.stdout.split("\n")[:count]
        assert [int(line.split()[1]) for line in lines] == [YEAR] * count
        took += [float(line.split()[0]) for line in lines]
    slowest, p95 = max(took), statistics.quantiles(took, n=20)[-1]
    print(f"{count} Kerne lesen zugleich je {YEAR:,} Zeilen: p95 {p95:.2f} s (Ziel ≤ 1), "
          f"Mitte {statistics.median(took):.2f} s, längste {slowest:.2f} s")  # fmt: skip
    print(f"Speicher des Dienstes {process.memory_info().rss / 1e6:.0f} MB (Ziel ≤ 400)")


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=["million", "pupils"])
    part = parser.parse_args().part
    home = Path(tempfile.mkdtemp(prefix="stadtlabor-"))
    os.environ |= {"STADTLABOR_HOME": str(home), "JUPYTERHUB_API_TOKEN": "probe"}
    try:
        names = filled(home)
        with service(home) as process:
            if part != "pupils":
                million(home, names, process)
            if part != "million":
                pupils(names, process)
    finally:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()
