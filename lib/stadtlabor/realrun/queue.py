"""Approved notebooks, one after the other: the side of the service ``realrun``."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from stadtlabor.apps.environment import allowed
from stadtlabor.dataservice.address import ADDRESS
from stadtlabor.handover import drop, dropped, new_id, read_dropped
from stadtlabor.realrun import places
from stadtlabor.realrun.child import OUTCOME, TIMEOUT_S
from stadtlabor.settings import root

__all__ = ["serve", "work_once"]

log = logging.getLogger(__name__)

LONGEST_S = TIMEOUT_S + 60.0
PAUSE_S = 1.0
MOST_TRIES = 3
"""A notebook that takes the service down with it is not tried for ever."""

_TOKEN = re.compile(r"[0-9a-f]{32}")


def serve() -> None:
    """Work off the queue for as long as this process lives."""
    while True:
        try:
            work_once()
        except OSError:
            log.exception("Echte Läufe unterbrochen; neuer Versuch gleich.")
        time.sleep(PAUSE_S)


def work_once() -> int:
    """Run what waits; return how many that were."""
    done = 0
    for path in dropped(places.queue()):
        try:
            content, user = read_dropped(path)
            order = json.loads(content)
            token, source = str(order["token"]), str(order["source"])
            datasets = [str(name) for name in order["datasets"]]
            # Anybody can put a file here; what the pages have not approved is never run.
            if user != places.pages_user() or not _TOKEN.fullmatch(token):
                raise ValueError(user)
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("Ein Auftrag in der Warteschlange ist nicht von den Seiten")
            with contextlib.suppress(OSError):
                path.unlink()
            continue
        _report({"token": token, **_done(token, source, datasets)})
        path.unlink(missing_ok=True)
        (places.work() / f"{token}.tries").unlink(missing_ok=True)
        done += 1
    return done


def _done(token: str, source: str, datasets: list[str]) -> dict[str, Any]:
    """Run one notebook; return what the pages are told."""
    places.work().mkdir(parents=True, exist_ok=True)
    # Left by a run that was cut off; there is never more than one.
    for left in places.work().iterdir():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
    if _tries(token) > MOST_TRIES:
        return {"kind": "failed", "failure": "cut_off", "cell": 0}
    _report({"token": token, "kind": "started"})
    folder = places.work() / token
    folder.mkdir(mode=0o700)
    try:
        (folder / "source.ipynb").write_text(source, encoding="utf-8")
        (folder / "datasets.json").write_text(json.dumps(datasets), encoding="utf-8")
        _start(folder)
        return _outcome(folder)
    finally:
        # What it has printed and computed must not outlive it, whether it went well or not.
        shutil.rmtree(folder, ignore_errors=True)


def _tries(token: str) -> int:
    """Count this attempt and return the number."""
    path = places.work() / f"{token}.tries"
    count = 1 + (int(path.read_text("ascii")) if path.exists() else 0)
    path.write_text(str(count), encoding="ascii")
    return count


def _start(folder: Path) -> None:
    environment = allowed(dict(os.environ), folder / "home")
    if ADDRESS in environment:
        _wait(folder, environment)
        return
    # Where all share one system user no service is told who asks; one of our own knows it.
    from stadtlabor.dataservice.serving import serving

    with serving(folder / "data.sock", "realrun", {os.getuid(): "realrun"}) as address:
        _wait(folder, environment | {ADDRESS: address})


def _wait(folder: Path, environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "stadtlabor.realrun.child", str(folder)]
    with (folder / "log.txt").open("wb") as told:
        started = subprocess.Popen(
            command, env=environment, cwd=root(), stdin=subprocess.DEVNULL, stdout=told,
            stderr=told, start_new_session=True,
        )  # fmt: skip
    try:
        started.wait(LONGEST_S)
    except subprocess.TimeoutExpired:
        (folder / OUTCOME).write_text('{"failure": "slow", "cell": 0}', encoding="ascii")
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _outcome(folder: Path) -> dict[str, Any]:
    """Read what a run has left, as a stranger's files."""
    try:
        told = json.loads(read_dropped(folder / OUTCOME)[0])
        failure, cell = str(told["failure"]), int(told["cell"])
    except (OSError, ValueError, KeyError, TypeError):
        failure, cell = "broken", 0
    if failure:
        log.info("Ein echter Lauf brach ab (%s)", failure[:20])
        return {"kind": "failed", "failure": failure, "cell": cell}
    tables, size = [], 0
    for path in dropped(folder / places.DECLARED):
        try:
            content, _ = read_dropped(path)
            size += len(content)
            if size > places.MOST_OUTCOME:
                return {"kind": "failed", "failure": "large", "cell": 0}
            tables.append(json.loads(content))
        except (OSError, ValueError):
            tables.append(None)  # the pages say that it is no table
    return {"kind": "finished", "tables": tables, "reads": _reads(folder)}


def _reads(folder: Path) -> list[Any]:
    found = []
    with contextlib.suppress(OSError, ValueError):
        for line in read_dropped(folder / places.READS)[0].splitlines()[:1000]:
            found.append(json.loads(line))
    return found


def _report(told: dict[str, Any]) -> None:
    text = json.dumps(told, ensure_ascii=False)
    drop(places.outcomes(), f"{new_id()}.json", text.encode())
