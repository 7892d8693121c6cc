"""The catalogue, seen by a browser: found by keyboard, read on a phone, without any script."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from running import Lab, free_ports, wait_for


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The web service alone, with an empty store."""
    folder = tmp_path_factory.mktemp("catalogue")
    (port,) = free_ports(1)
    settings = folder / "settings.toml"
    settings.write_text(f"[serve]\nweb_port = {port}\n[simulation]\nenabled = false\n")
    environment = {
        **os.environ,
        "STADTLABOR_HOME": str(folder / "home"),
        "STADTLABOR_SETTINGS": str(settings),
    }
    server = subprocess.Popen([sys.executable, "-m", "stadtlabor.web"], env=environment)
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{address}/daten").status_code == 200
        except httpx.HTTPError:
            return False

    wait_for("pages", ready)
    yield address
    server.terminate()
    server.wait(30)


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out at the side."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_data_set_is_found_by_keyboard(pages, visit, size, shot, axe, lab: Lab) -> None:
    page = visit(f"{pages}/daten", size)
    expect(page.get_by_role("heading", level=1)).to_have_text("Welche Daten hat die Stadt?")
    assert axe(page) == []
    assert fits(page)
    shot(page, "daten")
    page.get_by_label("Suchwort, zum Beispiel Regen").focus()
    page.keyboard.type("passanten")
    page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Passantinnen und Passanten in der Innenstadt")
    expect(link).to_be_visible()
    assert "suche=passanten" in page.url
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Passantinnen")
    expect(page.get_by_text("simuliert", exact=True)).to_be_visible()
    assert axe(page) == []
    assert fits(page)
    shot(page, "daten-blatt")
    page.get_by_role("link", name="Nutzungsregeln ansehen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nutzungsregeln")
    assert axe(page) == []
    assert fits(page)
    shot(page, "daten-regeln")


def test_filters_and_sheets_work_without_script(pages, visit, size, axe, lab: Lab) -> None:
    page = visit(f"{pages}/daten", size, script=False)
    page.get_by_label("Thema").select_option("Energie")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("link", name="Boden in den Hochbeeten der Stadt")).to_have_count(0)
    page.get_by_role("link", name="Strom, Wärme und Wasser der Schulen").click()
    expect(page.get_by_text("mit Anmeldung und Zweck").first).to_be_visible()


@pytest.mark.parametrize("name", ["rain-radar", "leerstand", "school-waste"])
def test_every_kind_of_sheet_is_sound(pages, visit, size, axe, lab: Lab, name: str) -> None:
    page = visit(f"{pages}/daten/{name}", size)
    assert axe(page) == []
    assert fits(page)
