"""The survey on the way to school: called for by a teacher, answered on any phone, no account."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import segno
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.klimaschule.mobility import (
    GROUPS,
    Answer,
    Call,
    ClosedError,
    FullError,
    K,
    Surveys,
    UnknownSurveyError,
    evaluate,
    modes,
)
from stadtlabor.settings import home
from stadtlabor.web import assets
from stadtlabor.web.forms import body_of, fields_of
from stadtlabor.web.origin import origin
from stadtlabor.web.security import PAGE_HEADERS
from stadtlabor.web.survey_form import answer_of
from stadtlabor.web.texts import texts

__all__ = ["FOLDER", "Page", "surveys"]

FOLDER = "classes"
"""Folder below ``home()`` that this service alone reads and writes."""

LONGEST_DAYS = 120


class Page(Protocol):
    """Renders a template."""

    def __call__(
        self, request: Request, name: str, status_code: int = 200, **context: Any
    ) -> Response:
        """Return the page."""


def surveys(page: Page) -> APIRouter:
    """Return the addresses below ``/schulweg``."""
    router = APIRouter(prefix="/schulweg")
    register = Surveys(home() / FOLDER)
    words = texts()["survey"]

    def found(code: str) -> Call:
        try:
            return register.find(code)
        except UnknownSurveyError:
            raise HTTPException(404) from None

    @router.get("")
    def start(request: Request, code: str = "") -> Response:
        if code:
            return RedirectResponse(f"/schulweg/{code.strip().lower()}", 303)
        return page(request, "survey_start.html", words=words, fault="", given={})

    @router.post("")
    async def call(request: Request) -> Response:
        given = await fields_of(request)
        fault, made = _called(register, given)
        if made is None:
            return page(request, "survey_start.html", 422, words=words, fault=fault, given=given)
        register.erase_old(_today())
        return RedirectResponse(f"/schulweg/ergebnis/{made.key}", 303)

    @router.get("/dienst.js")
    def worker() -> Response:
        # Kept under /schulweg, so that it may serve these pages while there is no net.
        body = assets.OWN.joinpath("survey_worker.js").read_text("utf-8")
        kept = json.dumps(
            [assets.url(n) for n in (*assets.STYLES, "survey.css", "survey.js", "queue.js")]
        )
        script = f"const KEPT = {kept};\nconst VERSION = '{assets.prefix()}';\n{body}"
        return Response(script, media_type="text/javascript")

    @router.get("/ergebnis/{key}")
    def result(request: Request, key: str) -> Response:
        try:
            called = register.opened(key)
        except UnknownSurveyError:
            raise HTTPException(404) from None
        address = f"{origin(request)}/schulweg/{called.code}"
        code = segno.make(address, error="m").svg_inline(scale=5, border=2, svgclass=None)
        count = register.count(called.code)
        context: dict[str, Any] = {"words": words, "call": called, "address": address}
        context |= {"qr": code, "count": count, "k": K, "figures": [], "notes": []}
        if K <= count <= called.persons:
            # The library of charts takes 50 MB: loaded when the first result is looked at.
            from stadtlabor.web.survey_result import figures

            survey = evaluate(register.answers(called.code), called.persons)
            context |= {"figures": figures(survey, called), "notes": survey.notes}
        context["over"] = count > called.persons
        answer = page(request, "survey_result.html", **context)
        answer.headers.update(PAGE_HEADERS | {"Cache-Control": "no-store"})
        return answer

    @router.get("/ergebnis/{key}/fussabdruck.toml")
    def items(key: str) -> Response:
        from stadtlabor.web.survey_result import sheet

        try:
            called = register.opened(key)
            survey = evaluate(register.answers(called.code), called.persons)
        except (UnknownSurveyError, ValueError):
            raise HTTPException(404) from None
        told = {"Content-Disposition": 'attachment; filename="schulweg.toml"'}
        return PlainTextResponse(sheet(survey, called), headers=told)

    @router.get("/{code}")
    def form(request: Request, code: str) -> Response:
        called = found(code)
        if not called.is_open(_today()):
            return page(request, "survey_end.html", 410, words=words, call=called, state="closed")
        return _form(page, request, called)

    @router.post("/{code}")
    async def answer(request: Request, code: str) -> Response:
        called = found(code)
        script = request.headers.get("content-type", "").startswith("application/json")
        try:
            if script:
                body = json.loads(await body_of(request))
                identity, given = str(body["id"])[:40], Answer.model_validate(body["answer"])
            else:
                fields = await fields_of(request)
                identity, given = fields.get("id", "")[:40], answer_of(fields)
        except (ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
            said = _sentence(error)
            if script:
                return JSONResponse({"said": said}, 422)
            return _form(page, request, called, fault=said, status=422)
        state = _add(register, called, given, identity)
        status = {"thanks": 200, "closed": 410, "full": 409}[state]
        if script:
            return JSONResponse({"said": words[state]}, status)
        return page(request, "survey_end.html", status, words=words, call=called, state=state)

    return router


def _form(
    page: Page, request: Request, called: Call, fault: str = "", status: int = 200
) -> Response:
    context = {"call": called, "modes": modes(), "groups": GROUPS, "fault": fault}
    # A fresh name for the answer of a page without script; scripts draw their own.
    context["identity"] = _identity()
    return page(request, "survey.html", status, words=texts()["survey"], **context)


def _identity() -> str:
    return secrets.token_hex(12)


def _add(register: Surveys, called: Call, given: Answer, identity: str) -> str:
    """Take an answer and return which words tell what became of it."""
    try:
        register.add(called.code, given, identity or _identity(), _today())
    except ClosedError:
        return "closed"
    except FullError:
        return "full"
    return "thanks"


def _called(register: Surveys, given: dict[str, str]) -> tuple[str, Call | None]:
    """Start a survey from the fields of the form; German fault where they do not do."""
    words = texts()["survey"]["faults"]
    name = " ".join(given.get("name", "").split())[:60]
    if len(name) < 3:
        return words["name"], None
    try:
        persons = int(given.get("persons", ""))
        closes = date.fromisoformat(given.get("closes", ""))
    except ValueError:
        return words["numbers"], None
    if not K <= persons <= 5000:
        return words["persons"].format(k=K), None
    if not timedelta(0) <= closes - _today() <= timedelta(days=LONGEST_DAYS):
        return words["closes"].format(days=LONGEST_DAYS), None
    return "", register.call(name, persons, closes)


def _sentence(error: Exception) -> str:
    """Say what is wrong with an answer."""
    words = texts()["survey"]["faults"]
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        field = str(first["loc"][-1]) if first["loc"] else ""
        return str(words.get(field, words["answer"]))
    return str(error) if str(error) in words.values() else str(words["answer"])


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
