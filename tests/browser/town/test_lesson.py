"""A pupil walks a whole lesson as an app: wrong answer, hint, right answers, handing in."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
SLOW_MS = 90_000


def task(page: Page, number: int) -> Locator:
    """Return the form of a task."""
    return page.locator(".widget-vbox", has_text=f"Aufgabe {number}:").last


def answer(page: Page, number: int, words: str, said: str) -> None:
    """Type an answer or choose an option, and wait for what is said."""
    form = task(page, number)
    if form.locator("select").count():
        form.locator("select").select_option(label=words)
        form.get_by_role("button", name="Prüfen").click()
    else:
        field = form.locator("input[type=text]")
        field.fill(words)
        field.press("Enter")
    expect(form.get_by_role("status").first).to_contain_text(said, timeout=SLOW_MS)


def test_a_whole_lesson_on_a_laptop(visit, shot, axe, town):
    teacher = visit(f"{town.address}/klasse", LAPTOP)
    assert axe(teacher) == []
    teacher.get_by_label("Name der Klasse").fill("6c")
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    teacher.get_by_label("Letzter Tag").fill(day)
    teacher.get_by_role("button", name="Klasse öffnen").click()
    code = teacher.locator(".survey-code").inner_text()
    page = visit(f"{town.address}/apps/schulweg-app", LAPTOP)
    expect(task(page, 1)).to_be_visible(timeout=SLOW_MS)
    shot(page, "lektion-anfang")
    page.locator("textarea").first.fill("Ich glaube, die meisten fahren Bus.")
    answer(page, 1, "zu Fuß", "Noch nicht.")
    answer(page, 1, "mit dem Bus", "Richtig.")
    answer(page, 2, "viel", "Das ist keine Zahl")
    answer(page, 2, "38", "Das ist die Anzahl")
    task(page, 2).get_by_role("button", name="Tipp").click()
    expect(task(page, 2).get_by_text("Tipp 1 von 3")).to_be_visible()
    answer(page, 2, "31,7 %", "Richtig.")
    answer(page, 3, "15", "nur der Hinweg")
    answer(page, 3, "30 km", "Richtig.")
    answer(page, 4, "246", "Richtig.")
    answer(page, 5, "61,5", "Richtig.")
    answer(page, 6, "die Kinder im Auto fahren Rad oder Bus", "Richtig.")
    shot(page, "lektion-ende")
    expect(page.get_by_text("Gelöst: 6 von 6 Aufgaben.")).to_be_visible()
    page.get_by_label("Code der Klasse").fill(code.upper())
    page.get_by_role("button", name="Abgeben").click()
    expect(page.get_by_text("Abgegeben. Dein Name in der Liste")).to_be_visible(timeout=SLOW_MS)
    assert axe(page) == []
    teacher.reload()
    expect(teacher.get_by_text("Schulweg: Abgaben: 1")).to_be_visible()
    expect(teacher.get_by_text("1 × Das ist die Anzahl")).to_be_visible()
    assert "fahren Bus" not in teacher.content()  # what a pupil thinks stays with the pupil
    shot(teacher, "klasse")
    assert axe(teacher) == []


def test_a_lesson_on_a_phone(visit, shot, axe, town):
    page = visit(f"{town.address}/apps/restmuell-app", PHONE)
    expect(task(page, 1)).to_be_visible(timeout=SLOW_MS)
    answer(page, 1, "6,5", "Richtig.")
    shot(page, "lektion-handy")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert axe(page) == []


@pytest.mark.parametrize(
    "path", ["/klimaschule", "/klimaschule/massnahmen", "/klimaschule/partner"]
)
def test_pages_for_schools(visit, shot, axe, town, size, path):
    page = visit(f"{town.address}{path}", size)
    shot(page, re.sub(r"\W+", "-", path.strip("/")))
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert axe(page) == []
