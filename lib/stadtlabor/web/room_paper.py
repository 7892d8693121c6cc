"""Sheets of a room: printed for those without a phone, read back from a photo."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import sys
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from stadtlabor.participation import (
    RefusedError,
    Room,
    Rooms,
    statement,
    texts,
)
from stadtlabor.participation.child import ask
from stadtlabor.settings import home
from stadtlabor.web.rooms import today
from stadtlabor.web.workshop import PASSED

__all__ = ["printed", "read"]

PATIENCE_S = 45.0
MOST_BYTES = 20_000_000


# One picture at a time: a phone's photo takes 300 MB while it is turned straight.
_turn = asyncio.Semaphore(1)


async def printed(room: Room, address: str) -> bytes:
    """Return a sheet as PDF.

    Raises
    ------
    HTTPException
        503 if this machine cannot make one.
    """
    async with _turn:
        made = await _child(ask(room, address))
    if not made.startswith(b"%PDF"):
        raise HTTPException(503)
    return made


async def read(register: Rooms, room: Room, request: Request) -> tuple[int, str]:
    """Take the dots of a photographed sheet; return how many, or a German sentence why none."""
    photo = await _photo(request)
    async with _turn:
        answer = await _child(ask(room, photo=photo))
    words = texts()["scan"]
    try:
        told = json.loads(answer)
    except ValueError:
        return 0, words["broken"]
    if told["error"]:
        return 0, told["error"]
    count = await run_in_threadpool(_taken, register, room, told["dots"])
    return count, "" if count else words["empty"]


def _taken(register: Rooms, room: Room, dots: list[dict[str, Any]]) -> int:
    """Add the dots of a sheet as contributions; return how many are new to the room or known."""
    words = texts()["sheet"]
    # A sheet belongs to no device; its dots are changed by the leader only.
    token = secrets.token_hex(16)
    count = 0
    for dot in dots:
        text = words["comment"].format(meaning=words["meanings"][dot["colour"]])
        try:
            said = statement(
                {"kind": "comment", "text": text, "lat": dot["lat"], "lon": dot["lon"]}
            )
            register.add(room, said, f"bogen-{dot['identity']}", token, today(), "paper")
        except RefusedError:
            continue  # a dot on the rim of the sheet, outside the map of the room
        count += 1
    return count


async def _photo(request: Request) -> bytes:
    if int(request.headers.get("content-length", "0") or 0) > MOST_BYTES + 10_000:
        raise HTTPException(413)
    try:
        form = await request.form(max_files=1, max_fields=5)
    except (MultiPartException, ValueError):
        raise HTTPException(400) from None
    given = form.get("photo")
    if not isinstance(given, UploadFile):
        raise HTTPException(400)
    return (await given.read())[:MOST_BYTES]


async def _child(body: bytes) -> bytes:
    """Let a process of its own work; return its answer, nothing if it failed."""
    environment = {name: os.environ[name] for name in PASSED if name in os.environ}
    environment |= {"STADTLABOR_HOME": str(home()), "OPENBLAS_NUM_THREADS": "1"}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "stadtlabor.participation.child",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL, env=environment,
    )  # fmt: skip
    out = b""
    with contextlib.suppress(TimeoutError):
        out, _ = await asyncio.wait_for(child.communicate(body), PATIENCE_S)
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    return out if child.returncode == 0 else b""
