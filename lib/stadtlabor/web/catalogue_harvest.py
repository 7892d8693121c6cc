"""The catalogue for portals: written by a process of its own, kept until a card changes."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import re

from fastapi import Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from stadtlabor.catalogue import shelf
from stadtlabor.catalogue.rdf import KINDS
from stadtlabor.web.child import answer
from stadtlabor.web.origin import origin

__all__ = ["Harvest"]

ANYWHERE = "https://katalog.invalid"
"""Stands for the public address, so that one catalogue serves all names of the machine."""

ORIGIN = re.compile(r"^https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:\d{1,5})?$")
PASSED = ("STADTLABOR_CITY", "STADTLABOR_SETTINGS", "STADTLABOR_DATASETS")


class Harvest:
    """Hands out the catalogue in each form."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, bytes]] = {}
        self._lock = asyncio.Lock()

    async def response(self, request: Request, kind: str) -> Response:
        """Return the catalogue as a file, or 304 to those who have it.

        Raises
        ------
        HTTPException
            400 if the caller's name for this machine is none, 503 if the cards make no catalogue.
        """
        base = origin(request)
        if not ORIGIN.match(base):
            raise HTTPException(400)
        body = (await self._written(kind)).replace(ANYWHERE.encode(), base.encode())
        tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        headers = {"ETag": tag, "Access-Control-Allow-Origin": "*"}
        if tag in request.headers.get("if-none-match", "").replace("W/", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=KINDS[kind], headers=headers)

    async def _written(self, kind: str) -> bytes:
        async with self._lock:
            stamp = shelf().stamp
            known = self._kept.get(kind)
            if known and known[0] == stamp:
                return known[1]
            environment = {name: os.environ[name] for name in PASSED if name in os.environ}
            question = {"kind": kind, "base": ANYWHERE, "environment": environment}
            body = await answer("stadtlabor.catalogue", json.dumps(question).encode())
            if not body:
                raise HTTPException(503)
            self._kept[kind] = (stamp, body)
            return body
