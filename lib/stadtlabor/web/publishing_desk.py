"""Publishing on the pages of the staff: ``/leerstand/amt/veroeffentlichen``."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.handover import dropped
from stadtlabor.publishing import desk as work
from stadtlabor.publishing import places
from stadtlabor.publishing.errors import PublishingError
from stadtlabor.publishing.state import Submission, submissions
from stadtlabor.settings import notebooks
from stadtlabor.web.gallery import Card, cards
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import PREFIX, Me
from stadtlabor.web.publishing import facts, when
from stadtlabor.web.security import HEADERS, PAGE_HEADERS
from stadtlabor.web.texts import texts

__all__ = ["publishing_desk"]

HERE = f"{PREFIX}/veroeffentlichen"
MOST = 50
KINDS = ("app", "research")
"""Lessons are for classes; their text alone says nothing."""


def publishing_desk(desk: Desk) -> APIRouter:
    """Return the addresses below ``/leerstand/amt/veroeffentlichen``."""
    router, words = desk.door.router(), texts()["publishing"]

    def enter(request: Request) -> Me:
        me = desk.door.enter(request)
        if not me.inside:
            raise HTTPException(404)
        return me

    def listed(request: Request, me: Me, fault: str = "", told: str = "") -> Response:
        work.collect()
        known = submissions()
        shelves = [
            {"state": state, **words["shelves"][state],
             "items": [_line(one, me) for one in known if one.state == state][:MOST]}
            for state in words["shelves"]
        ]  # fmt: skip
        return desk.show(
            request, me, "publishing_desk.html", fault=fault, told=told, w=words, place=HERE,
            shelves=shelves, house=_house(), waits=_waits(),
        )  # fmt: skip

    def reviewed(request: Request, me: Me, id_: str, fault: str = "") -> Response:
        work.collect()
        one = next((each for each in submissions() if each.id == id_), None)
        if one is None:
            return desk.refuse(request, me, words["unknown"])
        try:
            found = work.checked_version(id_) if one.state == "review" else None
        except PublishingError as error:
            found, fault = None, fault or str(error)
        before = next((each for each in submissions() if each.slug == one.slug
                       and each.state == "public" and each.id != id_), None)  # fmt: skip
        answer = desk.show(
            request, me, "publishing_review.html", fault=fault, w=words, place=HERE,
            one=_line(one, me), passed=words["passed"] if found else [],
            facts=facts(found, one) if found else [], preview=f"{HERE}/{id_}/vorschau",
            before=when(before.decided_at) if before else "",
            approves=bool(found) and me.role == "publisher" and one.author != me.person,
            own=one.author == me.person, publisher=me.role == "publisher", found=bool(found),
        )  # fmt: skip
        # The page as the public will see it stands in a frame that can do nothing.
        policy = HEADERS["Content-Security-Policy"]
        answer.headers["Content-Security-Policy"] = f"{policy}; frame-src 'self'"
        return answer

    @router.get("/veroeffentlichen")
    def start(request: Request, getan: str = "") -> Response:
        return listed(request, enter(request), told=words["done"].get(getan, ""))

    @router.post("/veroeffentlichen")
    async def hand_in(request: Request) -> Response:
        me, given = await desk.door.given(request)
        if not me.inside:
            raise HTTPException(404)
        chosen = next((c for c in _house() if c.path == given.get("notebook")), None)
        if chosen is None:
            return await run_in_threadpool(listed, request, me, words["no_notebook"])
        source = (notebooks() / chosen.path).read_text("utf-8")
        await run_in_threadpool(
            lambda: work.take(source, me.person, staff=True, name=Path(chosen.path).stem)
        )
        return RedirectResponse(f"{HERE}?getan=submitted", 303)

    @router.get("/veroeffentlichen/{id_}")
    def review(request: Request, id_: str) -> Response:
        return reviewed(request, enter(request), id_)

    @router.post("/veroeffentlichen/{id_}")
    async def decide(request: Request, id_: str) -> Response:
        me, given = await desk.door.given(request)
        if not me.inside:
            raise HTTPException(404)
        move = given.get("move", "")
        try:
            await run_in_threadpool(_decided, me, id_, move, given)
        except PublishingError as error:
            if move == "revoke":
                return await run_in_threadpool(listed, request, me, str(error))
            return await run_in_threadpool(reviewed, request, me, id_, str(error))
        return RedirectResponse(f"{HERE}?getan={move}", 303)

    @router.get("/veroeffentlichen/{id_}/vorschau")
    def preview(request: Request, id_: str) -> Response:
        enter(request)
        try:
            found = work.checked_version(id_)
            body = found.read("page.html")
        except PublishingError:
            raise HTTPException(404) from None
        answer = desk.page(
            request, "publishing_preview.html", words=words, title=found.facts["title"], body=body
        )
        answer.headers.update(PAGE_HEADERS)
        return answer

    return router


def _decided(me: Me, id_: str, move: str, given: dict[str, str]) -> None:
    words = texts()["publishing"]
    if move == "revoke":
        work.revoke(id_, me.person, given.get("reason", ""))
        return
    if me.role != "publisher":
        raise PublishingError(words["only_publisher"])
    if move == "approve":
        work.approve(id_, me.person, me.role, not_own=given.get("not_own") == "1")
    elif move == "return":
        work.give_back(id_, me.person, given.get("reason", ""))
    else:
        raise PublishingError(words["unknown_move"])


def _line(one: Submission, me: Me) -> dict[str, Any]:
    """Return what the desk shows of a submission."""
    words = texts()["publishing"]
    source = "own" if one.author == me.person else "staff" if one.staff else "lab"
    return {
        "id": one.id, "title": one.title, "slug": one.slug, "state": one.state,
        "at": when(one.at), "public_since": when(one.decided_at), "ended": when(one.ended_at),
        "from": words["authors"][source], "checked": one.checked, "faults": one.faults,
        "reason": one.reason, "hash": one.hash[:12],
    }  # fmt: skip


def _house() -> list[Card]:
    """Return the notebooks of the house that can be handed in here."""
    return [card for card in cards(notebooks()) if card.kind in KINDS]


def _waits() -> bool:
    """Tell whether something lies in the queue that nobody has looked at for a minute."""
    try:
        oldest = min(path.stat().st_mtime for path in dropped(places.queue()))
    except (OSError, ValueError):
        return False
    return time.time() - oldest > 60 * 10
