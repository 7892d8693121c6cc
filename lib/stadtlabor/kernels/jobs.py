"""What a fork can be asked to do. Only jobs that are listed here can be asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable

__all__ = ["JOBS"]


def kernel() -> None:
    """Be an IPython kernel; ``sys.argv`` holds its options."""
    from ipykernel.kernelapp import IPKernelApp

    # 1 stands for "do not watch your parent": that is the template, and kernels outlive it.
    further = ["--IPKernelApp.parent_handle=1"]
    if "ipywidgets" in sys.modules:
        # Imported where there was no kernel yet, it could not say what browsers may open in one.
        further.append("--IPKernelApp.extra_extensions=ipywidgets")
    IPKernelApp.launch_instance(argv=[*sys.argv[1:], *further])


def single_user_server() -> None:
    """Be one person's JupyterLab below a hub."""
    from jupyterhub.singleuser import main

    main()


def code() -> None:
    """Run a piece of Python."""
    exec(compile(sys.argv[1], "<code>", "exec"), {"__name__": "__main__"})  # noqa: S102  # asked for


def nothing() -> None:
    """End at once: for counting forks."""


JOBS: dict[str, Callable[[], None]] = {
    "kernel": kernel,
    "single-user-server": single_user_server,
    "code": code,
    "nothing": nothing,
}
