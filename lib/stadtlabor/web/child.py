"""Work that takes much memory or strangers' files is done by a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

from starlette.exceptions import HTTPException

from stadtlabor.settings import home

__all__ = ["PASSED", "answer", "printed"]

PASSED = ("PATH", "HOME", "LANG", "LC_ALL", "VIRTUAL_ENV", "STADTLABOR_ROOT", "FONTCONFIG_PATH",
          "XDG_CACHE_HOME")  # fmt: skip
"""Of the service's environment, so that no secret reaches a process with strangers' files."""

PATIENCE_S = 45.0

# One at a time: a photo takes 300 MB while it is turned straight, a PDF 100 MB.
_turn = asyncio.Semaphore(1)


async def answer(module: str, body: bytes, patience_s: float = PATIENCE_S) -> bytes:
    """Run ``python -m module`` with a body on stdin; return what it writes, nothing if it fails."""
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    environment |= {"STADTLABOR_HOME": str(home()), "OPENBLAS_NUM_THREADS": "1"}
    async with _turn:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        out = b""
        try:
            with contextlib.suppress(TimeoutError):
                out, _ = await asyncio.wait_for(child.communicate(body), patience_s)
        finally:
            # Also where the visitor has gone away meanwhile.
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
    return out if child.returncode == 0 else b""


async def printed(html: str) -> bytes:
    """Return a page as PDF.

    Raises
    ------
    HTTPException
        503 if this machine cannot make one.
    """
    made = await answer("stadtlabor.printing", html.encode())
    if not made.startswith(b"%PDF"):
        raise HTTPException(503)
    return made
