"""The page of an app, and pages that stand in for one: unknown, broken."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2

from stadtlabor.city import city
from stadtlabor.render import Page, read_page
from stadtlabor.web import assets
from stadtlabor.web.gallery import Card
from stadtlabor.web.texts import texts as site_texts

__all__ = ["app_page", "cell_notice", "page", "texts"]

TEMPLATES = Path(__file__).parent / "templates"
FRAME = Path(assets.__file__).parent / "templates"


@cache
def texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    return tomllib.loads(Path(__file__).with_name("texts.de.toml").read_text(encoding="utf-8"))


@cache
def _environment() -> jinja2.Environment:
    """Return our templates, in the frame that all public pages have."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, FRAME]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        t=site_texts(),
        words=texts(),
        city=city().city,
        styles=[assets.url(name) for name in assets.STYLES],
        asset=assets.url,
    )
    return environment


def page(status: int) -> str:
    """Return the German page for an HTTP status."""
    known = texts()["errors"]
    told = known.get(str(status), known["other"])
    return _environment().get_template("notice.html").render(told=told)


def app_page(card: Card, *, general: bool) -> str:
    """Return the page of an app, to be filled with live content by its script.

    Parameters
    ----------
    card
        The app.
    general
        Show what was computed last until the live content is there; wrong where the address asks
        for something particular. Nothing is shown that is older than the card allows: rain that
        has come since must not look like a dry day.
    """
    still = read_page(card.name) if general else None
    if still and datetime.now(UTC) - still.made > timedelta(minutes=card.fresh_min):
        still = None
    heading, end, rest = still.body.partition("</h1>") if still else ("", "", "")
    return (
        _environment()
        .get_template("app.html")
        .render(card=card, heading=heading + end, rest=rest, made=_clock(still) if still else "")
    )


@cache
def cell_notice() -> str:
    """Return what stands in place of a result that could not be computed."""
    return _environment().get_template("failed.html").render()


def _clock(still: Page) -> str:
    return f"{still.made.astimezone(ZoneInfo(city().city.timezone)):%d.%m.%Y, %H:%M} Uhr"
