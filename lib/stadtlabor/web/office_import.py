"""Read a list of shops into the register: upload, questions, report, yes or no, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from stadtlabor.innenstadt.vacancy import (
    ImportReport,
    MoveError,
    Owners,
    Register,
    Taken,
    VacancyError,
    take,
)
from stadtlabor.innenstadt.vacancy.tables import EVENTS
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.table import plain_name
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import Me
from stadtlabor.web.office_table import Asked, read
from stadtlabor.web.office_uploads import Uploads
from stadtlabor.web.office_view import local
from stadtlabor.web.texts import texts

__all__ = ["office_import", "put_owners"]

MOST_BYTES = 10_000_000
SHOWN = 200
"""So many problems and rows are shown of each kind; what is left out is told."""
WALKS = "gang-"


def office_import(desk: Desk) -> APIRouter:
    """Return the addresses below ``/leerstand/amt/einlesen``."""
    router, w = desk.door.router(), texts()["office"]["import"]

    def start(request: Request, me: Me, fault: str = "", **context: Any) -> Response:
        if not me.inside:
            return desk.refuse(request, me, texts()["office"]["faults"]["inside"], 403)
        recent = _recent(desk.register, desk.people())
        return desk.show(request, me, "office_import.html", fault=fault, recent=recent, **context)

    @router.get("/einlesen")
    def form(request: Request) -> Response:
        return start(request, desk.door.enter(request))

    @router.post("/einlesen")
    async def upload(request: Request) -> Response:
        me, _, file = await desk.door.upload(request, MOST_BYTES)
        if not me.inside or not file.body:
            return await run_in_threadpool(start, request, me, w["no_file"])
        key = await run_in_threadpool(Uploads(me.person).keep, plain_name(file.name), file.body)
        return await shown(request, me, key, [])

    async def shown(
        request: Request, me: Me, key: str, tags: list[str], fault: str = "",
        given: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        """Show the question that is open, or the report."""
        found = await _read(me, key, tags)
        if isinstance(found, str):
            Uploads(me.person).drop(key)
            return await run_in_threadpool(start, request, me, found)
        context: dict[str, Any] = {"key": key, "tags": tags, "given": given or {}}
        if isinstance(found, Asked):
            context["asked"] = found
        else:
            context |= {"report": found, "most": SHOWN}
        return await run_in_threadpool(start, request, me, fault, **context)

    @router.post("/einlesen/weiter")
    async def onward(request: Request) -> Response:
        me, given = await desk.door.given(request)
        key, tags = given.get("key", ""), given.get("tags", "").split()
        match given.get("action"):
            case "answer":
                if not given.get("tag"):
                    return await shown(request, me, key, tags, w["no_answer"])
                return await shown(request, me, key, [*tags, given["tag"]])
            case "take":
                return await taken(request, me, key, tags, given)
            case _:
                Uploads(me.person).drop(key)
                return await run_in_threadpool(start, request, me, told=w["dropped"])

    async def taken(
        request: Request, me: Me, key: str, tags: list[str], given: dict[str, str]
    ) -> Response:
        found = await _read(me, key, tags)
        if isinstance(found, str):
            return await run_in_threadpool(start, request, me, found)
        if isinstance(found, Asked):
            return await shown(request, me, key, tags, w["no_answer"])
        try:
            done, kept = await run_in_threadpool(_take, desk.register, found, me, given)
        except VacancyError as error:
            return await shown(request, me, key, tags, str(error), given)
        Uploads(me.person).drop(key)
        return await run_in_threadpool(start, request, me, done=done, kept=kept)

    @router.post("/einlesen/zurueck")
    async def back(request: Request) -> Response:
        me, given = await desk.door.given(request)
        operation = given.get("operation", "")[:40]
        reason = given.get("reason", "").strip()[:500]
        try:
            undone, stay = await run_in_threadpool(desk.register.undo, operation, me.actor, reason)
        except VacancyError as error:
            return await run_in_threadpool(start, request, me, str(error))
        said = w["undone"].format(n=len(undone))
        said += " " + w["stay"].format(n=len(stay)) if stay else ""
        return await run_in_threadpool(start, request, me, told=said, stay=stay[:SHOWN])

    return router


async def _read(me: Me, key: str, tags: list[str]) -> ImportReport | Asked | str:
    """Read an uploaded list anew; return a German sentence where that fails."""
    kept = await run_in_threadpool(Uploads(me.person).get, key)
    if kept is None:
        return str(texts()["office"]["import"]["gone"])
    name, body = kept
    try:
        return await read(body, name, tags)
    except SourceError as error:
        return str(error)


def _take(
    register: Register, report: ImportReport, me: Me, given: dict[str, str]
) -> tuple[Taken, int]:
    """Take a list; return what was done, and of how many units the owner was kept."""
    w = texts()["office"]["import"]
    checked = None
    if given.get("checked"):
        try:
            day = date.fromisoformat(given["checked"])
        except ValueError:
            raise MoveError(w["bad_day"]) from None
        checked = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        now = datetime.now(UTC)
        if checked.date() > now.date():
            raise MoveError(w["bad_day"])
        checked = min(checked, now)
    reason = given.get("reason", "").strip()[:500]
    done = take(register, report, me.actor, reason, checked_at=checked)
    kept = 0
    if given.get("owners") == "1" and report.private:
        kept = put_owners(Owners(), report, done, me.actor, w["owners_why"])
    return done, kept


def put_owners(owners: Owners, report: ImportReport, done: Taken, actor: Any, why: str) -> int:
    """Keep what a list says about owners in their own store; return for how many units."""
    units = done.units
    some = {units[line]: found for line, found in report.private.items() if line in units}
    for unit, found in some.items():
        owners.put(unit, found, actor, why)
    return len(some)


def _recent(register: Register, people: dict[str, str]) -> list[dict[str, Any]]:
    """Return the last imports that can be taken back, newest first."""
    wanted = (
        select(
            EVENTS.c.operation, func.max(EVENTS.c.at).label("at"),
            func.max(EVENTS.c.person).label("person"), func.max(EVENTS.c.reason).label("reason"),
            func.count(EVENTS.c.unit.distinct()).label("units"),
        )
        .where(EVENTS.c.operation != "", ~EVENTS.c.operation.startswith(WALKS))
        .group_by(EVENTS.c.operation)
        .order_by(func.max(EVENTS.c.seq).desc())
        .limit(10)
    )  # fmt: skip
    with register.engine.connect() as connection:
        return [
            {"operation": row.operation, "units": row.units, "reason": row.reason,
             "when": local(row.at if row.at.tzinfo else row.at.replace(tzinfo=UTC)),
             "who": people.get(row.person, "")}
            for row in connection.execute(wanted)
        ]  # fmt: skip
