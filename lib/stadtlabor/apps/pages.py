"""Pages that stand in for an app: unknown, full, broken."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from stadtlabor.city import city
from stadtlabor.render import pages
from stadtlabor.web import assets
from stadtlabor.web.gallery import Card

__all__ = ["TEMPLATES", "frame", "page", "queue_page", "texts"]

TEMPLATES = Path(__file__).parent / "templates"


@cache
def texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    return tomllib.loads(Path(__file__).with_name("texts.de.toml").read_text(encoding="utf-8"))


@cache
def frame() -> dict[str, Any]:
    """Return what the frame around every page needs: words, style sheets, city."""
    return {
        "t": texts(),
        "city": city().city,
        "styles": [assets.url(name) for name in assets.STYLES],
        "asset": assets.url,
    }


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True
    )


def page(status: int) -> str:
    """Return the German page for an HTTP status."""
    words = texts()["errors"]
    told = words.get(str(status), words["other"])
    return _environment().get_template("notice.html").render(**frame(), words=told, status=status)


def queue_page(card: Card, number: int, address: str) -> str:
    """Return the page for someone who waits.

    Parameters
    ----------
    card
        The app that is wanted.
    number
        1 is next.
    address
        Of this place in the queue; leads into the app when it is free.
    """
    return (
        _environment()
        .get_template("queue.html")
        .render(
            **frame(),
            words=texts()["queue"],
            card=card,
            number=number,
            address=address,
            meanwhile=f"/seiten/{card.name}" if card.name in pages() else "",
        )
    )
