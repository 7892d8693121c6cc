"""A storm from radar files to CAP messages: ``python tests/benchmarks/replay.py --kills 50``.

Plays MeteoSwiss 2016-07-11 (40 frames, 640 × 710 km) at 60 times its speed the way the operation
goes: file → store → watch → the notebook in operation, run by papermill → levels → CAP 1.2 → files
and a webhook. The invented city lies where it poured; circles of 4.5 km all over its window of
256 km stand in for catchments. Printed are the seconds per cycle (limit 30) and the share of them
that the run of papermill takes.

With ``--kills`` the process is ended by SIGKILL at that many random moments, of its start as well
as of its work, and started again: nothing may be lost or sent twice, all chains must hold, and
every message must be the one of an undisturbed replay. The storm is played again until there were
enough. At last some messages are derived again from their provenance, in fresh processes.

``--direct`` leaves the notebook out: the nowcast is called in the process of the warning.
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
import time
from difflib import unified_diff
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PARTS = ROOT / "tests" / "rain" / "warning"
sys.path.insert(0, str(PARTS))
LIMIT_S = 30.0
START_S = 14.0
"""Within so many seconds of a start a kill meets imports, the template and the first run."""
OUTBOX = {"name": "outbox", "kind": "outbox", "audience": ["public", "operator"]}
MIDDLE, WINDOW_KM = (192, 212), 256


def main() -> int:
    """Play, kill, check; return 0 where all holds."""
    given = argparse.ArgumentParser()
    given.add_argument("--kills", type=int, default=0)
    given.add_argument("--speed", type=float, default=60.0)
    given.add_argument("--frames", type=int, default=40)
    given.add_argument("--spacing", type=int, default=16, help="distance of circles, km")
    given.add_argument("--reruns", type=int, default=2, help="messages that are derived again")
    given.add_argument("--direct", action="store_true", help="without notebook and papermill")
    chosen = given.parse_args()
    shared = Path(os.environ.get("STADTLABOR_SHARED") or ROOT.parent / "shared" / "data")
    paths = sorted((shared / "rain" / "mch_20160711").glob("*.gif"))[: chosen.frames]
    plan = {"paths": [str(p) for p in paths], "speed": chosen.speed, "promoted": not chosen.direct}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.direct:
            plan |= {"rows": [180, 560], "columns": [200, 600], "spacing_km": chosen.spacing}
        else:
            plan["city"] = str(folder / "city.toml")
            prepare(paths[0], Path(plan["city"]), chosen.spacing)
        good = undisturbed(folder, plan)
        if chosen.kills:
            good &= killed(folder, plan, chosen.kills)
        if not chosen.direct:
            good &= again(folder / "whole", plan, chosen.reruns)
    return 0 if good else 1


def prepare(path: Path, city: Path, spacing: int) -> None:
    """Write the file of the city in the way of the storm."""
    from town import town

    from stadtlabor.rain.reading import read

    count = town(read(path).isel(time=0), city, MIDDLE, WINDOW_KM, spacing)
    print(f"{count} catchments in a window of {WINDOW_KM} km")


def undisturbed(folder: Path, plan: dict) -> bool:
    """Play to the end and print what it took."""
    from chains import check
    from schema import read_schema

    told = []
    process = start(folder / "whole", folder, plan | {"channels": [OUTBOX]})
    told = [json.loads(line) for line in process.stdout or []]
    if process.wait():
        sys.exit(f"the player ended with {process.returncode}")
    seconds = np.array([one["seconds"] for one in told if one["assessed"]])
    runs = np.array([one["run_s"] for one in told if one["assessed"]])
    messages = check(folder / "whole", read_schema())
    stale = sum(one["stale"] for one in told)
    print(
        f"cycles {len(told)}, assessed {len(seconds)}, without a history yet {stale}; "
        f"messages {messages}, all valid by the schema of CAP 1.2"
    )
    print(
        f"seconds per cycle: median {np.median(seconds):.2f}, largest {seconds.max():.2f} "
        f"(the first: {seconds[0]:.2f}); limit {LIMIT_S:.0f}, {seconds.max() / LIMIT_S:.0%} of it"
    )
    print(f"of it the run of papermill: {runs.sum() / seconds.sum():.0%}")
    print(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return bool(seconds.max() < LIMIT_S and messages)


def killed(folder: Path, plan: dict, kills: int) -> bool:
    """Play with kills, again and again until there were enough; print what became of messages."""
    import receiver
    from chains import check
    from schema import read_schema

    throw, died, caught, number, good = random.Random(60), 0, 0, 0, True
    lost = twice = other = count = 0
    while died < kills:
        number += 1
        place = folder / f"killed-{number}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        service = receiver.start(port, folder / f"arrived-{number}")
        address = f"http://127.0.0.1:{port}"
        hook = {
            "name": "hook", "kind": "webhook", "audience": ["public"],
            "options": {"url": f"{address}/", "receipts": address},
        }  # fmt: skip
        fast = plan | {"channels": [OUTBOX, hook], "speed": None}
        try:
            more, hit = storm(place, folder, fast, throw, kills - died)
        finally:
            service.kill()
            service.wait()
        died, caught = died + more, caught + hit
        arrived = (folder / f"arrived-{number}").read_text().split()
        whole, after = contents(folder / "whole"), contents(place)
        count += check(place, read_schema())
        lost += len(whole.keys() - after.keys()) + len(set(whole) - set(arrived))
        twice += len(arrived) - len(set(arrived))
        other += sum(whole[k] != after.get(k) for k in whole)
        good &= whole == after and sorted(arrived) == sorted(whole)
    if other:
        pairs = ((k, whole[k], after.get(k, b"")) for k in whole if whole[k] != after.get(k))
        name, one, two = next(pairs)
        lines = unified_diff(one.decode().splitlines(), two.decode().splitlines(), n=1)
        print(name, *list(lines)[:20], sep="\n")
    print(
        f"kills {died} (during a run of papermill {caught}) in {number} replays, messages {count}: "
        f"lost {lost}, sent twice {twice}, other than undisturbed {other}"
    )
    return good


def storm(
    folder: Path, around: Path, plan: dict, throw: random.Random, most: int
) -> tuple[int, int]:
    """Play to the end with at most so many kills; return how many there were, and in a run."""
    died = caught = 0
    while True:
        process, begun = start(folder, around, plan), time.time()
        timer = None
        early = throw.random() < 0.5
        if died < most and early:
            timer = kill_after(process, throw.uniform(0, START_S if plan["promoted"] else 4))
        for line in process.stdout or []:
            if died < most and timer is None:
                seconds = max(0.2, json.loads(line)["seconds"])
                timer = kill_after(process, throw.uniform(0, min(seconds, START_S / 2)))
        code = process.wait()
        if timer:
            timer.cancel()
        if code == 0:
            return died, caught
        if code != -signal.SIGKILL:
            sys.exit(f"the player ended with {code}")
        died += 1
        places = folder.glob("runs/*/.work-*")
        caught += any(place.stat().st_ctime > begun for place in places)


def again(folder: Path, plan: dict, count: int) -> bool:
    """Derive the first and some other messages again, by command."""
    from chains import outbox

    keys = sorted(outbox(folder))
    chosen = keys[:: max(1, len(keys) // max(1, count))][:count]
    program = Path(sys.executable).with_name("stadtlabor")
    home = folder.parent / "home"
    (home / "warning" / "replays").mkdir(parents=True)
    (home / "warning" / "replays" / "storm").symlink_to(folder)
    environment = {"STADTLABOR_HOME": str(home), "STADTLABOR_CITY": plan["city"]}
    same = 0
    for key in chosen:
        command = [program, "warn", "rerun", key]
        told = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | environment, check=False
        )
        same += told.returncode == 0
        if told.returncode:
            print(told.stdout, told.stderr)
    print(f"derived again from provenance: {len(chosen)}, the same byte for byte {same}")
    return same == len(chosen)


def start(folder: Path, around: Path, plan: dict) -> subprocess.Popen[str]:
    """Start the player on a folder."""
    path = around / f"{folder.name}.json"
    path.write_text(json.dumps(plan))
    command = [sys.executable, str(PARTS / "player.py"), str(folder), str(path)]
    # A template of its own: one that somebody else has started would end with that process.
    own = around / "own"
    own.mkdir(exist_ok=True)
    environment = os.environ | {"TMPDIR": str(own)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def kill_after(process: subprocess.Popen[str], seconds: float) -> threading.Timer:
    """End a process after some time."""
    timer = threading.Timer(seconds, process.send_signal, [signal.SIGKILL])
    timer.start()
    return timer


def contents(folder: Path) -> dict[str, bytes]:
    """Return identifier → message, without the state of code and packages.

    Somebody may be at work on them.
    """
    from chains import outbox

    pattern = rb"(:(?:code|commit|environment|key|run)</valueName>\s*<value>)[^<]*"
    return {key: re.sub(pattern, rb"\1", body) for key, body in outbox(folder).items()}


if __name__ == "__main__":
    sys.exit(main())
