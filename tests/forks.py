"""Look at templates and kernels, for the tests of forked kernels."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient

from running import Lab


def words(process: psutil.Process) -> list[str]:
    """Return the command line of a process, nothing of one that has just ended."""
    try:
        return list(process.cmdline())
    except psutil.Error:
        return []


def templates(place: Path) -> list[psutil.Process]:
    """Return the living templates of a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = process.cmdline()
            mine = "stadtlabor.kernels.template" in words and str(place) in words[-1]
            # A fork has its template's command line; only a template is a child of the tests.
            if mine and process.ppid() == os.getpid() and process.status() != "zombie":
                found.append(process)
        except psutil.Error:
            continue
    return found


async def printed(client: AsyncKernelClient, code: str, seconds: float = 40) -> str:
    """Run a cell and return what it prints."""
    text: list[str] = []

    def hear(message: dict) -> None:
        if message["msg_type"] == "stream":
            text.append(message["content"]["text"])

    reply = await client.execute_interactive(code, timeout=seconds, output_hook=hear)
    assert reply["content"]["status"] == "ok", reply["content"].get("traceback")
    return "".join(text).strip()


def told(story: Coroutine[Any, Any, Any]) -> Any:
    """Run a story to its end, in a thread: browser tests leave an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()


def private_mib(pid: int) -> float:
    """Return what only this process has in memory, MiB."""
    return _mib(pid, "Private")


def family_mib(pid: int) -> float:
    """Return the memory of a process and all below it, MiB; what they share counts once."""
    family = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    return sum(_mib(each, "Pss:") for each in family)


def _mib(pid: int, kind: str) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):  # ended meanwhile
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1024


def hub_template(lab: Lab, trust: str) -> psutil.Process | None:
    """Return the hub's template of a level of trust."""
    for child in psutil.Process(lab.process.pid).children(recursive=True):
        above = child.parent()
        ours = above and "-m stadtlabor.hub" in " ".join(words(above))
        if ours and f"/forks/{trust}-" in " ".join(words(child)):
            return child
    return None
