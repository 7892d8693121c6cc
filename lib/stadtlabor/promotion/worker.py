"""A process per run: forked from a warm template where that pays, launched otherwise.

A template imports for seconds what a run may want. A command that makes one run and ends is faster
without; a service, or a command with many runs, starts one before its second.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from stadtlabor.forks import KERNEL
from stadtlabor.kernels import Fork, ForkError, Template
from stadtlabor.kernels.late import LATE
from stadtlabor.promotion.code import library
from stadtlabor.promotion.errors import TIMED_OUT
from stadtlabor.settings import home, root

__all__ = ["template", "work"]

log = logging.getLogger(__name__)

KEPT_ENVIRONMENT = {"PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV"}
"""What a run may know of its surroundings; ``STADTLABOR_*`` is passed as well."""

PRELOAD = (
    *KERNEL,
    "papermill",
    "stadtlabor.rain.nowcasting.forecast",
    "stadtlabor.rain.warning.assessment",
    "stadtlabor.ui.rain",
    "stadtlabor.promotion.engine",
    "stadtlabor.promotion.child",
    "stadtlabor.promotion.code:library",
    "stadtlabor.promotion.code:packages",
)
"""What both a run's process and its kernel will want."""

CODE = "from stadtlabor.promotion.child import main\nimport sys\nmain(sys.argv[2])"

_made = [False]
"""Whether this process has made a run."""

PATIENCE_S = 90.0
"""A template on a busy machine takes its time; a launched run would not be faster."""


def work(
    source: Path,
    target: Path,
    parameters: dict[str, Any],
    cwd: Path,
    timeout_s: float,
    cell_timeout_s: float,
    forked: bool = True,
) -> int:
    """Execute a notebook in a process of its own and wait for it.

    Parameters
    ----------
    source, target
        Notebook, and where the executed one goes; ``log.txt`` is written beside that.
    parameters
        For papermill.
    cwd
        Working folder of the notebook.
    timeout_s, cell_timeout_s
        The process is ended after this time, a cell given up.
    forked
        False to start a fresh interpreter in any case.

    Returns
    -------
    int
        Status of the process, :data:`TIMED_OUT` where it was ended. 0 is not yet a success: see
        :mod:`stadtlabor.promotion.judgement`.
    """
    order = {
        "source": str(source), "target": str(target), "cwd": str(cwd), "parameters": parameters,
        "cell_timeout_s": cell_timeout_s, "owner": None, "template": None,
    }  # fmt: skip
    with (target.parent / "log.txt").open("wb") as told:
        warm = _fork(order, told.fileno()) if forked and _pays() else None
        started = warm or _launch(order, told.fileno())
        try:
            return started.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        finally:
            if started.poll() is None:
                _end(started)


def template() -> Template:
    """Return the template of runs and their kernels; it ends with the process that started it.

    Nothing it imports looks at the city or the settings, so all runs share it. The hash in its
    environment gives new code a new template.
    """
    stated = {"STADTLABOR_LIBRARY": library()}
    watched = [root() / "requirements.lock"]
    # Not in the house's folder of sockets: where the hub is root, only root may start any there.
    return Template("runs", (*LATE, *PRELOAD), watched, None, stated, patience_s=PATIENCE_S)


def _pays() -> bool:
    """Tell whether to fork: a template runs, or this process makes a further run."""
    again, _made[0] = _made[0], True
    return again or (sys.platform == "linux" and template().running())


def _surroundings() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_ENVIRONMENT or name.startswith("STADTLABOR_")
    }
    return kept | {"STADTLABOR_HOME": str(home().resolve()), "STADTLABOR_ROOT": str(root())}


def _fork(order: dict[str, Any], told: int) -> Fork | None:
    if sys.platform != "linux":
        return None
    warm = template()
    settings = {
        "trust": warm.trust,
        "preload": list(PRELOAD),
        "watched": [str(path) for path in warm.watched],
        "folder": str(warm.folder),
        "environment": warm.environment,
        "arguments": ["--HistoryManager.enabled=False"],
        "patience_s": warm.patience_s,
    }
    argv = ["stadtlabor-run", CODE, json.dumps({**order, "template": settings})]
    nowhere = os.open(os.devnull, os.O_RDWR)
    try:
        warm.start()
        return warm.fork("code", argv, _surroundings(), order["cwd"], (nowhere, told, told))
    except (ForkError, OSError) as error:
        log.warning("run is launched, not forked: %s", error)
        return None
    finally:
        os.close(nowhere)


def _launch(order: dict[str, Any], told: int) -> subprocess.Popen[bytes]:
    # Fresh, it still gets no more threads than a fork has: sums must not depend on their number.
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    own = json.dumps({**order, "owner": os.getpid()})
    return subprocess.Popen(
        [sys.executable, "-m", "stadtlabor.promotion.child", own],
        env=_surroundings() | one_thread,
        cwd=order["cwd"],
        stdin=subprocess.DEVNULL,
        stdout=told,
        stderr=told,
        start_new_session=True,
    )


def _end(started: Fork | subprocess.Popen[bytes]) -> None:
    """End a process and all in its group; its kernel notices by itself."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(started.pid, signal.SIGKILL)
    started.kill()
    started.wait()
