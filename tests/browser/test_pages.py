"""Own pages in a browser: readable on a phone, accessible, without third parties."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
Axe = Callable[[Page], list[str]]
Shot = Callable[[Page, str], None]


def fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "start"),
        ("/barrierefreiheit", "barrierefreiheit"),
        ("/datenschutz", "datenschutz"),
        ("/impressum", "impressum"),
        ("/nix", "unbekannt"),
        ("/apps/nix", "app-unbekannt"),
    ],
)
def test_pages_without_kernel(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], path: str, name: str
) -> None:
    page = visit(path, size)
    expect(page.locator("h1")).to_have_count(1)
    page.evaluate("document.fonts.ready")
    shot(page, name)
    assert fits(page)
    assert axe(page) == []
    used: Any = page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').length")
    assert used > 0


@pytest.mark.logged_in  # the form itself needs a token against forged requests
def test_login_page(visit: Visit, axe: Axe, shot: Shot, size: dict[str, int]) -> None:
    page = visit("/labor/hub/login", size)
    expect(page.get_by_role("heading", level=1)).to_have_text("Im Stadtlabor anmelden")
    shot(page, "anmelden")
    assert fits(page)
    assert axe(page) == []


def test_the_start_page_can_be_used_by_keyboard(visit: Visit, size: dict[str, int]) -> None:
    page = visit("/", size)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    # The pages that are no notebooks come first, then the cards.
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Freie Läden in der Stadt")).to_be_focused()
    for _ in range(4):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cards') !== null")


def test_the_gallery_leads_to_an_app(visit: Visit, size: dict[str, int]) -> None:
    page = visit("/", size)
    page.get_by_role("link", name="Was zeigt regler?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wie viele Menschen?")


def test_an_app_answers_its_visitor(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int]
) -> None:
    page = visit("/apps/regler", size)
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_text("1 Menschen", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    shot(page, "app")
    assert fits(page)
    assert axe(page) == []
