"""The stele in the street: three large views in turn, without kernel, without a net for a day."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from stadtlabor.innenstadt.vacancy import Register
from stadtlabor.ui.texts import number
from stadtlabor.web import assets
from stadtlabor.web.figures import KeyFigure, Watch
from stadtlabor.web.origin import origin
from stadtlabor.web.street_day import Hour, StreetDay, Today
from stadtlabor.web.surveys import Page
from stadtlabor.web.texts import texts
from stadtlabor.web.vacancy_view import listed, real

__all__ = ["stele"]

SHOPS = 5
CODES = {"shops": "/leerstand", "report": "/leerstand/melden", "match": "/leerstand/passt"}


def stele(page: Page, watch: Watch, register: Register) -> APIRouter:
    """Return the addresses of the stele.

    Parameters
    ----------
    page
        Makes a page of a template.
    watch
        Knows how many people were counted in the last hour.
    register
        Of vacant shops.
    """
    router = APIRouter(prefix="/stele")
    words, day = texts()["stele"], StreetDay()

    def state() -> dict[str, Any]:
        return {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "version": assets.prefix(),
            "now": _now(watch.figure, day.get(), words),
            "shops": _shops(register, words["shops"]),
        }

    @router.get("")
    def screen(request: Request) -> Response:
        base = origin(request)
        codes = {name: (_code(base + path), base.split("://")[1] + path)
                 for name, path in CODES.items()}  # fmt: skip
        return page(request, "stele.html", words=words, state=state(), codes=codes)

    @router.get("/daten.json")
    def newest() -> Response:
        return JSONResponse(state())

    @router.get("/dienst.js")
    def worker() -> Response:
        body = assets.OWN.joinpath("stele_worker.js").read_text("utf-8")
        own = [assets.url(name) for name in (*assets.STYLES, "stele.css", "stele.js", "icon.svg")]
        kept = json.dumps(["/stele", "/stele/daten.json", *own])
        script = f"const KEPT = {kept};\nconst VERSION = 'stele{assets.prefix()}';\n{body}"
        # The page has no slash at its end, so it lies outside the worker's own folder.
        headers = {"Service-Worker-Allowed": "/stele"}
        return Response(script, media_type="text/javascript", headers=headers)

    return router


def _code(address: str) -> str:
    return segno.make(address, error="m").svg_inline(border=2, svgclass=None, omitsize=True)


def _now(figure: KeyFigure | None, today: Today, words: dict[str, Any]) -> dict[str, Any]:
    """Return the key figure, how it compares and the hours of the day."""
    said, last = words["now"], today.last
    compared = _compared(last, said, words["limits"])
    counted = [(hour.count, hour.hour) for hour in today.hours if hour.count is not None]
    alt = said["alt_empty"]
    if counted:
        most, hour = max(counted)
        alt = said["alt"].format(peak=number(most), hour=hour)
    return {
        "value": figure.value if figure else "",
        "unit": said["unit"] if figure else said["nothing"],
        "period": figure.period if figure else "",
        "source": f"{figure.source} ({figure.licence})" if figure else "",
        "compared": compared,
        "alt": alt,
        "counters": said["counters"].format(n=today.counters) if today.counters else "",
        "hours": [[hour.hour, hour.count, hour.usual] for hour in today.hours],
        "simulated": today.simulated or bool(figure and figure.simulated),
    }


def _compared(last: Hour | None, said: dict[str, str], limits: dict[str, float]) -> str:
    if last is None or last.count is None or last.usual is None:
        return ""
    ratio = last.count / last.usual
    if ratio < limits["quieter_below"]:
        return said["quieter"]
    return said["busier"] if ratio > limits["busier_above"] else said["usual"]


def _shops(register: Register, said: dict[str, str]) -> dict[str, Any]:
    """Return the shops that were checked last; one that is used for a while is not free."""
    free = [listed(item) for item in real(register.public()) if item.values["state"] != "placed"]
    free.sort(key=lambda shop: (shop["checked_days"], shop["id"]))
    count = said["none"] if not free else said["one"] if len(free) == 1 else said["many"]
    rows = [
        {"name": shop["name"], "facts": " · ".join(shop["facts"][:3]), "age": shop["age"],
         "old": bool(shop["marked"])}
        for shop in free[:SHOPS]
    ]  # fmt: skip
    return {
        "count": count.format(n=number(len(free))),
        "items": rows,
        "simulated": any(shop["invented"] for shop in free),
    }
