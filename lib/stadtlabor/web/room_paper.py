"""Sheets of a room: printed for those without a phone, read back from a photo."""

from __future__ import annotations

import json
import secrets
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
from stadtlabor.web.child import answer
from stadtlabor.web.rooms import today

__all__ = ["printed", "read"]

CHILD = "stadtlabor.participation.child"
MOST_BYTES = 20_000_000


async def printed(room: Room, address: str) -> bytes:
    """Return a sheet as PDF.

    Raises
    ------
    HTTPException
        503 if this machine cannot make one.
    """
    made = await answer(CHILD, ask(room, address))
    if not made.startswith(b"%PDF"):
        raise HTTPException(503)
    return made


async def read(register: Rooms, room: Room, request: Request) -> tuple[int, str]:
    """Take the dots of a photographed sheet; return how many, or a German sentence why none."""
    photo = await _photo(request)
    said = await answer(CHILD, ask(room, photo=photo))
    words = texts()["scan"]
    try:
        told = json.loads(said)
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
