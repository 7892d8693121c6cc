"""Owners of units: shown on request with a stated purpose, every look in a log."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from stadtlabor.innenstadt.vacancy import (
    Owners,
    RightsError,
    UnknownUnitError,
    VacancyError,
    said,
    words,
)
from stadtlabor.innenstadt.vacancy.moderation import refuse_contacts
from stadtlabor.innenstadt.vacancy.owners import FIELDS
from stadtlabor.web.office_desk import Desk
from stadtlabor.web.office_door import Me
from stadtlabor.web.office_step import seen
from stadtlabor.web.office_view import line, local
from stadtlabor.web.texts import texts

__all__ = ["office_owner"]

LONGEST = 500


def office_owner(desk: Desk) -> APIRouter:
    """Return the addresses of the owners' data.

    Data leave by POST alone: no address, no history of a browser and no cache holds them.
    """
    router, w = desk.door.router(), texts()["office"]

    def view(
        request: Request, unit: str, me: Me, fault: str = "", told: str = "",
        found: dict[str, str] | None = None, given: dict[str, str] | None = None,
    ) -> Response:  # fmt: skip
        try:
            standing = seen(desk.register, unit, me)
            if not me.inside:
                raise RightsError(said("faults", "owner_role"))
            audit = _audit(Owners(), unit, desk.people())
        except UnknownUnitError as error:
            return desk.refuse(request, me, str(error))
        except RightsError as error:
            return desk.refuse(request, me, str(error), 403)
        except VacancyError as error:
            return desk.refuse(request, me, str(error), 503)
        return desk.show(
            request, me, "office_owner.html", fault=fault, told=told, unit=line(unit, standing),
            found=found, given=given or {}, audit=audit, fields=FIELDS,
        )  # fmt: skip

    @router.get("/einheit/{unit}/eigentum")
    def ask(request: Request, unit: str) -> Response:
        return view(request, unit, desk.door.enter(request))

    @router.post("/einheit/{unit}/eigentum")
    async def act(request: Request, unit: str) -> Response:
        me, given = await desk.door.given(request)
        return await run_in_threadpool(do, request, unit, me, given)

    def do(request: Request, unit: str, me: Me, given: dict[str, str]) -> Response:
        why = " ".join(given.get("why", "").split())[:300]
        shown: dict[str, str] | None = None
        told = ""
        try:
            seen(desk.register, unit, me)
            refuse_contacts(why)
            match given.get("action"):
                case "save":
                    facts = {n: given.get(n, "").strip()[:LONGEST] for n in FIELDS}
                    shown = facts
                    before = Owners().read(unit, me.actor, why)
                    news = {n: v for n, v in facts.items() if v != before.get(n, "")}
                    Owners().put(unit, news, me.actor, why)
                    told = w["owner"]["saved"].format(n=len(news))
                case "forget":
                    if given.get("sure") != "1":
                        raise VacancyError(w["owner"]["not_sure"])
                    gone = Owners().forget(unit, me.actor, why)
                    told = w["owner"]["forgotten"].format(n=gone)
                case _:
                    shown = Owners().read(unit, me.actor, why)
        except UnknownUnitError as error:
            return desk.refuse(request, me, str(error))
        except RightsError as error:
            return desk.refuse(request, me, str(error), 403)
        except VacancyError as error:
            return view(request, unit, me, str(error), "", shown, given)
        return view(request, unit, me, "", told, shown, given)

    return router


def _audit(owners: Owners, unit: str, people: dict[str, str]) -> list[dict[str, Any]]:
    """Return the log of a unit, newest first; one line for what happened in one go."""
    w, roles = texts()["office"]["owner"], words()["roles"]
    lines: list[dict[str, Any]] = []
    for one in reversed(owners.audit(unit)):
        who = people.get(one.actor.person, "")
        told = {
            "when": local(one.at), "what": w["what"][one.what], "why": one.why,
            "who": f"{roles[one.actor.role]} ({who})" if who else roles[one.actor.role],
        }  # fmt: skip
        field = w["fields"].get(one.field, "")
        if lines and {k: lines[-1][k] for k in told} == told:
            lines[-1]["fields"] = ", ".join(f for f in (field, lines[-1]["fields"]) if f)
        else:
            lines.append(told | {"fields": field})
    return lines
