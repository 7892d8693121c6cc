"""What an app's page shows before its live content is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from stadtlabor.apps.pages import app_page
from stadtlabor.render import Page
from stadtlabor.web.gallery import Card

FRESH = timedelta(minutes=10)
CARD = Card(path="dcl/regen.ipynb", title="Regen", question="Regnet es?", kind="app", tier="live")


def made(age: timedelta) -> None:
    body = "<h1>Regnet es?</h1><p>Es bleibt <b>trocken</b></p>"
    Page("regen", "Regnet es?", body, datetime.now(UTC) - age).save()


def test_what_was_computed_last_stands_at_once(empty_home: Path) -> None:
    made(FRESH / 2)
    assert "<b>trocken</b>" in app_page(CARD, general=True)


def test_old_numbers_are_not_shown_as_if_they_were_new(empty_home: Path) -> None:
    made(FRESH * 2)
    page = app_page(CARD, general=True)
    assert "trocken" not in page
    assert "<h1>Regnet es?</h1>" in page


def test_who_asks_for_something_particular_gets_no_general_answer(empty_home: Path) -> None:
    made(FRESH / 2)
    assert "trocken" not in app_page(CARD, general=False)
