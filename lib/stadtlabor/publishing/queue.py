"""Notebooks that wait for their check, one after the other: the side of ``render``."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from stadtlabor.apps.environment import allowed
from stadtlabor.handover import dropped, read_dropped
from stadtlabor.publishing import places
from stadtlabor.publishing.child import OUTCOME
from stadtlabor.publishing.words import said
from stadtlabor.settings import home, root

__all__ = ["serve", "work_once"]

log = logging.getLogger(__name__)

LONGEST_S = 900.0
PAUSE_S = 1.0
KEPT_DAYS = 30.0


def serve() -> threading.Thread:
    """Work off the queue in a thread, for as long as this process lives."""
    thread = threading.Thread(target=_always, name="publishing", daemon=True)
    thread.start()
    return thread


def work_once() -> int:
    """Check what waits; return how many that were."""
    done = 0
    for path in dropped(places.queue()):
        try:
            content, _ = read_dropped(path)
            order = json.loads(content)
            name, source = str(order["id"]), str(order["source"])
            if not (len(name) == 32 and name.isalnum() and name.isascii()):
                raise ValueError(name)
        except (OSError, ValueError, KeyError, TypeError):
            path.unlink(missing_ok=True)
            continue
        _check(name, source)
        path.unlink(missing_ok=True)
        done += 1
    return done


def _always() -> None:
    swept = 0.0
    while True:
        try:
            work_once()
            if time.monotonic() - swept > 86_400:
                swept = time.monotonic()
                _sweep()
        except OSError:
            log.exception("Prüfung unterbrochen; neuer Versuch gleich.")
        time.sleep(PAUSE_S)


def _check(name: str, source: str) -> None:
    final = places.checks() / name
    if final.exists():
        return
    work = places.checks() / f".{name}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "source.ipynb").write_text(source, encoding="utf-8")
    # It may become public: its notebook sees no more of the surroundings than a visitor's kernel.
    environment = allowed(dict(os.environ), home() / "render")
    command = [sys.executable, "-m", "stadtlabor.publishing.child", str(work)]
    try:
        ended = subprocess.run(
            command, env=environment, cwd=root(), capture_output=True, text=True,
            timeout=LONGEST_S, check=False,
        )  # fmt: skip
        if ended.returncode or ended.stderr:
            log.info("Prüfung %s: %s", name[:8], ended.stderr.strip().rpartition("\n")[2])
    except subprocess.TimeoutExpired:
        log.info("Prüfung %s: war nicht rechtzeitig fertig", name[:8])  # the outcome is told below
    if not (work / OUTCOME).exists():
        text = json.dumps({"faults": [said("check.broken")], "hash": ""}, ensure_ascii=False)
        (work / OUTCOME).write_text(text, encoding="utf-8")
    shutil.rmtree(work / "work", ignore_errors=True)
    work.rename(final)


def _sweep() -> None:
    """Forget old findings; what became public lies elsewhere."""
    for path in places.checks().glob("*"):
        if time.time() - path.stat().st_mtime > KEPT_DAYS * 86_400:
            shutil.rmtree(Path(path), ignore_errors=True)
