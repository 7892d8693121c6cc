"""All units in a table, and the form for a new one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from stadtlabor.codes import draw
from stadtlabor.innenstadt.vacancy import MoveError, RightsError, VacancyError, rules, words
from stadtlabor.innenstadt.vacancy.unit import unit_of
from stadtlabor.sources.names import slug
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import PREFIX, Me
from stadtlabor.web.office_facts import facts_of, told
from stadtlabor.web.office_steps import streets
from stadtlabor.web.office_view import line, may_see
from stadtlabor.web.texts import texts

__all__ = ["office_units"]

PER_PAGE = 50


def office_units(desk: Desk) -> APIRouter:
    """Return the addresses of the table of units and of the form for a new one."""
    router, register, w = desk.door.router(), desk.register, texts()["office"]

    @router.get("/einheiten")
    def table(request: Request, stand: str = "", strasse: str = "", seite: str = "1") -> Response:
        me = desk.door.enter(request)
        state = stand if stand in rules().states else ""
        found = [
            line(name, standing)
            for name, standing in register.units([state] if state else None).items()
            if may_see(standing, me)
        ]
        rows = [r for r in found if not strasse or r["street"] == strasse]
        rows.sort(key=lambda r: (slug(r["street"]), r["place"]))
        pages = max(1, -(-len(rows) // PER_PAGE))
        page = min(max(1, int(seite) if seite.isdecimal() and len(seite) < 6 else 1), pages)
        shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
        return desk.show(
            request, me, "office_units.html", rows=shown, count=len(rows), state=state,
            street=strasse[:120], states=words()["states"], order=rules().states, page=page,
            pages=pages,
            streets=streets(register) if me.inside else sorted({r["street"] for r in found}),
        )  # fmt: skip

    def form(request: Request, me: Me, given: dict[str, str], fault: str = "") -> Response:
        if not me.inside:
            return desk.refuse(request, me, w["faults"]["inside"], 403)
        return desk.show(
            request, me, "office_new.html", fault=fault, facts=given, streets=streets(register)
        )

    @router.get("/neu")
    def new(request: Request) -> Response:
        return form(request, desk.door.enter(request), {})

    @router.post("/neu")
    async def make(request: Request) -> Response:
        me, given = await desk.door.given(request)
        try:
            unit = await run_in_threadpool(_made, desk, me, given)
        except VacancyError as error:
            return await run_in_threadpool(form, request, me, given, str(error))
        return RedirectResponse(f"{PREFIX}/einheit/{unit}?getan=new", 303)

    return router


def _made(desk: Desk, me: Me, given: dict[str, str]) -> str:
    """Take a new unit into the register and return its identifier."""
    faults = texts()["office"]["faults"]
    if not me.inside:
        raise RightsError(faults["inside"])
    try:
        facts: dict[str, Any] = facts_of(given)
        if not facts["house_number"]:
            raise MoveError(faults["house"])
        start = slug(f"{facts['street']} {facts['house_number']}")[:40].strip("-")
        unit = unit_of(facts | {"id": f"{start}-{draw(5)}"})
    except MoveError as error:
        raise MoveError(told(error)) from None
    reason = given.get("reason", "").strip()[:500]
    match given.get("move"):
        case "enrol":
            desk.register.enrol(unit, me.actor, reason)
        case "report":
            desk.register.report(unit, me.actor, reason)
        case _:
            raise MoveError(faults["new_state"])
    return unit.id
