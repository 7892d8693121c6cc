"""``stadtlabor render``: make the pages that need no kernel."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import click

from stadtlabor.commands.owner import act_as_owner
from stadtlabor.publishing.queue import serve
from stadtlabor.settings import home

if TYPE_CHECKING:
    from stadtlabor.web.gallery import Card

__all__ = ["render"]

log = logging.getLogger("stadtlabor.render")

TIERS = ("live", "static")
OFTEN_MIN = 60
"""Pages that may be older than this are not made in every turn."""

FIRST_S = 20.0
"""The first pause; it doubles until ``--every`` is reached, for at the start data come in fast."""


@click.command()
@click.argument("names", nargs=-1)
@click.option("--every", type=float, help="Alle so viele Minuten wieder, bis zum Abbruch.")
def render(names: tuple[str, ...], every: float | None) -> None:
    """Macht aus Notebooks Seiten, die ohne Kern und ohne Skript lesbar sind.

    Ohne Namen: alle Apps und alle Notebooks mit tier = static.
    """
    act_as_owner(home() / "pages")
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    if every is not None:
        serve()
    pause = FIRST_S
    while True:
        good = _turn(names)
        if every is None:
            if not good:
                raise click.ClickException("Nicht alle Seiten sind fertig. Die Gründe stehen oben.")
            return
        time.sleep(min(pause, every * 60))
        pause *= 2


def _recent(card: Card) -> bool:
    """Tell whether the page of a notebook whose data change slowly is still good."""
    from stadtlabor.render.page import made_at

    made = made_at(card.name)
    slow = card.fresh_min > OFTEN_MIN
    return slow and made is not None and time.time() - made < card.fresh_min * 60 / 3


def _turn(names: tuple[str, ...]) -> bool:
    """Render each page once; tell whether all went well."""
    from stadtlabor.render import RenderError
    from stadtlabor.render import render as make
    from stadtlabor.settings import notebooks
    from stadtlabor.web.gallery import cards

    known = [card for card in cards(notebooks()) if card.tier in TIERS]
    unknown = sorted(set(names) - {card.name for card in known})
    if unknown:
        offered = ", ".join(card.name for card in known)
        raise click.ClickException(f"Keine App heißt „{unknown[0]}“. Es gibt: {offered}.")
    good = True
    for card in known:
        if names and card.name not in names:
            continue
        if not names and _recent(card):
            continue
        try:
            page = make(card)
            log.info("%s: %d kB", page.name, len(page.body) // 1000)
        except RenderError as error:
            log.error("%s", error)
            good = False
    return good
