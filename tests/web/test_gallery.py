"""The gallery shows sound notebooks and leaves faulty ones out."""

import json
import logging
from pathlib import Path

import pytest

from stadtlabor.settings import notebooks
from stadtlabor.web.gallery import cards, shelf

ABOUT = {"title": "Grundlast", "kind": "lesson", "tier": "lab"}


def write(folder: Path, name: str, metadata: object) -> None:
    path = folder / "klimaschule" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"metadata": metadata, "cells": []}), encoding="utf-8")


def test_a_lesson_leads_to_a_copy_behind_the_login(tmp_path: Path) -> None:
    write(tmp_path, "grund last.ipynb", {"stadtlabor": ABOUT})
    (card,) = cards(tmp_path)
    copy = "/labor/hub/user-redirect/stadtlabor/kopie?pfad=Kurs/klimaschule/grund%20last.ipynb"
    assert card.href == copy


def test_a_live_app_leads_to_itself(tmp_path: Path) -> None:
    write(tmp_path, "puls.ipynb", {"stadtlabor": {**ABOUT, "kind": "app", "tier": "live"}})
    assert cards(tmp_path)[0].href == "/apps/puls"


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"stadtlabor": "x"},
        {"stadtlabor": {"title": "x"}},
        [],
        {"stadtlabor": {**ABOUT, "kind": "?"}},
    ],
)
def test_a_faulty_notebook_costs_only_its_own_card(
    tmp_path: Path, metadata: object, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "a.ipynb", {"stadtlabor": ABOUT})
    write(tmp_path, "b.ipynb", metadata)
    (tmp_path / "klimaschule" / "c.ipynb").write_text("{", encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        assert [card.name for card in cards(tmp_path)] == ["a"]
    assert "klimaschule/b.ipynb" in caplog.text
    assert "klimaschule/c.ipynb" in caplog.text


def test_every_notebook_of_the_course_has_a_card_and_lessons_share_one() -> None:
    folder = notebooks()
    found = cards(folder)
    assert {card.path for card in found} == {
        path.relative_to(folder).as_posix() for path in folder.glob("*/*.ipynb")
    }
    shown = shelf(found)
    lesson = next(place for place in shown if place.card.name == "grundlast")
    assert lesson.app == "/apps/grundlast-app"
    assert "grundlast-app" not in {place.card.name for place in shown}
