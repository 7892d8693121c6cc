"""The page of one unit: facts, steps, history, photos, bookings, remarks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import (
    MoveError,
    Register,
    Standing,
    UnknownUnitError,
    VacancyError,
    add_photo,
    bookings,
    photo,
    rules,
    terms,
    words,
)
from stadtlabor.innenstadt.vacancy.address import street_key
from stadtlabor.web.office_calendar import months
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import PREFIX, Me
from stadtlabor.web.office_facts import facts_of, news, told, written
from stadtlabor.web.office_photo import cleaned
from stadtlabor.web.office_step import (
    booked,
    called_off,
    edit,
    erase_remark,
    erase_words,
    hint,
    seen,
    take_step,
)
from stadtlabor.web.office_view import choices, history, line, place
from stadtlabor.web.texts import texts

__all__ = ["office_unit"]


def office_unit(desk: Desk) -> APIRouter:
    """Return the addresses below ``/leerstand/amt/einheit/{unit}``."""
    router, register, w = desk.door.router(), desk.register, texts()["office"]

    def view(
        request: Request, unit: str, me: Me, fault: str = "", told: str = "",
        given: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        try:
            standing = seen(register, unit, me)
        except UnknownUnitError as error:
            return desk.refuse(request, me, str(error))
        assert standing.facts is not None  # noqa: S101 – seen() found it
        entered = given or {}
        taken = bookings(register, unit)
        moves = [m for m in rules().possible(standing.state) if me.role in rules().moves[m].roles]
        photos = [
            {"id": name, "shown": shown, "own": dict(standing.photo_by).get(name) == me.person}
            for name, shown in standing.photos
        ]
        context: dict[str, Any] = {
            "unit": line(unit, standing), "version": standing.version, "moves": moves,
            "choices": choices(standing, me), "given": entered, "taken": taken,
            "months": months(_today(), taken), "today": _today().isoformat(),
            "can_book": "book" in moves and standing.facts.popup_possible,
            "terms": terms().terms, "standing": standing,
            "facts": entered if entered.get("form") == "facts" else written(standing.facts),
            "history": history(register, unit, desk.people(), me),
            "photos": [p for p in photos if me.inside or p["shown"] or p["own"]],
            "kinds": words()["kinds"], "is_public": bool(register.public(only=[unit]).items),
            "remarks": register.remarks(unit) if me.inside else [],
        }  # fmt: skip
        context["neighbours"] = _neighbours(register, unit, standing) if me.inside else []
        people = desk.people()
        context["appointed"] = [people.get(p, p) for p in sorted(standing.agents)]
        context["agents"] = [
            s for s in desk.door.keys.all("agent")
            if s.revoked is None and s.person not in standing.agents
        ]  # fmt: skip
        return desk.show(request, me, "office_unit.html", fault=fault, told=told, **context)

    @router.get("/einheit/{unit}")
    def one(request: Request, unit: str, getan: str = "") -> Response:
        me = desk.door.enter(request)
        done = w["done_unit"].get(getan) or w["steps"].get(getan) or words()["moves"].get(getan, "")
        return view(request, unit, me, told=w["done_here"].format(what=done) if done else "")

    async def act(
        request: Request, unit: str, work: Callable[[Me, dict[str, str]], str]
    ) -> Response:
        """Do what a form asks for, and show the page again: with what went wrong, or anew."""
        me, given = await desk.door.given(request)
        try:
            done = await run_in_threadpool(work, me, given)
        except VacancyError as error:
            return await run_in_threadpool(view, request, unit, me, str(error), "", given)
        return RedirectResponse(f"{PREFIX}/einheit/{unit}?getan={done}", 303)

    @router.post("/einheit/{unit}/schritt")
    async def step(request: Request, unit: str) -> Response:
        return await act(request, unit, lambda me, f: take_step(register, unit, me, f))

    @router.post("/einheit/{unit}/angaben")
    async def facts(request: Request, unit: str) -> Response:
        def work(me: Me, given: dict[str, str]) -> str:
            before = seen(register, unit, me).facts
            assert before is not None  # noqa: S101 – seen() found it
            try:
                changed = news(before, facts_of(given))
                if not changed:
                    return "nothing"
                edit(register, unit, me, changed, given)
            except MoveError as error:
                raise MoveError(told(error)) from None
            return "edit"

        return await act(request, unit, work)

    @router.post("/einheit/{unit}/buchung")
    async def booking(request: Request, unit: str) -> Response:
        def work(me: Me, given: dict[str, str]) -> str:
            booked(register, unit, me, given)
            return "book"

        return await act(request, unit, work)

    @router.post("/einheit/{unit}/absage")
    async def cancelling(request: Request, unit: str) -> Response:
        def work(me: Me, given: dict[str, str]) -> str:
            called_off(register, unit, me, given)
            return "cancel"

        return await act(request, unit, work)

    @router.post("/einheit/{unit}/hinweis")
    async def remark(request: Request, unit: str) -> Response:
        def work(me: Me, given: dict[str, str]) -> str:
            if given.get("erase"):
                erase_remark(register, unit, me, given["erase"])
                return "erased"
            hint(register, unit, me, given.get("remark", ""))
            return "hint"

        return await act(request, unit, work)

    @router.post("/einheit/{unit}/schwaerzen")
    async def redacting(request: Request, unit: str) -> Response:
        def work(me: Me, given: dict[str, str]) -> str:
            return "redact" if erase_words(register, unit, me, given) else "unfound"

        return await act(request, unit, work)

    @router.post("/einheit/{unit}/foto")
    async def add(request: Request, unit: str) -> Response:
        me, given, file = await desk.door.upload(request, rules().photo.most_bytes)
        try:
            await run_in_threadpool(seen, register, unit, me)
            small = await cleaned(file.body)
            await run_in_threadpool(
                add_photo, register, unit, small, me.actor, given.get("alt", "")
            )
        except VacancyError as error:
            return await run_in_threadpool(view, request, unit, me, str(error), "", given)
        return RedirectResponse(f"{PREFIX}/einheit/{unit}?getan=add_photo", 303)

    @router.get("/einheit/{unit}/foto/{name}.jpg")
    def picture(request: Request, unit: str, name: str) -> Response:
        me = desk.door.enter(request)
        try:
            standing = seen(register, unit, me)
            own = dict(standing.photo_by).get(name) == me.person
            shown = dict(standing.photos)
            if name not in shown or not (me.inside or shown[name] or own):
                raise HTTPException(404)
            found = photo(register, name, released_only=False)
        except UnknownUnitError:
            raise HTTPException(404) from None
        return Response(found.body, media_type="image/jpeg")

    return router


def _neighbours(register: Register, unit: str, standing: Standing) -> list[tuple[str, str]]:
    """Return the other units of the street: (identifier, address)."""
    street = standing.facts.street if standing.facts else ""
    return [
        (name, place(other))
        for name, other in register.units().items()
        if name != unit and other.state != "archived" and other.facts
        and street_key(other.facts.street) == street_key(street)
    ]  # fmt: skip


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
