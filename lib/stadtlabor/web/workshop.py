"""Reports that visitors have made: computed in a process of their own, kept for half an hour.

Nothing of them touches the disk: the zip arrives in memory, goes through a pipe, and what comes
back lies in memory until it is old.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from stadtlabor.settings import home
from stadtlabor.web.child import PASSED

__all__ = ["KEPT_S", "Made", "Workshop", "WorkshopError"]

KEPT_S = 30 * 60
PATIENCE_S = 60.0
AT_ONCE, WAITING = 1, 4
MOST_BYTES = 150_000_000
"""All kept results together; the oldest goes first."""


class WorkshopError(Exception):
    """No report; the argument is the key of the sentence, the second one the sentence itself."""

    def __init__(self, key: str, said: str = "") -> None:
        super().__init__(key)
        self.key, self.said = key, said


@dataclass(frozen=True)
class Made:
    """A finished report: title, framed page, PDF (may be empty), zip, and why there is no PDF."""

    title: str
    page: str
    pdf: bytes
    packed: bytes
    fault: str
    at: float = field(default_factory=time.monotonic)

    @property
    def size(self) -> int:
        """Bytes that it takes."""
        return len(self.page) + len(self.pdf) + len(self.packed)


class Workshop:
    """Makes reports, one at a time, and keeps them under addresses that nobody can guess."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Made] = OrderedDict()
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    def find(self, key: str) -> Made | None:
        """Return a kept report; None where it is too old or never was."""
        self._forget()
        return self._kept.get(key)

    async def make(self, body: bytes) -> str:
        """Make a report and return its key.

        Raises
        ------
        WorkshopError
            If it cannot be made or too many wait.
        """
        if self._waiting >= WAITING:
            raise WorkshopError("full")
        self._waiting += 1
        try:
            async with self._turn:
                made = await _made(body)
        finally:
            self._waiting -= 1
        key = secrets.token_urlsafe(18)
        self._kept[key] = made
        self._forget()
        return key

    def _forget(self) -> None:
        now = time.monotonic()
        for key in [k for k, made in self._kept.items() if now - made.at > KEPT_S]:
            del self._kept[key]
        while len(self._kept) > 1 and sum(m.size for m in self._kept.values()) > MOST_BYTES:
            self._kept.popitem(last=False)


async def _made(body: bytes) -> Made:
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    environment |= {"STADTLABOR_HOME": str(home()), "OPENBLAS_NUM_THREADS": "1"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stadtlabor.report.child",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    try:
        out, _ = await asyncio.wait_for(child.communicate(body), PATIENCE_S)
    except TimeoutError:
        raise WorkshopError("late") from None
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
    head, found, rest = out.partition(b"\n")
    if child.returncode != 0 or not found:
        raise WorkshopError("broken")
    told = json.loads(head)
    if told["error"]:
        raise WorkshopError("said", told["error"])
    page, pdf, packed = told["sizes"]
    return Made(
        told["title"], rest[:page].decode("utf-8"), rest[page : page + pdf],
        rest[page + pdf : page + pdf + packed], told["fault"],
    )  # fmt: skip
