"""Heavy rain for everybody: how it stands, how often it was right, and CAP for programs."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import asdict
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from stadtlabor.city import city
from stadtlabor.settings import home
from stadtlabor.web.origin import origin
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["rain"]

ATOM = "http://www.w3.org/2005/Atom"
MOST = 50
FRESH = {"Cache-Control": "no-store"}
"""A level from a cache would be an old level."""


def rain(page: Page) -> APIRouter:
    """Return the addresses below ``/regen``.

    Parameters
    ----------
    page
        Makes a page of a template.
    """
    router = APIRouter(prefix="/regen")
    words, folder = texts()["rain"], home() / "warning"

    @router.get("")
    def now(request: Request) -> Response:
        # Imported on use: the pages of the house are there before these libraries.
        from stadtlabor.rain.warning.display import display
        from stadtlabor.web.rain_official import official_shown
        from stadtlabor.web.rain_view import drawn, listed, stand, thresholds

        settings = city().warning
        if settings is None:
            told = {"title": words["title"], "sections": [{"paragraphs": [words["missing"]]}]}
            return page(request, "words.html", 404, words=told)
        at = datetime.now(UTC)
        shown, official = display(folder, settings, at), official_shown(home(), at)
        answer = page(
            request, "rain_now.html", words=words, shown=shown, stand=stand(shown, at),
            official=official,
            areas=[listed(area, settings) for area in shown.areas], map=drawn(shown.areas),
            levels=thresholds(settings), rule=words["rule"].format(calm=settings.calm_min),
            version=f"{shown.newest}-{shown.stale}-{[a.level for a in shown.areas]}"
            f"-{official['version'] if official else ''}",
        )  # fmt: skip
        answer.headers.update(FRESH)
        return answer

    @router.get("/daten.json")
    def data() -> Response:
        from stadtlabor.rain.warning.display import display

        settings = city().warning
        if settings is None:
            raise HTTPException(404)
        shown = display(folder, settings, datetime.now(UTC))
        told = asdict(shown) | {"newest": shown.newest.isoformat() if shown.newest else None}
        return JSONResponse(told, headers=FRESH)

    @router.get("/bilanz")
    def ledger(request: Request) -> Response:
        from stadtlabor.web.rain_view import ledgers

        settings = city().warning
        if settings is None:
            raise HTTPException(404)
        return page(
            request, "rain_ledger.html", words=words["ledger"], back=words["back"],
            ledgers=ledgers(folder, settings),
        )  # fmt: skip

    @router.get("/cap")
    def feed(request: Request) -> Response:
        from stadtlabor.rain.warning.journal import Journal

        events = reversed(Journal(folder).events("message", last=MOST))
        base = f"{origin(request)}/regen/cap"
        root = ET.Element("feed", xmlns=ATOM)
        entries = [
            {
                "id": f"urn:cap:{event.key}", "title": str(event.body["subject"]),
                "updated": str(event.body["message"]["sent"]), "link": f"{base}/{event.key}.xml",
            }
            for event in events
        ]  # fmt: skip
        newest = entries[0]["updated"] if entries else datetime.now(UTC).isoformat()
        for name, text in (("id", base), ("title", words["feed"]["title"]), ("updated", newest)):
            ET.SubElement(root, name).text = text
        ET.SubElement(ET.SubElement(root, "author"), "name").text = city().city.name
        for told in entries:
            entry = ET.SubElement(root, "entry")
            for name in ("id", "title", "updated"):
                ET.SubElement(entry, name).text = told[name]
            ET.SubElement(entry, "link", href=told["link"], type="application/cap+xml")
        body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return Response(body, media_type="application/atom+xml", headers=FRESH)

    @router.get("/cap/{identifier}.xml")
    def message(identifier: str) -> Response:
        from stadtlabor.rain.warning.journal import Journal

        found = Journal(folder).events("message", key=identifier)
        if not found:
            raise HTTPException(404)
        return Response(str(found[0].body["cap"]).encode(), media_type="application/cap+xml")

    return router
