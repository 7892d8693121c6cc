"""Execute one notebook in a process of its own: a dying kernel takes nothing else with it.

Called as ``python -m stadtlabor.promotion.child ORDER``, or forked to do the same; ``ORDER`` is
JSON, see :func:`main`.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

__all__ = ["CELL_TIMEOUT", "KERNEL_DEAD", "MARK", "NO_SPACE", "main"]

MARK = "completed.json"
CELL_TIMEOUT, KERNEL_DEAD, NO_SPACE = 13, 14, 15
"""Status of the process where it knows why it ends."""


def main(order: str) -> None:
    """Run papermill; only after all went well leave a mark of completion.

    Parameters
    ----------
    order
        ``source``, ``target`` (paths), ``cwd``, ``parameters``, ``cell_timeout_s``, ``owner``
        (process that waits, or None where the forker watches it), ``template`` (settings of the
        provisioner, or None to launch the kernel).

    After any failure the process ends with another status than 0.
    """
    stated: dict[str, Any] = json.loads(order)
    if stated["owner"]:
        threading.Thread(target=_end_with, args=(stated["owner"],), daemon=True).start()
    try:
        _execute(stated)
    except Exception as error:
        with contextlib.suppress(OSError):  # the log may lie on the same full disk
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        # At once: what Python does at its end may fail there as well, and change the status.
        os._exit(_status(error))


def _execute(stated: dict[str, Any]) -> None:
    import papermill
    from traitlets.config import Config

    from stadtlabor.promotion.code import code_hash, environment
    from stadtlabor.promotion.engine import NAME, install

    kernels = Config()
    if stated["template"]:
        kernels.KernelProvisionerFactory.default_provisioner_name = "forked-provisioner"
        kernels.ForkedProvisioner = Config(stated["template"])
    install(kernels)
    target = Path(stated["target"])
    papermill.execute_notebook(
        stated["source"],
        str(target),
        parameters=stated["parameters"],
        engine_name=NAME,
        kernel_name="python3",
        cwd=stated["cwd"],
        execution_timeout=stated["cell_timeout_s"],
        progress_bar=False,
    )
    with target.open("rb") as file:
        found = {
            "notebook": hashlib.file_digest(file, "sha256").hexdigest(),
            "code_hash": code_hash(),
            "environment": environment(),
        }
        os.fsync(file.fileno())
    mark = target.with_name(MARK)
    mark.write_text(json.dumps(found), encoding="utf-8")


def _status(error: BaseException | None) -> int:
    """Return the status that says why, looking behind errors that only wrap another."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    while error is not None:
        if isinstance(error, CellTimeoutError):
            return CELL_TIMEOUT
        if isinstance(error, DeadKernelError):
            return KERNEL_DEAD
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT):
            return NO_SPACE
        error = error.__cause__ or error.__context__
    return 1


def _end_with(owner: int) -> None:
    """End as soon as nobody waits any more: the temporary folder may be gone by then."""
    while os.getppid() == owner:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
