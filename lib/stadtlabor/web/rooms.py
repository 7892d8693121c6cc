"""Workshop rooms, seen from the seats: joined by code, no account, no cookie, no kernel."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import Register
from stadtlabor.participation import (
    LONGEST,
    Contribution,
    RefusedError,
    Room,
    Rooms,
    UnknownRoomError,
    mark_of,
    statement,
    uses,
)
from stadtlabor.participation import texts as said
from stadtlabor.participation.room import Mode
from stadtlabor.web.forms import body_of, fields_of
from stadtlabor.web.room_spots import spots
from stadtlabor.web.room_view import Views, public_state
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["rooms", "today"]

LONGEST_DAYS = 120
FIELDS = ("kind", "text", "place", "lat", "lon", "use")


def rooms(page: Page, register: Rooms, shops: Register) -> APIRouter:
    """Return the addresses below ``/raum`` for those who take part."""
    router = APIRouter(prefix="/raum")
    words = texts()["room"]
    views = Views(register)

    def found(code: str) -> Room:
        try:
            return register.find(code)
        except UnknownRoomError:
            raise HTTPException(404) from None

    def room_page(request: Request, room: Room, fault: str = "", given: Any = None) -> Response:
        context = {
            "words": words, "room": room, "kinds": said()["kinds"], "uses": uses(),
            "ages": said()["ages"], "most": LONGEST, "fault": fault, "given": given or {},
            "identity": secrets.token_hex(12), "token": secrets.token_hex(16),
            "items": public_state(register, room)["items"], "open": room.is_open(today()),
            "spots": [asdict(spot) for spot in room.spots],
        }  # fmt: skip
        return page(request, "room.html", 422 if fault else 200, **context)

    def own_page(request: Request, room: Room, token: str, told: str = "") -> Response:
        mark = mark_of(room.code, token)
        own = [c for c in register.contributions(room.code) if c.mark == mark]
        context = {"words": words, "room": room, "own": own, "token": token, "told": told}
        answer = page(request, "room_own.html", **context, most=LONGEST)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @router.get("")
    def start(request: Request, code: str = "") -> Response:
        if code:
            return RedirectResponse(f"/raum/{code.strip().lower()}", 303)
        return page(request, "room_start.html", words=words, fault="", given={})

    @router.post("")
    async def open_room(request: Request) -> Response:
        given = await fields_of(request)
        fault, made = await run_in_threadpool(_opened, register, shops, given)
        if made is None:
            return page(request, "room_start.html", 422, words=words, fault=fault, given=given)
        return RedirectResponse(f"/raum/leitung/{made.key}", 303)

    @router.get("/{code}")
    def form(request: Request, code: str) -> Response:
        return room_page(request, found(code))

    @router.get("/{code}/stand.json")
    def state(request: Request, code: str) -> Response:
        try:
            version, body = views.public(code.lower())
        except UnknownRoomError:
            raise HTTPException(404) from None
        headers = {"ETag": f'"{version}"', "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match", "").removeprefix("W/") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    @router.post("/{code}")
    async def contribute(request: Request, code: str) -> Response:
        room = await run_in_threadpool(found, code)
        given, script = await _given(request)
        try:
            state, token = await run_in_threadpool(_added, register, room, given)
        except RefusedError as error:
            if script:
                return JSONResponse({"said": str(error)}, 422)
            return await run_in_threadpool(room_page, request, room, str(error), given)
        if script:
            return JSONResponse({"said": words["answer"][state]})
        return await run_in_threadpool(own_page, request, room, token, words["answer"][state])

    @router.post("/{code}/stimme")
    async def vote(request: Request, code: str) -> Response:
        room = await run_in_threadpool(found, code)
        given, script = await _given(request)
        try:
            number, value = _whole(given, "number"), _whole(given, "value")
            token = str(given.get("token", ""))
            await run_in_threadpool(register.vote, room, number, token, value, today())
        except RefusedError as error:
            return _refused(error, script, code)
        if script:
            return JSONResponse({"said": words["answer"]["voted" if value else "unvoted"]})
        return RedirectResponse(f"/raum/{room.code}", 303)

    @router.post("/{code}/alter")
    async def introduce(request: Request, code: str) -> Response:
        room = await run_in_threadpool(found, code)
        given, script = await _given(request)
        try:
            token, age = str(given.get("token", "")), str(given.get("age", ""))
            await run_in_threadpool(register.introduce, room, token, age)
        except RefusedError as error:
            return _refused(error, script, code)
        if script:
            return JSONResponse({"said": words["answer"]["noted"]})
        return RedirectResponse(f"/raum/{room.code}", 303)

    @router.post("/{code}/mein")
    async def own(request: Request, code: str) -> Response:
        room = await run_in_threadpool(found, code)
        given, _ = await _given(request)
        token, told = str(given.get("token", "")), ""
        try:
            if given.get("action") in ("change", "delete"):
                told = await run_in_threadpool(_changed, register, room, given)
            return await run_in_threadpool(own_page, request, room, token, told)
        except RefusedError as error:
            return await run_in_threadpool(room_page, request, room, str(error))

    return router


async def _given(request: Request) -> tuple[dict[str, Any], bool]:
    """Return the fields of a request and whether a script sent it.

    Raises
    ------
    HTTPException
        400 if it is neither a form nor a JSON object.
    """
    if not request.headers.get("content-type", "").startswith("application/json"):
        return dict(await fields_of(request)), False
    try:
        # A lone surrogate is valid JSON, but no text that could be kept.
        given = json.loads(await body_of(request), parse_constant=_no_number)
        json.dumps(given, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    if not isinstance(given, dict):
        raise HTTPException(400)
    return given, True


def _no_number(_: str) -> None:
    raise ValueError


def _added(register: Rooms, room: Room, given: dict[str, Any]) -> tuple[str, str]:
    """Take a contribution; return its state and the token of the device."""
    fields = {name: given[name] for name in FIELDS if given.get(name) not in (None, "")}
    if fields.get("place") == "karte":
        fields.pop("place")
    if fields.get("kind") != "proposal":
        fields.pop("use", None)
    contribution = statement(fields)
    token, identity = str(given.get("token", "")), str(given.get("id", ""))
    number = register.add(room, contribution, identity or secrets.token_hex(12), token, today())
    state = next((c.state for c in _all(register, room) if c.number == number), "waiting")
    return ("shown" if state == "shown" else "waiting"), token


def _all(register: Rooms, room: Room) -> list[Contribution]:
    return register.contributions(room.code)


def _changed(register: Rooms, room: Room, given: dict[str, Any]) -> str:
    """Change or delete an own contribution; return the German sentence that says so."""
    words = texts()["room"]["answer"]
    number, token = _whole(given, "number"), str(given.get("token", ""))
    if given["action"] == "delete":
        register.change(room, number, token, None)
        return str(words["deleted"])
    before = next((c.said for c in _all(register, room) if c.number == number), None)
    if before is None:
        raise RefusedError("contribution")
    fields = {**before.model_dump(exclude_none=True), "text": given.get("text", "")}
    register.change(room, number, token, statement(fields))
    return str(words["changed"])


def _whole(given: dict[str, Any], name: str) -> int:
    value = given.get(name)
    if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 9:
        raise RefusedError("answer")
    try:
        return int(value)
    except ValueError:
        raise RefusedError("answer") from None


def _refused(error: RefusedError, script: bool, code: str) -> Response:
    if script:
        return JSONResponse({"said": str(error)}, 422)
    return RedirectResponse(f"/raum/{code}", 303)


def _opened(register: Rooms, shops: Register, given: dict[str, str]) -> tuple[str, Room | None]:
    """Open a room from the fields of the form; German fault where they do not do."""
    words = texts()["room"]["faults"]
    title = " ".join(given.get("title", "").split())[:100]
    question = " ".join(given.get("question", "").split())[:200]
    if len(title) < 3:
        return words["room_title"], None
    if len(question) < 5:
        return words["question"], None
    try:
        closes = date.fromisoformat(given.get("closes", ""))
    except ValueError:
        closes = date.min
    if not timedelta(0) <= closes - today() <= timedelta(days=LONGEST_DAYS):
        return words["closes"].format(days=LONGEST_DAYS), None
    register.erase_old(today())
    mode: Mode = "open" if given.get("mode") == "open" else "moderated"
    return "", register.open(title, question, closes, mode, spots(shops))


def today() -> date:
    """Return the day in the city."""
    return datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
