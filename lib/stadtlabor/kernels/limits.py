"""A fork counts where its owner counts: control groups of the system (version 2)."""

from __future__ import annotations

import os
import select
from functools import cache
from pathlib import Path

__all__ = ["group", "join", "mounted"]


@cache
def mounted() -> Path | None:
    """Return where the hierarchy of control groups lies, None where there is none."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    for line in lines:
        place, _, kind = line.partition(" - ")
        if kind.startswith("cgroup2 "):
            return Path(place.split()[4])
    return None


def group(process: int | str) -> str:
    """Return the group of a process as a path in the hierarchy, empty where there is none.

    Raises
    ------
    OSError
        If there is no such process.
    """
    for line in Path(f"/proc/{process}/cgroup").read_text(encoding="utf-8").splitlines():
        if line.startswith("0::"):
            return line.removeprefix("0::")
    return ""


def join(process: int, handle: int) -> None:
    """Move this process into the group of another, so that it cannot escape its limits.

    Parameters
    ----------
    process, handle
        Number and pidfd of the other: a number alone may have been given away meanwhile.

    Raises
    ------
    OSError
        If the other has ended or the system refuses.
    """
    hierarchy = mounted()
    wanted = group(process)
    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    if waiting.poll(0):
        raise ProcessLookupError(f"{process} has ended")
    if hierarchy is None or wanted == group("self"):
        return
    with (hierarchy / wanted.lstrip("/") / "cgroup.procs").open("w") as file:
        file.write(str(os.getpid()))
