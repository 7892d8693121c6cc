"""Public versions of notebooks: ``/veroeffentlicht``."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.evidence.told import steps
from stadtlabor.publishing.state import Submission, public, submissions
from stadtlabor.publishing.version import Version, VersionError, version_of
from stadtlabor.web.security import PAGE_HEADERS
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["PREFIX", "Shown", "cards", "facts", "publishing", "when"]

PREFIX = "/veroeffentlicht"
READ = ["GET", "HEAD"]
FRESH_S = 1.0
DIGITS = 12
Shown = list[dict[str, Any]]


def when(instant: datetime | None) -> str:
    """Return a day as people of the city write it."""
    if instant is None:
        return ""
    return f"{instant.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y}"


def cards() -> Callable[[], Shown]:
    """Return a function that tells what is public, a second old at most: for the start page."""
    kept: list[tuple[float, Shown]] = []

    def shown() -> Shown:
        now = time.monotonic()
        if not kept or now - kept[0][0] > FRESH_S:
            kept[:] = [(now, [card for one in public() if (card := _card(one))])]
        return kept[0][1]

    return shown


def publishing(page: Page) -> APIRouter:
    """Return the addresses below ``/veroeffentlicht``."""
    router, words = APIRouter(prefix=PREFIX), texts()["publishing"]

    @router.api_route("", methods=READ)
    def all_(request: Request) -> Response:
        found = [card for one in public() if (card := _card(one))]
        return page(request, "publishing_list.html", words=words, cards=found)

    @router.api_route("/{name}", methods=READ)
    def one(request: Request, name: str) -> Response:
        chosen, found = _found(name)
        if chosen.state == "archive" and chosen.reason:
            return _gone(page, request, chosen)
        newer = _newer(chosen)
        answer = page(
            request, "publishing_page.html", words=words, one=chosen, body=_body(found),
            facts=facts(found, chosen), newer=newer, address=f"{PREFIX}/{found.hash[:DIGITS]}",
            simulated=found.facts["simulated"],
        )  # fmt: skip
        answer.headers.update(PAGE_HEADERS)
        return answer

    @router.api_route("/{name}/herkunft", methods=READ)
    def origin(request: Request, name: str) -> Response:
        chosen, found = _found(name)
        if chosen.state == "archive" and chosen.reason:
            return _gone(page, request, chosen)
        return page(
            request, "publishing_trace.html", words=words, title=found.facts["title"],
            steps=steps(found.trace()), back=f"{PREFIX}/{name}", back_name=words["back_page"],
            again=words["again"].format(hash=found.hash[:DIGITS]),
        )  # fmt: skip

    @router.api_route("/{name}/notebook.ipynb", methods=READ)
    def source(name: str) -> Response:
        chosen, found = _found(name)
        if chosen.state == "archive" and chosen.reason:
            raise HTTPException(410)
        told = {"Content-Disposition": f'attachment; filename="{chosen.slug}.ipynb"'}
        return Response(_read(found, "source.ipynb"), media_type="application/x-ipynb+json",
                        headers=told)  # fmt: skip

    return router


def facts(found: Version, one: Submission) -> list[tuple[str, str]]:
    """Return what stands under a public page: name and value."""
    words, stated = texts()["publishing"], found.facts
    known = words["licences"]
    told = {
        "version": found.hash[:DIGITS],
        "made": when(datetime.fromisoformat(stated["made"])),
        "released": when(one.decided_at),
        "role": words["roles"].get(one.role, "") if one.role else "",
        "data": "; ".join(stated["data"]) or words["no_data"],
        "sources": "; ".join(stated["sources"]),
        "data_licences": "; ".join(stated["licences"]),
        "licence": known.get(stated["licence"], stated["licence"]),
        "contact": stated["contact"],
    }
    return [(words["facts"][name], told[name]) for name in words["facts"] if told.get(name)]


def _card(one: Submission) -> dict[str, Any] | None:
    try:
        found = version_of(one.hash)
    except VersionError:
        return None
    if found is None:
        return None
    stated = found.facts
    return {
        "href": f"{PREFIX}/{one.slug}", "question": stated["question"], "title": stated["title"],
        "at": when(one.decided_at), "audience": stated["audience"], "hash": found.hash[:DIGITS],
        "simulated": stated["simulated"],
    }  # fmt: skip


def _found(name: str) -> tuple[Submission, Version]:
    """Return what stands under a name: what is public of that slug, else the last that was."""
    known = [one for one in submissions() if one.decided_at]
    fitting = [one for one in known if one.slug == name]
    if not fitting and len(name) >= DIGITS:
        fitting = [one for one in known if one.hash.startswith(name)]
    if not fitting:
        raise HTTPException(404)
    chosen = next((one for one in fitting if one.state == "public"), None) or max(
        fitting, key=lambda one: one.decided_at or one.at
    )
    try:
        found = version_of(chosen.hash)
    except VersionError:
        raise HTTPException(404) from None
    if found is None:
        raise HTTPException(404)
    return chosen, found


def _newer(chosen: Submission) -> str:
    if chosen.state == "public":
        return ""
    return next((f"{PREFIX}/{one.slug}" for one in public() if one.slug == chosen.slug), "")


def _body(found: Version) -> str:
    return _read(found, "page.html")


def _read(found: Version, name: str) -> str:
    try:
        return found.read(name)
    except VersionError:
        raise HTTPException(404) from None


def _gone(page: Page, request: Request, chosen: Submission) -> Response:
    words = texts()["publishing"]
    return page(
        request, "publishing_gone.html", 410, words=words, one=chosen, at=when(chosen.ended_at)
    )
