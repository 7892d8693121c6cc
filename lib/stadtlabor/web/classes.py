"""Classes: a teacher opens one, pupils hand in by code, the teacher sees where they stumble."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.learning.classes import (
    Classes,
    CrowdedError,
    EndedError,
    Group,
    HandIn,
    UnknownClassError,
)
from stadtlabor.learning.results import export_csv, export_zip, lesson_results
from stadtlabor.settings import built, home
from stadtlabor.web.forms import body_of, fields_of
from stadtlabor.web.surveys import FOLDER, Page
from stadtlabor.web.texts import texts

__all__ = ["classes"]

LONGEST_DAYS = 400


def classes(page: Page) -> APIRouter:
    """Return the addresses below ``/klasse``."""
    router = APIRouter(prefix="/klasse")
    register = Classes(home() / FOLDER)
    words = texts()["class"]

    def opened(key: str) -> Group:
        try:
            return register.opened(key)
        except UnknownClassError:
            raise HTTPException(404) from None

    @router.get("")
    def start(request: Request) -> Response:
        return page(request, "class_start.html", words=words, fault="", given={})

    @router.post("")
    async def make(request: Request) -> Response:
        given = await fields_of(request)
        fault, made = _made(register, given)
        if made is None:
            return page(request, "class_start.html", 422, words=words, fault=fault, given=given)
        register.erase_old(_today())
        return RedirectResponse(f"/klasse/ansicht/{made.key}", 303)

    @router.get("/ansicht/{key}")
    def view(request: Request, key: str) -> Response:
        from stadtlabor.lessons.paper import lessons

        group = opened(key)
        known = lessons()
        results = lesson_results(register.results(group.code))
        context: dict[str, Any] = {"words": words, "group": group, "results": results}
        answer = page(request, "class_view.html", lessons=known, **context)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @router.get("/ansicht/{key}/ergebnisse.csv")
    def table(key: str) -> Response:
        body = export_csv(register.results(opened(key).code))
        return _download(body.encode(), "text/csv", "ergebnisse.csv")

    @router.get("/ansicht/{key}/abgaben.zip")
    def folder(key: str) -> Response:
        body = export_zip(register.results(opened(key).code))
        return _download(body, "application/zip", "abgaben.zip")

    @router.get("/ansicht/{key}/lehrkraft/{name}.ipynb")
    def teacher(key: str, name: str) -> Response:
        opened(key)
        found = [p for p in (built() / "lehrkraft").glob("*/*.ipynb") if p.stem == name]
        if not found:
            raise HTTPException(404)
        file = f"{name}-lehrkraft.ipynb"
        return _download(found[0].read_bytes(), "application/x-ipynb+json", file)

    @router.get("/blatt/{name}.pdf")
    def sheet(request: Request, name: str) -> Response:
        from stadtlabor.lessons.paper import lessons

        if name not in lessons():
            raise HTTPException(404)
        try:
            return Response(_sheet(name), media_type="application/pdf")
        except OSError:
            notice = {"title": words["no_pdf"], "sections": [{"paragraphs": [words["no_pango"]]}]}
            return page(request, "words.html", 503, words=notice)

    @router.post("/{code}")
    async def hand_in(request: Request, code: str) -> Response:
        try:
            given = HandIn.model_validate(json.loads(await body_of(request)))
        except (ValidationError, ValueError):
            return JSONResponse({"said": words["unreadable"]}, 422)
        try:
            register.take(code, given, _today())
        except UnknownClassError:
            return JSONResponse({"said": words["unknown"]}, 404)
        except EndedError:
            return JSONResponse({"said": words["ended"]}, 410)
        except CrowdedError:
            return JSONResponse({"said": words["crowded"]}, 409)
        return JSONResponse({"said": words["taken"].format(alias=given.alias)})

    return router


@lru_cache(maxsize=32)
def _sheet(name: str) -> bytes:
    """Return a sheet; made once, its data are frozen."""
    from stadtlabor.learning.sheet import pdf
    from stadtlabor.lessons.paper import paper

    return pdf(paper(name))


def _made(register: Classes, given: dict[str, str]) -> tuple[str, Group | None]:
    words = texts()["class"]["faults"]
    name = " ".join(given.get("name", "").split())[:60]
    if len(name) < 2:
        return words["name"], None
    try:
        closes = date.fromisoformat(given.get("closes", ""))
    except ValueError:
        return words["closes"].format(days=LONGEST_DAYS), None
    if not timedelta(0) <= closes - _today() <= timedelta(days=LONGEST_DAYS):
        return words["closes"].format(days=LONGEST_DAYS), None
    return "", register.open(name, closes)


def _download(body: bytes, kind: str, name: str) -> Response:
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, media_type=kind, headers=told)


def _today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(city().city.timezone)).date()
