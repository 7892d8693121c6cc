"""Workshop rooms, seen from the front: moderation, screen, paper, export."""

from __future__ import annotations

import secrets
from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.participation import (
    LONGEST,
    RefusedError,
    Room,
    Rooms,
    UnknownRoomError,
    statement,
)
from stadtlabor.participation.export import bundle
from stadtlabor.participation.result import result
from stadtlabor.web.forms import fields_of
from stadtlabor.web.origin import origin
from stadtlabor.web.room_paper import printed, read
from stadtlabor.web.room_view import leader_state, public_state
from stadtlabor.web.rooms import today
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["room_leader"]

SECRET = {"Cache-Control": "no-store"}


def room_leader(page: Page, register: Rooms) -> APIRouter:
    """Return the addresses below ``/raum`` for those who lead a room, and the screen."""
    router = APIRouter(prefix="/raum")
    words = texts()["room"]

    def opened(key: str) -> Room:
        try:
            return register.opened(key)
        except UnknownRoomError:
            raise HTTPException(404) from None

    def view(request: Request, key: str, told: str = "", fault: str = "") -> Response:
        room = opened(key)
        answer = page(
            request, "room_leader.html", 422 if fault else 200, words=words, room=room,
            told=told, fault=fault, state=leader_state(register, room), most=LONGEST,
            **_access(request, room),
        )  # fmt: skip
        answer.headers.update(SECRET)
        return answer

    @router.get("/leitung/{key}")
    def leader(request: Request, key: str, gelesen: int = 0) -> Response:
        told = words["leader"]["photo_read"].format(n=gelesen) if gelesen else ""
        return view(request, key, told)

    @router.get("/leitung/{key}/bogen.pdf")
    async def sheet(request: Request, key: str) -> Response:
        room = await run_in_threadpool(opened, key)
        made = await printed(room, f"{origin(request)}/raum/{room.code}")
        told = {"Content-Disposition": f'attachment; filename="bogen-{room.code}.pdf"'}
        return Response(made, media_type="application/pdf", headers=told)

    @router.post("/leitung/{key}/bogen")
    async def scan(request: Request, key: str) -> Response:
        room = await run_in_threadpool(opened, key)
        count, fault = await read(register, room, request)
        if fault:
            return await run_in_threadpool(view, request, key, "", fault)
        return RedirectResponse(f"/raum/leitung/{room.key}?gelesen={count}", 303)

    @router.get("/leitung/{key}/stand.json")
    def state(key: str) -> Response:
        return JSONResponse(leader_state(register, opened(key)), headers=SECRET)

    @router.get("/leitung/{key}/auswertung.json")
    def outcome(key: str) -> Response:
        # Reckoned here, so that nobody, not even the leader, is given the votes of single devices.
        found = result(register, opened(key))
        return Response(found.to_json(), media_type="application/json", headers=SECRET)

    @router.get("/leitung/{key}/ergebnis.zip")
    def export(key: str) -> Response:
        room = opened(key)
        told = {"Content-Disposition": f'attachment; filename="raum-{room.code}.zip"'}
        body = bundle(register, room, today())
        return Response(body, media_type="application/zip", headers=told | SECRET)

    @router.post("/leitung/{key}")
    async def act(request: Request, key: str) -> Response:
        given = await fields_of(request)
        room = await run_in_threadpool(opened, key)
        if given.get("action") == "erase":
            if given.get("sure", "").strip().lower() != room.code:
                return await run_in_threadpool(
                    view, request, key, "", words["leader"]["wrong_code"]
                )
            await run_in_threadpool(register.erase, room)
            erased = {"title": words["leader"]["erased"], "sections": []}
            return page(request, "words.html", words=erased)
        try:
            await run_in_threadpool(_act, register, room, given)
        except RefusedError as error:
            return await run_in_threadpool(view, request, key, "", str(error))
        return RedirectResponse(f"/raum/leitung/{room.key}", 303)

    @router.get("/leinwand/{code}")
    def screen(request: Request, code: str) -> Response:
        try:
            room = register.find(code)
        except UnknownRoomError:
            raise HTTPException(404) from None
        items = public_state(register, room)["items"]
        context = {"words": words, "room": room, "items": items, **_access(request, room)}
        return page(request, "room_screen.html", **context)

    return router


def _act(register: Rooms, room: Room, given: dict[str, str]) -> None:
    action = given.get("action", "")
    if action in ("pause", "resume"):
        register.pause(room, action == "pause")
        return
    if action == "add":
        said = statement({"kind": "idea", "text": given.get("text", "")})
        # A proposal of the leader belongs to no device.
        token = secrets.token_hex(16)
        register.add(room, said, secrets.token_hex(12), token, today(), "leader")
        return
    try:
        number = int(given.get("number", "")[:9])
    except ValueError:
        raise RefusedError("contribution") from None
    if action == "device":
        register.hide_device(room, number)
    elif action in ("shown", "hidden"):
        register.decide(room, number, action)
    else:
        raise HTTPException(400)


def _access(request: Request, room: Room) -> dict[str, Any]:
    address = f"{origin(request)}/raum/{room.code}"
    code = segno.make(address, error="m").svg_inline(border=2, svgclass=None, omitsize=True)
    return {"address": address, "short": address.split("://", 1)[1], "qr": code}
