"""The catalogue for everybody: search, data sheets, rules, files, harvest: ``/daten``."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

from stadtlabor.catalogue import Card, find, folder, shelf
from stadtlabor.catalogue.dcat import ways
from stadtlabor.catalogue.package import package
from stadtlabor.catalogue.policy import Plan, PolicyError, names, policy
from stadtlabor.catalogue.rdf import KINDS as FORMS
from stadtlabor.catalogue.vocabulary import known
from stadtlabor.web import catalogue_view as view
from stadtlabor.web.catalogue_files import KINDS, FileError, Span, file
from stadtlabor.web.catalogue_harvest import Harvest
from stadtlabor.web.catalogue_rules import rows
from stadtlabor.web.catalogue_state import state
from stadtlabor.web.origin import origin
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts

__all__ = ["catalogue"]

log = logging.getLogger(__name__)

READ = ["GET", "HEAD"]
FOR_ALL = {"Access-Control-Allow-Origin": "*"}


def catalogue(page: Page) -> APIRouter:
    """Return the addresses below ``/daten``."""
    router, harvest = APIRouter(prefix="/daten"), Harvest()

    @router.api_route("", methods=READ)
    def search(request: Request, suche: str = "", thema: str = "", zugang: str = "") -> Response:
        words, found = texts()["catalogue"], shelf()
        wanted = view.Wanted(suche[:100], thema[:20], zugang[:20])
        every = sorted(found.cards.values(), key=lambda card: card.title.casefold())
        chosen = [card for card in every if wanted.fits(card)]
        for fault in found.faults:
            log.warning("%s", fault)
        broken = words["broken_one"] if len(found.faults) == 1 else words["broken_many"]
        used = {code for card in every for code in card.themes}
        return page(
            request, "catalogue_list.html", words=words, wanted=wanted, narrowed=wanted.narrowed,
            answer=view.answer(every, chosen, wanted.narrowed),
            items=[view.listed(card) for card in chosen],
            themes={code: name for code, name in known("themes").items() if code in used},
            accesses=known("access"),
            broken=broken.format(n=len(found.faults)) if found.faults else "",
        )  # fmt: skip

    @router.api_route("/katalog.{kind}", methods=READ)
    async def all_(request: Request, kind: str) -> Response:
        if kind not in FORMS:
            raise HTTPException(404)
        return await harvest.response(request, kind)

    @router.api_route("/regeln/{name}.json", methods=READ)
    def odrl(name: str) -> Response:
        body = (folder() / "policies" / f"{_known(name)}.json").read_bytes()
        return Response(body, media_type="application/ld+json", headers=FOR_ALL)

    @router.api_route("/regeln/{name}", methods=READ)
    def rules(request: Request, name: str) -> Response:
        words, plan = texts()["catalogue"], _plan(_known(name))
        users = [card for card in shelf().cards.values() if card.policy == name]
        lead = words["rules"]["unread"]
        if plan:
            lead = words["rules"]["lead_open" if plan.open else "lead_limited"]
        return page(
            request, "catalogue_rules.html", words=words["rules"], back=words["back"], policy=name,
            title=words["rules"]["title"].format(title=plan.title if plan else name), lead=lead,
            rows=rows(plan) if plan else [], users=users,
        )  # fmt: skip

    @router.api_route("/{name}", methods=READ)
    def sheet(request: Request, name: str) -> Response:
        card = _card(name)
        plan, now, paths = _plan(card.policy), state(card), ways(card)
        base = origin(request)
        downloads = [way for way in paths if way.get("download")]
        example = next((f"{way['access']}?{view.week(now.newest)}" for way in downloads
                        if way["key"] == "csv"), "")  # fmt: skip
        context: dict[str, Any] = {
            "words": texts()["catalogue"], "card": card, "state": now,
            "access": known("access")[card.access], "downloads": downloads, "example": example,
            "sensorthings": next((w["access"] for w in paths if w["key"] == "sensorthings"), ""),
            "python": view.python(card, plan, base, now.version), "facts": view.facts(card),
            "promises": view.promises(card), "sensors": view.sensors(card),
            "ethics": view.ethics(card),
        }  # fmt: skip
        return page(request, "catalogue_card.html", **context)

    @router.api_route("/{name}/datapackage.json", methods=READ)
    def described(request: Request, name: str) -> Response:
        card = _card(name)
        made = package(card, origin(request), state(card).version.partition("@")[2])
        return JSONResponse(made, headers=FOR_ALL)

    @router.api_route("/{name}/daten.{kind}", methods=READ)
    def values(
        name: str, kind: str, reihe: str = "", von: str = "", bis: str = ""
    ) -> Response:  # fmt: skip
        card = _card(name)
        if kind not in KINDS:
            raise HTTPException(404)
        try:
            body = file(card, kind, Span(reihe, von, bis), datetime.now(UTC))
        except FileError as fault:
            return PlainTextResponse(f"{fault}\n", fault.status)
        told = {"Content-Disposition": f'attachment; filename="{card.id}.{kind}"', **FOR_ALL}
        return Response(body, media_type=KINDS[kind], headers=told)

    return router


def _card(name: str) -> Card:
    card = find(name)
    if card is None:
        raise HTTPException(404)
    return card


def _known(name: str) -> str:
    if name not in names(folder() / "policies"):
        raise HTTPException(404)
    return name


def _plan(name: str) -> Plan | None:
    try:
        return policy(folder() / "policies", name)
    except PolicyError as error:
        log.warning("%s", error)
        return None
