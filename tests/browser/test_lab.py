"""From the start page through the login to a first result in JupyterLab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from running import Lab

LAPTOP = {"width": 1366, "height": 768}


@pytest.mark.logged_in
def test_a_pupil_gets_from_the_start_page_to_a_result(
    visit: Callable[..., Page], shot: Callable[[Page, str], None], lab: Lab
) -> None:
    page = visit("/", LAPTOP)
    page.get_by_role("link", name="Was zeigt lastkurve?").click()
    page.get_by_label("Dein Name im Stadtlabor").fill("fuchs-03")
    page.get_by_label("Passwort").fill(lab.password)
    page.get_by_role("button", name="Anmelden").click()
    page.locator(".jp-Notebook").wait_for()
    expect(page.locator(".lm-MenuBar-itemLabel").first).to_have_text("Datei")
    # JupyterLab drops what is run before it has asked for a kernel.
    page.get_by_text("Python 3 (ipykernel) | Leerlauf").wait_for()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-OutputArea-output pre").first).to_have_text("42")
    shot(page, "lab")
