"""The walk down a street: look at each door, press one button, with or without a net."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from stadtlabor.innenstadt.vacancy import ConflictError, RightsError, VacancyError
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import PREFIX, Me
from stadtlabor.web.office_steps import doors, look, streets
from stadtlabor.web.texts import texts

__all__ = ["office_walk"]


def office_walk(desk: Desk) -> APIRouter:
    """Return the addresses below ``/leerstand/amt/rundgang``."""
    router, w = desk.door.router(), texts()["office"]["walk"]

    def view(request: Request, me: Me, strasse: str, fault: str = "", told: str = "") -> Response:
        if not me.inside:
            return desk.refuse(request, me, texts()["office"]["faults"]["inside"], 403)
        known = streets(desk.register)
        street = strasse if strasse in known else ""
        return desk.show(
            request, me, "office_walk.html", fault=fault, told=told, streets=known, street=street,
            doors=doors(desk.register, street) if street else [], fresh=_identity,
        )  # fmt: skip

    @router.get("/rundgang")
    def walk(request: Request, strasse: str = "", gesagt: str = "") -> Response:
        me = desk.door.enter(request)
        return view(request, me, strasse[:120], told=w["noted"] if gesagt else "")

    @router.post("/rundgang")
    async def step(request: Request) -> Response:
        me, given = await desk.door.given(request)
        script = request.headers.get("accept", "").startswith("application/json")
        street = given.get("at_street", "")[:120]
        try:
            done: dict[str, Any] = await run_in_threadpool(look, desk.register, me, given)
        except VacancyError as error:
            if script:
                # What somebody else has decided meanwhile is told apart from what is not allowed.
                status = 409 if isinstance(error, ConflictError) else 422
                status = 403 if isinstance(error, RightsError) else status
                return JSONResponse({"said": str(error)}, status)
            return await run_in_threadpool(view, request, me, street, str(error))
        if script:
            return JSONResponse(done)
        back = urlencode({"strasse": street, "gesagt": 1})
        return RedirectResponse(f"{PREFIX}/rundgang?{back}", 303)

    return router


def _identity() -> str:
    return secrets.token_hex(12)
