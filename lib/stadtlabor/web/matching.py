"""Which vacant shop suits a plan: computed openly, contestable, without a name."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.innenstadt.matching import (
    Candidate,
    Concept,
    ConceptError,
    Match,
    ObjectionError,
    Objections,
    candidates,
    plans,
    rank,
    weights,
)
from stadtlabor.innenstadt.matching.words import words as match_words
from stadtlabor.innenstadt.vacancy import Register
from stadtlabor.settings import home
from stadtlabor.ui.texts import number
from stadtlabor.web.forms import fields_of
from stadtlabor.web.match_form import asked, given_of
from stadtlabor.web.street_weeks import StreetWeeks
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts
from stadtlabor.web.vacancy_view import listed, real

__all__ = ["matching"]

MOST = 12


def matching(page: Page, register: Register) -> APIRouter:
    """Return the addresses below ``/leerstand/passt``."""
    router = APIRouter(prefix="/leerstand/passt")
    words, weeks = texts()["match"], StreetWeeks()
    objections = Objections(home() / "vacancy")

    def compared() -> tuple[list[Candidate], dict[str, dict[str, Any]], bool, bool]:
        """Return candidates, shops by id, whether counts exist and whether they are simulated."""
        shops = {item.values["id"]: listed(item) for item in real(register.public())}
        footfall, simulated = weeks.get()
        wishes = {s.name: (tuple(s.wished), tuple(s.unwished)) for s in city().streets}
        found = [c for c in candidates(register, footfall, wishes) if c.id in shops]
        return found, shops, bool(footfall), simulated

    def result(request: Request, given: dict[str, Any], fault: str = "") -> Response:
        units, shops, counted, simulated = compared()
        matches: list[Match] = []
        try:
            matches = rank(asked(given), units)
        except ConceptError as error:
            fault = fault or str(error)
        fitting = [m for m in matches if m.fitting]
        answer = words["empty"] if not units else words["answer_none"]
        if fitting:
            answer = words["answer"].format(
                n=len(fitting), all=len(units), best=shops[fitting[0].unit]["name"],
                score=number(fitting[0].score),
            )  # fmt: skip
        count = words["no_footfall"]
        if counted:
            mark = words["footfall_simulated"] if simulated else ""
            count = words["footfall"].format(mark=mark)
        rows = [
            (row.weight, match_words()["criteria"][name], row.reason)
            for name, row in weights().criteria.items()
        ]
        return page(
            request, "match.html", 422 if fault else 200, words=words, given=given,
            plans=plans(), answer=answer, matches=matches[:MOST], shops=shops, fault=fault,
            footfall=count, how=words["how"].format(threshold=number(weights().threshold)),
            rows=[(number(w), name, reason) for w, name, reason in rows], number=number,
            simulated=any(shop["invented"] for shop in shops.values()),
            badge=texts()["vacancy"]["simulated"], note=texts()["vacancy"]["simulated_note"],
        )  # fmt: skip

    @router.get("")
    def form(request: Request) -> Response:
        return result(request, given_of(request.query_params))

    @router.get("/kandidaten.json")
    def units() -> Response:
        found, shops, _, simulated = compared()
        told = [c.model_dump(mode="json") | {"name": shops[c.id]["name"]} for c in found]
        return JSONResponse({"simulated_counts": simulated, "units": told})

    @router.post("")
    async def contest(request: Request) -> Response:
        fields = await fields_of(request)
        given = given_of(fields)
        try:
            concept = asked(given)
            name = await run_in_threadpool(_contested, objections, concept, compared, fields)
        except (ConceptError, ObjectionError) as error:
            return await run_in_threadpool(result, request, given, str(error))
        return RedirectResponse(f"/leerstand/passt/widerspruch/{name}", 303)

    def opened(request: Request, name: str) -> Response:
        try:
            found = objections.objection(name)
        except ObjectionError:
            raise HTTPException(404) from None
        replay = objections.replay(name)
        match = next(m for m in replay.matches if m.unit == found.unit)
        context = {"words": words, "objection": found, "match": match, "number": number}
        answer = page(request, "match_objection.html", **context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @router.get("/widerspruch/{name}")
    def objection(request: Request, name: str) -> Response:
        return opened(request, name)

    @router.post("/widerspruch/{name}")
    def erase(request: Request, name: str) -> Response:
        if not objections.erase(name):
            raise HTTPException(404)
        told = {"title": words["objection_erased"], "sections": []}
        return page(request, "words.html", words=told)

    return router


def _contested(
    objections: Objections, concept: Concept, compared: Any, fields: dict[str, str]
) -> str:
    units = compared()[0]
    return objections.contest(concept, units, fields.get("laden", ""), fields.get("text", "")).id
