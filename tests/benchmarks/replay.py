"""A storm from radar files to CAP messages: ``python tests/benchmarks/replay.py --kills 50``.

Plays MeteoSwiss 2016-07-11 (40 frames, 640 × 710 km) at 60 times its speed: file → watch → nowcast
→ catchments → levels → CAP 1.2 → files and a webhook. Circles of 4.5 km all over the grid stand in
for catchments. Printed are the seconds per cycle (limit 30). With ``--kills`` the process is ended
by SIGKILL at that many random places of the storm and started again: nothing may be lost or sent
twice, all chains must hold, and every message must be the one of an undisturbed replay.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PARTS = ROOT / "tests" / "rain" / "warning"
sys.path.insert(0, str(PARTS))
LIMIT_S = 30.0


def main() -> int:
    """Play, kill, check; return 0 where all holds."""
    given = argparse.ArgumentParser()
    given.add_argument("--kills", type=int, default=0)
    given.add_argument("--speed", type=float, default=60.0)
    given.add_argument("--frames", type=int, default=40)
    given.add_argument("--spacing", type=float, default=24.0, help="distance of circles, km")
    given.add_argument("--whole", action="store_true", help="the whole grid, not 380 × 400 km")
    chosen = given.parse_args()
    shared = Path(os.environ.get("STADTLABOR_SHARED") or ROOT.parent / "shared" / "data")
    paths = sorted((shared / "rain" / "mch_20160711").glob("*.gif"))[: chosen.frames]
    rows, columns = ([0, 640], [0, 710]) if chosen.whole else ([180, 560], [200, 600])
    plan = {
        "paths": [str(p) for p in paths], "rows": rows, "columns": columns,
        "spacing_km": chosen.spacing, "speed": chosen.speed,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        return run(Path(name), plan, chosen.kills)


def run(folder: Path, plan: dict, kills: int) -> int:
    """Play undisturbed, then with kills."""
    from chains import check
    from schema import read_schema

    outbox = {"name": "outbox", "kind": "outbox", "audience": ["public", "operator"]}
    told, _ = play(folder / "whole", folder, plan | {"channels": [outbox]}, [])
    seconds = np.array([one["seconds"] for one in told])
    messages = check(folder / "whole", read_schema())
    print(f"cycles {len(seconds)}, messages {messages}, all valid by the schema of CAP 1.2")
    print(
        f"seconds per cycle: median {np.median(seconds):.2f}, largest {seconds.max():.2f}; "
        f"limit {LIMIT_S:.0f}, share of it {seconds.max() / LIMIT_S:.2f}"
    )
    good = bool(seconds.max() < LIMIT_S)
    if kills:
        good &= killed(folder, plan, outbox, kills)
    return 0 if good else 1


def killed(folder: Path, plan: dict, outbox: dict, kills: int) -> bool:
    """Play with kills; print what became of the messages."""
    import receiver
    from chains import check
    from schema import read_schema

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    service = receiver.start(port, folder / "arrived")
    address = f"http://127.0.0.1:{port}"
    hook = {
        "name": "hook", "kind": "webhook", "audience": ["public"],
        "options": {"url": f"{address}/", "receipts": address},
    }  # fmt: skip
    throw = random.Random(60)
    moments = sorted(throw.uniform(0, len(plan["paths"]) - 2) for _ in range(kills))
    fast = plan | {"channels": [outbox, hook], "speed": None}
    try:
        _, died = play(folder / "killed", folder, fast, moments)
    finally:
        service.kill()
        service.wait()
    count = check(folder / "killed", read_schema())
    arrived = (folder / "arrived").read_text().split()
    whole, after = contents(folder / "whole"), contents(folder / "killed")
    print(f"kills {died}, messages {count}; lost {len(whole.keys() - after.keys())}, "
          f"sent twice {len(arrived) - len(set(arrived))}, "
          f"other than undisturbed {sum(whole[k] != after.get(k) for k in whole)}")  # fmt: skip
    return whole == after and sorted(arrived) == sorted(whole) and died == kills


def play(folder: Path, around: Path, plan: dict, moments: list[float]) -> tuple[list[dict], int]:
    """Play to the end; end the process at moments on the way.

    A moment is a place in the storm: 7.3 is 0.3 of a cycle's time after the cycle of frame 7.
    """
    path = around / f"{folder.name}.json"
    path.write_text(json.dumps(plan))
    command = [sys.executable, str(PARTS / "player.py"), str(folder), str(path)]
    told: list[dict] = []
    seen: dict[str, int] = {}
    died = 0
    while True:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        timer = None
        for line in process.stdout or []:
            told.append(json.loads(line))
            frame = seen.setdefault(told[-1]["now"], len(seen))
            if died < len(moments) and timer is None and frame >= int(moments[died]):
                wait = (moments[died] % 1) * max(0.2, told[-1]["seconds"])
                timer = threading.Timer(wait, process.send_signal, [signal.SIGKILL])
                timer.start()
        code = process.wait()
        if timer:
            timer.cancel()
        if code == 0:
            return told, died
        if code != -signal.SIGKILL:
            sys.exit(f"the player ended with {code}")
        died += 1


def contents(folder: Path) -> dict[str, bytes]:
    """Return identifier → message, without the state of the code (somebody may be at work)."""
    from chains import outbox

    pattern = rb"(:(?:code|commit)</valueName>\s*<value>)[^<]*"
    return {key: re.sub(pattern, rb"\1", body) for key, body in outbox(folder).items()}


if __name__ == "__main__":
    sys.exit(main())
