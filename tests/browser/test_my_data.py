"""The page that tells a pupil what is kept, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from running import Lab


def test_what_is_kept_about_me(visit, lab: Lab, shot, axe, size):
    page = visit(f"{lab.address}/datenschutz", size)
    page.get_by_role("link", name="Was ist über mich gespeichert?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was ist über mich gespeichert?")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    shot(page, "datenschutz-ich")
    assert axe(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Zum Inhalt springen")).to_be_focused()


@pytest.mark.logged_in
def test_it_is_reached_from_ones_own_start_page(visit, lab: Lab):
    page = visit(f"{lab.address}/labor/hub/login", {"width": 1366, "height": 768})
    page.get_by_label("Dein Name im Stadtlabor").fill("biber-33")
    page.get_by_label("Passwort").fill(lab.password)
    page.get_by_role("button", name="Anmelden").click()
    page.goto(f"{lab.address}/labor/hub/home")
    page.get_by_role("link", name="Was ist über mich gespeichert?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Was ist über mich gespeichert?")
