"""The web application: addresses and what answers them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from stadtlabor.city import city
from stadtlabor.handover import Collector
from stadtlabor.innenstadt.vacancy import Register as Shops
from stadtlabor.innenstadt.vacancy import fill
from stadtlabor.participation import Rooms
from stadtlabor.publishing.desk import collect as collect_notebooks
from stadtlabor.realrun.desk import collect as collect_runs
from stadtlabor.render.page import Page
from stadtlabor.sensorthings import places, sensorthings
from stadtlabor.settings import home, notebooks, settings
from stadtlabor.web import assets
from stadtlabor.web.catalogue import catalogue
from stadtlabor.web.classes import classes
from stadtlabor.web.figures import Watch
from stadtlabor.web.files import PackedFiles
from stadtlabor.web.gallery import cards, shelf
from stadtlabor.web.health import health
from stadtlabor.web.matching import matching
from stadtlabor.web.my_data import my_data
from stadtlabor.web.office import office
from stadtlabor.web.origin import origin
from stadtlabor.web.packed import SMALL, Press
from stadtlabor.web.publishing import cards as published
from stadtlabor.web.publishing import publishing
from stadtlabor.web.rain import rain
from stadtlabor.web.report import report
from stadtlabor.web.room_leader import room_leader
from stadtlabor.web.rooms import rooms
from stadtlabor.web.runs import runs
from stadtlabor.web.security import PAGE_HEADERS, SecurityHeaders
from stadtlabor.web.static_pages import StaticPages
from stadtlabor.web.stele import stele
from stadtlabor.web.surveys import FOLDER, surveys
from stadtlabor.web.texts import texts
from stadtlabor.web.tiles import tiles
from stadtlabor.web.together import together
from stadtlabor.web.vacancies import vacancies

__all__ = ["site"]

PAGES = ("barrierefreiheit", "datenschutz", "impressum")
HUB = "/labor"
READ = ["GET", "HEAD"]


def site() -> FastAPI:
    """Build the web application."""
    # FastAPI's own documentation pages load scripts from elsewhere, so they are switched off.
    watch, press = Watch(), Press()
    shops = Shops(home() / "vacancy")
    own, kern = (PackedFiles(press, folder) for folder in (assets.OWN, assets.kern_folder()))

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        kern.keep("kern.min.css")
        for path in sorted(assets.OWN.rglob("*")):
            own.keep(path.relative_to(assets.OWN).as_posix())
        if settings().simulation.enabled:
            await run_in_threadpool(fill, shops, settings().simulation.seed)
        publishing_box = Collector("publishing", collect_notebooks)
        with watch, publishing_box, Collector("realrun", collect_runs), closing(press):
            yield

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=running)
    app.add_middleware(GZipMiddleware, minimum_size=SMALL)
    app.add_middleware(SecurityHeaders)
    templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
    templates.env.trim_blocks = templates.env.lstrip_blocks = True
    templates.env.globals.update(
        t=texts(), city=city().city, styles=[assets.url(n) for n in assets.STYLES],
        asset=assets.url, credit=base.attribution if (base := city().map) else "",
    )  # fmt: skip

    def page(request: Request, name: str, status_code: int = 200, **context: Any) -> Response:
        return templates.TemplateResponse(request, name, context, status_code=status_code)

    # Before the addresses of one or two parts below, which would take these too.
    app.mount(f"{assets.prefix()}/{assets.KERN}", kern)
    fonts = StaticFiles(directory=assets.font_folder(), check_dir=False)
    app.mount(f"{assets.prefix()}/{assets.FONTS}", fonts)
    app.mount(assets.prefix(), own)

    def frame(content: Page, old: bool) -> str:
        found = next((card for card in cards(notebooks()) if card.name == content.name), None)
        live = found.href if found and found.tier == "live" else None
        made = f"{content.made.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M} Uhr"
        template = templates.get_template("page.html")
        return template.render(page=content, old=old, made=made, live=live)

    static, public = StaticPages(frame, press), published()

    @app.api_route("/", methods=READ)
    def start(request: Request) -> Response:
        # What only staff can use is reached from the pages of staff.
        known = [card for card in cards(notebooks()) if set(card.audience) != {"staff"}]
        shown = shelf(known)
        return page(
            request, "start.html", shelf=shown, figure=watch.figure, static=static.names(),
            published=public(),
        )  # fmt: skip

    @app.api_route("/seiten/{name}", methods=READ)
    async def made(request: Request, name: str) -> Response:
        found = static.get(name)
        if found is None:
            raise HTTPException(404)
        return found.answer(request.headers, PAGE_HEADERS)

    register = Rooms(home() / FOLDER)
    parts = (surveys(page), classes(page), together(page), report(page))
    seats = (room_leader(page, register), rooms(page, register, shops))
    app.include_router(office(page, shops))  # before /leerstand/{unit}, which would take it
    for part in (*parts, *seats, matching(page, shops), vacancies(page, shops), tiles()):
        app.include_router(part)
    app.include_router(stele(page, watch, shops))
    app.include_router(rain(page))
    app.include_router(runs(page))
    app.include_router(publishing(page))
    app.include_router(catalogue(page))
    app.include_router(my_data(page))
    for interface in (sensorthings(origin), places(origin)):
        app.include_router(interface)

    @app.api_route("/{name}", methods=READ)
    def words(request: Request, name: str) -> Response:
        if name == "health":
            return JSONResponse(health(), headers={"Cache-Control": "no-store"})
        if name == "robots.txt":
            return PlainTextResponse("User-agent: *\nDisallow: /labor/\nDisallow: /apps/\n")
        if name in ("hub", "user"):
            return RedirectResponse(f"{HUB}/{name}/")
        if name not in PAGES:
            raise HTTPException(404)
        return page(request, "words.html", words=texts()["pages"][name])

    @app.api_route("/{part}/{rest:path}", methods=READ)
    def moved(request: Request, part: str, rest: str) -> Response:
        # Addresses of a hub at its usual place, from bookmarks and other people's instructions.
        if part not in ("hub", "user"):
            raise HTTPException(404)
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"{HUB}/{part}/{rest}{query}")

    @app.exception_handler(HTTPException)
    def told(request: Request, error: HTTPException) -> Response:
        known = texts()["errors"]
        words = known.get(str(error.status_code), known["other"])
        return page(request, "words.html", error.status_code, words=words)

    return app
