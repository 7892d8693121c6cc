"""From a school's zip to its report, as a page: one upload, one answer, nothing kept on disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from stadtlabor.web.security import PAGE_HEADERS
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts
from stadtlabor.web.workshop import Made, Workshop, WorkshopError

__all__ = ["ADDRESS", "report"]

ADDRESS = "/klimaschule/bericht"
FRAME = 10_000
"""Bytes that a form may hold besides the file."""

PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class _TooLargeError(Exception):
    """More came than is allowed."""


def report(page: Page) -> APIRouter:
    """Return the addresses below :data:`ADDRESS`."""
    router = APIRouter(prefix=ADDRESS)
    workshop = Workshop()
    words = texts()["report"]

    def form(request: Request, fault: str = "", status: int = 200) -> Response:
        return page(request, "report_start.html", status, words=words, fault=fault)

    def found(key: str) -> Made:
        made = workshop.find(key)
        if made is None:
            raise HTTPException(404)
        return made

    @router.get("")
    def start(request: Request) -> Response:
        return form(request)

    @router.get("/beispiel.zip")
    async def example() -> Response:
        return _download(await run_in_threadpool(_example), "application/zip", "beispiel.zip")

    @router.post("")
    async def upload(request: Request) -> Response:
        try:
            body = await _file(request)
        except _TooLargeError:
            return form(request, words["faults"]["large"].format(mb=_most() // 10**6), 413)
        except (MultiPartException, ValueError, KeyError):
            return form(request, words["faults"]["upload"], 422)
        if not body:
            return form(request, words["faults"]["none"], 422)
        try:
            key = await workshop.make(body)
        except WorkshopError as error:
            status = {"full": 503, "late": 422, "broken": 422, "said": 422}[error.key]
            return form(request, error.said or words["faults"][error.key], status)
        return RedirectResponse(f"{ADDRESS}/{key}", 303)

    @router.get("/{key}")
    def shown(request: Request, key: str) -> Response:
        from stadtlabor.report.document import style

        made = found(key)
        context: dict[str, Any] = {"words": words, "made": made, "style": style(), "key": key}
        answer = page(request, "report_result.html", **context)
        answer.headers.update(PAGE_HEADERS | PRIVATE)
        return answer

    @router.get("/{key}/bericht.pdf")
    def printed(key: str) -> Response:
        made = found(key)
        if not made.pdf:
            raise HTTPException(404)
        return _download(made.pdf, "application/pdf", f"{_name(made)}.pdf")

    @router.get("/{key}/bericht.zip")
    def packed(key: str) -> Response:
        made = found(key)
        return _download(made.packed, "application/zip", f"{_name(made)}.zip")

    return router


# What reckons and draws takes 100 MB: loaded when the first school comes, not for the other pages.


@cache
def _example() -> bytes:
    from stadtlabor.klimaschule.dossier.example import example_zip

    return example_zip()


def _most() -> int:
    from stadtlabor.klimaschule.dossier.packed import MOST_PACKED

    return MOST_PACKED


def _name(made: Made) -> str:
    from stadtlabor.report.cards import slug

    return slug(made.title)


def _download(body: bytes, kind: str, name: str) -> Response:
    told = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=told | PRIVATE)


async def _file(request: Request) -> bytes:
    """Return the uploaded file; it stays in memory while it arrives."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise ValueError("no form")

    async def limited() -> AsyncIterator[bytes]:
        size = 0
        async for part in request.stream():
            size += len(part)
            if size > _most() + FRAME:
                raise _TooLargeError
            yield part

    parser = MultiPartParser(request.headers, limited(), max_files=1, max_fields=4)  # type: ignore[arg-type]
    parser.spool_max_size = _most() + FRAME  # never onto the disk
    fields = await parser.parse()
    try:
        given = fields.get("zip")
        if not isinstance(given, UploadFile):
            raise KeyError("zip")
        return await given.read()
    finally:
        await fields.close()
