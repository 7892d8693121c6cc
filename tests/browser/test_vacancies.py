"""Vacant shops in a real browser: list, map, report without a net."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from running import Lab
from stadtlabor.innenstadt.vacancy import Actor, Register, Unit

EDITOR, PUBLISHER = Actor("editor", "e-schau"), Actor("publisher", "p-schau")

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}


STREET = "Schaugasse"


@pytest.fixture(autouse=True)
def stock(lab: Lab) -> None:
    """Three shops on the public list, in a street of their own: other tests bring other shops."""
    register = Register(lab.home / "vacancy")
    if any(s.facts and s.facts.street == STREET for s in register.units().values()):
        return
    at = datetime.now(UTC) - timedelta(days=3)
    for n in range(1, 4):
        told = {
            "id": f"schau-{n}", "street": STREET, "house_number": str(n), "area_m2": 80.0 + 5 * n,
            "rent_eur_m2": 10.0, "rent_public": True, "zoning": "MK", "step_free": True,
            "wc": True, "extraction": True, "lat": 47.725 + n / 1000, "lon": 10.315,
        }  # fmt: skip
        register.report(Unit.model_validate(told), EDITOR, at=at)
        for what, who in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
            register.act(f"schau-{n}", what, who, at=at)


def test_the_list_and_its_map(visit, shot, axe, size):
    page = visit(f"/leerstand?strasse={STREET}", size)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Läden")
    first = page.locator(".place-map .spot").first
    name = (first.get_attribute("aria-label") or "").removesuffix(" (leer)")
    first.press("Enter")
    expect(page.locator(".vacancy-items li:focus")).to_contain_text(name)
    shot(page, "leerstand")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_reports_wait_for_the_net(visit, shot, axe):
    page = visit("/leerstand/melden", PHONE)
    assert axe(page) == []
    shot(page, "leerstand-melden")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    page.context.set_offline(True)
    page.get_by_label("Straße").fill("Bahnhofstraße")
    page.get_by_label("Hausnummer").fill("12")
    page.get_by_role("button", name="Melden").click()
    expect(page.locator("#gesagt")).to_contain_text("bleibt auf diesem Gerät")
    page.reload()
    expect(page.locator("#warten")).to_contain_text("warten noch Meldungen: 1")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#warten")).to_be_hidden()
    page.get_by_label("Straße").fill("Bahnhofstraße")
    page.get_by_label("Hausnummer").fill("14")
    page.get_by_role("button", name="Melden").click()
    expect(page.locator("#gesagt")).to_contain_text("Die Meldung ist da")


def test_a_shop_from_the_list_to_the_hint(visit, shot, axe, size):
    page = visit(f"/leerstand?strasse={STREET}", size)
    page.locator(".vacancy-items h3 a").first.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(STREET)
    shot(page, "leerstand-expose")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.go_back()
    page.get_by_role("link", name="Stimmt nicht mehr?").first.press("Enter")
    page.get_by_label("Was ist anders?").fill("Hier ist wieder etwas drin")
    assert axe(page) == []
    page.get_by_role("button", name="Abschicken").press("Enter")
    expect(page.get_by_text("Danke!")).to_be_visible()


def test_which_shop_suits_a_plan(visit, shot, axe, size):
    page = visit("/leerstand/passt", size)
    shot(page, "leerstand-passt")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.get_by_label("Fläche mindestens").fill("80")
    page.get_by_label("Miete höchstens").fill("25")
    page.get_by_role("button", name="Rechnen").press("Enter")
    expect(page.locator("h1 + p")).to_contain_text("100 Punkten")
    page.get_by_label("Was stimmt nicht?").fill("Die Fläche ist kleiner")
    page.get_by_role("button", name="Widersprechen").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihr Widerspruch")
    assert axe(page) == []
