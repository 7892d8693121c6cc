"""Memory and processors of one person: control groups of the system (version 2).

Every person has a group of their own. Servers are put into it, and what they start stays in it;
their forked kernels follow them (see ``stadtlabor.kernels.limits``).
"""

from __future__ import annotations

import errno
import logging
from functools import cache
from pathlib import Path

from stadtlabor.kernels.limits import group, mounted
from stadtlabor.labs import CONTROLLERS, limited, limits_fault
from stadtlabor.settings import settings

__all__ = ["place"]

log = logging.getLogger(__name__)

PERIOD_US = 100_000
"""Length of the periods in which processor time is counted out."""


def place(process: int, name: str) -> None:
    """Put a person's server under their limits, where the settings name some and they work."""
    labs = settings().labs
    if not limited(labs):
        return
    try:
        parent = _parent()
        if parent is None:
            return
        own = parent / f"person-{name}"
        own.mkdir(exist_ok=True)
        memory = labs.memory_mb * 2**20 if labs.memory_mb else "max"
        (own / "memory.max").write_text(str(memory))
        quota = int(labs.cpus * PERIOD_US) if labs.cpus else "max"
        (own / "cpu.max").write_text(f"{quota} {PERIOD_US}")
        (own / "cgroup.procs").write_text(str(process))
    except OSError as error:
        log.warning("%s works without limits: %s", name, error)


@cache
def _parent() -> Path | None:
    """Return the group that holds those of the people, ready for them; None where it cannot be."""
    hierarchy = mounted()
    if hierarchy is None or limits_fault(settings().labs):
        return None
    own = hierarchy / group("self").lstrip("/")
    control = " ".join(f"+{name}" for name in CONTROLLERS)
    try:
        (own / "cgroup.subtree_control").write_text(control)
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        # A group with limits below it holds no processes itself: ours move down a step.
        inner = own / "stadtlabor"
        inner.mkdir(exist_ok=True)
        for process in (own / "cgroup.procs").read_text(encoding="ascii").split():
            (inner / "cgroup.procs").write_text(process)
        (own / "cgroup.subtree_control").write_text(control)
    return own
