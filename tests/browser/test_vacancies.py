"""Vacant shops in a real browser: list, map, report without a net."""

from __future__ import annotations

from playwright.sync_api import expect

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}


def test_the_list_and_its_map(visit, shot, axe, size):
    page = visit("/leerstand", size)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Läden")
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
