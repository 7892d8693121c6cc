"""Vacant shops for everybody: list and map, exposés, open data, reports without an account."""

from __future__ import annotations

import json
import secrets
import time
from collections import deque
from datetime import UTC, date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from stadtlabor.city import city
from stadtlabor.codes import draw
from stadtlabor.innenstadt.vacancy import (
    Actor,
    Expose,
    Register,
    Unit,
    UnknownUnitError,
    VacancyError,
    add_photo,
    expose,
    poster,
)
from stadtlabor.sources.names import slug
from stadtlabor.web import assets
from stadtlabor.web.child import printed
from stadtlabor.web.forms import body_of, fields_of
from stadtlabor.web.office_photo import cleaned
from stadtlabor.web.origin import origin
from stadtlabor.web.security import PAGE_HEADERS
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts
from stadtlabor.web.vacancy_view import (
    Wanted,
    listed,
    rate_rows,
    real,
    rules_sentence,
    shown,
)

__all__ = ["vacancies"]

MOST_PHOTO = 15_000_000
REPORTS_PER_HOUR = 300
"""A whole workshop may report; a machine that does nothing else may not."""


class Flood:
    """Counts reports, without knowing from whom."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def takes(self) -> bool:
        """Count one more; False where there are too many."""
        now = time.monotonic()
        while self._times and now - self._times[0] > 3600:
            self._times.popleft()
        if len(self._times) >= REPORTS_PER_HOUR:
            return False
        self._times.append(now)
        return True


def vacancies(page: Page, register: Register) -> APIRouter:
    """Return the addresses below ``/leerstand`` for everybody."""
    router = APIRouter(prefix="/leerstand")
    words, flood = texts()["vacancy"], Flood()

    @router.get("")
    def overview(
        request: Request, strasse: str = "", flaeche: str = "", stufenlos: str = "",
        kurz: str = "",
    ) -> Response:  # fmt: skip
        wanted = Wanted(strasse[:120], flaeche[:10], bool(stufenlos), bool(kurz))
        every = [listed(item) for item in real(register.public())]
        chosen = [item for item in every if wanted.fits(item)]
        count = words["answer_one"] if len(chosen) == 1 else words["answer_many"]
        answer = words["answer"].format(count=count.format(n=len(chosen)))
        return page(
            request, "vacancy_list.html", words=words, items=chosen, wanted=wanted,
            answer=answer if chosen else words["none"], map=shown(chosen),
            streets=sorted({item["street"] for item in every}), rates=rate_rows(register),
            rules=rules_sentence(), simulated=any(item["invented"] for item in chosen),
            map_words=texts()["room"]["form"],
        )  # fmt: skip

    @router.get("/daten.csv")
    def table() -> Response:
        return _file(register.public().csv(), "text/csv; charset=utf-8", "leerstand.csv")

    @router.get("/daten.geojson")
    def features() -> Response:
        body = register.public().geojson_text().encode()
        return _file(body, "application/geo+json", "leerstand.geojson")

    @router.get("/daten.jsonld")
    def entry(request: Request) -> Response:
        told = register.public().dcat(f"{origin(request)}/leerstand/")
        body = json.dumps(told, ensure_ascii=False, default=str).encode()
        return _file(body, "application/ld+json", "leerstand.jsonld")

    @router.get("/melden")
    def form(request: Request) -> Response:
        return report_page(request, {}, "")

    def report_page(
        request: Request, given: dict[str, str], fault: str, told: str = ""
    ) -> Response:
        streets = sorted({c.name.split(" (")[0] for c in city().counters})
        return page(
            request, "vacancy_report.html", 422 if fault else 200, words=words["report"],
            given=given, fault=fault, told=told, streets=streets, back=words["back"],
        )  # fmt: skip

    @router.post("/melden")
    async def report(request: Request) -> Response:
        given, photo, script = await _given(request)
        if not flood.takes():
            return _said(words["faults"]["many"], 429) if script else report_page(
                request, given, words["faults"]["many"])  # fmt: skip
        try:
            small = await cleaned(photo) if photo else b""
            fault = await run_in_threadpool(_reported, register, given, small)
        except VacancyError as error:
            fault = str(error)
        if script:
            return _said(fault or words["report"]["thanks"], 422 if fault else 200)
        if fault:
            return report_page(request, given, fault)
        return report_page(request, {}, "", words["report"]["thanks"])

    @router.get("/dienst.js")
    def worker() -> Response:
        # Kept under /leerstand, so that reports can be written while there is no net.
        body = assets.OWN.joinpath("survey_worker.js").read_text("utf-8")
        own = ("survey.css", "room.css", "map.css", "vacancy_report.js", "queue.js")
        kept = json.dumps([*(assets.url(n) for n in (*assets.STYLES, *own)), "/leerstand/melden"])
        script = f"const KEPT = {kept};\nconst VERSION = 'l{assets.prefix()}';\n{body}"
        return Response(script, media_type="text/javascript")

    @router.get("/{unit}")
    def one(request: Request, unit: str) -> Response:
        made = _made(expose, register, unit, request)
        answer = Response(made.html, media_type="text/html; charset=utf-8")
        answer.headers.update(PAGE_HEADERS)
        return answer

    @router.get("/{unit}/expose.pdf")
    async def paper(request: Request, unit: str) -> Response:
        made = await run_in_threadpool(_made, expose, register, unit, request)
        return _file(await printed(made.html), "application/pdf", f"expose-{unit}.pdf")

    @router.get("/{unit}/plakat.pdf")
    async def window(request: Request, unit: str) -> Response:
        made = await run_in_threadpool(_made, poster, register, unit, request)
        return _file(await printed(made.html), "application/pdf", f"plakat-{unit}.pdf")

    @router.get("/{unit}/hinweis")
    def hint_form(request: Request, unit: str) -> Response:
        return hint_page(request, unit, "", "")

    def hint_page(request: Request, unit: str, fault: str, told: str) -> Response:
        items = register.public(only=[unit]).items
        if not items:
            raise HTTPException(404)
        place = listed(items[0])["name"]
        return page(
            request, "vacancy_hint.html", 422 if fault else 200, words=words["hint"],
            place=place, unit=unit, fault=fault, told=told, back=words["back"],
        )  # fmt: skip

    @router.post("/{unit}/hinweis")
    async def hint(request: Request, unit: str) -> Response:
        text = " ".join((await fields_of(request)).get("text", "").split())[:1000]
        if len(text) < 3:
            return await run_in_threadpool(hint_page, request, unit, words["faults"]["text"], "")
        if not flood.takes():
            return await run_in_threadpool(hint_page, request, unit, words["faults"]["many"], "")
        try:
            await run_in_threadpool(register.act, unit, "hint", _citizen(), remark=text)
        except UnknownUnitError:
            raise HTTPException(404) from None
        except VacancyError as error:
            return await run_in_threadpool(hint_page, request, unit, str(error), "")
        return await run_in_threadpool(hint_page, request, unit, "", words["hint"]["thanks"])

    return router


def _made(make: Any, register: Register, unit: str, request: Request) -> Expose:
    try:
        made: Expose = make(register, unit, f"{origin(request)}/leerstand/{unit}")
    except UnknownUnitError:
        raise HTTPException(404) from None
    return made


def _file(body: bytes, kind: str, name: str) -> Response:
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=told)


def _said(sentence: str, status: int) -> Response:
    return JSONResponse({"said": sentence}, status)


def _citizen() -> Actor:
    # A new pseudonym each time: two reports of one person cannot be joined.
    return Actor("citizen", secrets.token_hex(8))


async def _given(request: Request) -> tuple[dict[str, str], bytes, bool]:
    """Return the fields of a report, its photo, and whether a script sent it."""
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/json"):
        try:
            told = json.loads(await body_of(request))
            fields = {str(k): str(v) for k, v in told.items()}
            json.dumps(fields, ensure_ascii=False).encode()
        except (ValueError, AttributeError, RecursionError):
            raise HTTPException(400) from None
        return fields, b"", True
    if not kind.startswith("multipart/"):
        return await fields_of(request), b"", False
    if int(request.headers.get("content-length", "0") or 0) > MOST_PHOTO + 20_000:
        raise HTTPException(413)
    try:
        form = await request.form(max_files=1, max_fields=20)
    except (MultiPartException, ValueError):
        raise HTTPException(400) from None
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    photo = form.get("photo")
    body = await photo.read() if isinstance(photo, UploadFile) else b""
    return fields, body, request.headers.get("accept", "").startswith("application/json")


def _reported(register: Register, given: dict[str, str], photo: bytes) -> str:
    """Take a report; return a German sentence where something is missing, else nothing."""
    faults = texts()["vacancy"]["faults"]

    def cell(name: str, most: int) -> str:
        return " ".join(given.get(name, "").split())[:most]

    street, number = cell("street", 120), cell("number", 20)
    if len(street) < 3:
        return str(faults["street"])
    if not number or not number[0].isdigit():
        return str(faults["number"])
    since = None
    if cell("since", 10):
        try:
            day = date.fromisoformat(cell("since", 10))
        except ValueError:
            return str(faults["since"])
        since = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        if since > datetime.now(UTC):
            return str(faults["since"])
    name = f"{slug(f'{street} {number}')[:40].strip('-')}-{draw(5)}"
    facts = Unit(
        id=name, street=street, house_number=number, floor=cell("floor", 60),
        former_use=cell("former", 100),
    )  # fmt: skip
    who = _citizen()
    register.report(facts, who, vacant_since=since, remark=cell("remark", 1000))
    if photo:
        add_photo(register, name, photo, who)
    return ""
