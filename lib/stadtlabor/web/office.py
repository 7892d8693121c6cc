"""The vacancy office: pages of the staff below ``/leerstand/amt``."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from stadtlabor.innenstadt.access import Keys
from stadtlabor.innenstadt.vacancy import Register, UnknownUnitError, VacancyError, words
from stadtlabor.settings import home
from stadtlabor.web import assets
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import COOKIE, PREFIX, Door
from stadtlabor.web.office_import import office_import
from stadtlabor.web.office_owner import office_owner
from stadtlabor.web.office_start import tasks
from stadtlabor.web.office_step import take_step
from stadtlabor.web.office_unit import office_unit
from stadtlabor.web.office_units import office_units
from stadtlabor.web.office_view import place
from stadtlabor.web.office_walk import office_walk
from stadtlabor.web.publishing_desk import publishing_desk
from stadtlabor.web.realrun_desk import realrun_desk
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["office"]


def office(page: Page, register: Register) -> APIRouter:
    """Return the addresses below ``/leerstand/amt``; all but the door need a key."""
    door = Door(Keys(home() / "vacancy"), page)
    desk = Desk(door, page, register)
    router = APIRouter()
    # In this order: those of fixed names before those that take any.
    for part in (_door(door), _worker(), _start(desk), office_walk(desk), office_import(desk),
                 publishing_desk(desk), realrun_desk(desk), office_units(desk),
                 office_owner(desk), office_unit(desk)):  # fmt: skip
        router.include_router(part)
    return router


def _door(door: Door) -> APIRouter:
    router = door.router()

    @router.get("/oeffnen/{key}")
    def link(request: Request, key: str) -> Response:
        # A link alone opens nothing: programs that look at links before people do may not either.
        return door.closed(request, key=key[:60])

    @router.post("/oeffnen")
    async def unlock(request: Request) -> Response:
        return await door.unlock(request)

    @router.post("/schliessen")
    async def lock(request: Request) -> Response:
        await door.given(request)
        answer = RedirectResponse(PREFIX, 303)
        answer.delete_cookie(COOKIE, path=PREFIX)
        return answer

    return router


def _worker() -> APIRouter:
    router = APIRouter(prefix=PREFIX)

    @router.get("/dienst.js")
    def worker() -> Response:
        body = assets.OWN.joinpath("office_worker.js").read_text("utf-8")
        own = ("survey.css", "office.css", "office.js", "office_walk.js")
        kept = json.dumps([assets.url(n) for n in (*assets.STYLES, *own)])
        version = assets.prefix().rsplit("/", 1)[1]
        script = f"const KEPT = {kept};\nconst VERSION = 'amt-{version}';\n{body}"
        told = {"Service-Worker-Allowed": PREFIX}
        return Response(script, media_type="text/javascript", headers=told)

    return router


def _start(desk: Desk) -> APIRouter:
    router = desk.door.router()

    def start_page(request: Request, me: Any, fault: str = "", told: str = "") -> Response:
        found = tasks(desk.register, me)
        return desk.show(
            request, me, "office_start.html", fault=fault, told=told, tasks=found,
            count=sum(t["count"] for t in found if t["key"] != "waiting"),
        )  # fmt: skip

    @router.get("")
    def start(request: Request, getan: str = "", wo: str = "") -> Response:
        if not request.cookies.get(COOKIE):
            return desk.door.closed(request)
        return start_page(request, desk.door.enter(request), told=_done(desk, getan, wo))

    @router.post("")
    async def step(request: Request) -> Response:
        me, given = await desk.door.given(request)
        unit = given.get("unit", "")[:60]
        try:
            done = await run_in_threadpool(take_step, desk.register, unit, me, given)
        except VacancyError as error:
            return await run_in_threadpool(start_page, request, me, str(error))
        return RedirectResponse(f"{PREFIX}?getan={done}&wo={unit}", 303)

    return router


def _done(desk: Desk, move: str, unit: str) -> str:
    """Say what has just been done; nothing where the address is made up."""
    if move not in words()["moves"]:
        return ""
    try:
        where = place(desk.register.unit(unit))
    except UnknownUnitError:
        return ""
    german = texts()["office"]["steps"].get(move, words()["moves"][move])
    return str(texts()["office"]["done"]).format(place=where, what=german)
