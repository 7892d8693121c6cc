"""Apps of the centre on a running simulated city: shops on a map, what-if, did it help?"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from running import Lab, wait_for
from stadtlabor.simulation.counted_street import Event, counted_street

SLOW_MS = 60_000  # a cold kernel on two busy cores


@pytest.fixture(scope="module")
def shops(town: Lab) -> Lab:
    """The city, once its invented shops are there."""
    address = f"{town.address}/leerstand/daten.geojson"
    wait_for("invented shops", lambda: len(httpx.get(address).json()["features"]) > 5)
    return town


def opened(visit, shops, name, size):
    """Open an app and wait for its answer."""
    page = visit(f"{shops.address}/apps/{name}", size)
    expect(page.locator(".stadtlabor-answer").first).to_be_visible(timeout=SLOW_MS)
    return page


def fits(page):
    """Return whether the page is no wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_shop_speaks_when_it_is_chosen_by_key(visit, shot, axe, size, shops):
    page = opened(visit, shops, "leerstand-karte", size)
    expect(page.locator(".leaflet-interactive").first).to_be_visible()
    choice = page.get_by_label("Liste:")
    choice.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".stadtlabor-spoken")).to_contain_text("zuletzt geprüft vor")
    expect(page.get_by_role("link", name="Exposé ansehen")).to_be_visible()
    page.get_by_label("ohne Stufe erreichbar").press("Space")
    expect(page.locator(".stadtlabor-answer").first).not_to_contain_text("17 von 17")
    shot(page, "leerstand-karte")
    assert fits(page)
    assert axe(page) == []


def test_a_slider_moved_by_key_ranks_anew(visit, shot, axe, size, shops):
    page = opened(visit, shops, "welche-nutzung", size)
    answer = page.locator(".stadtlabor-answer").first
    expect(answer).to_contain_text("Passend: ")
    before = answer.inner_text()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    expect(answer).not_to_have_text(before, use_inner_text=True)
    expect(page.get_by_text("vorher").first).to_be_visible()
    page.get_by_text("So wird gerechnet: die Gewichte").click()
    shot(page, "welche-nutzung")
    assert fits(page)
    assert axe(page) == []


def test_a_file_of_ones_own_goes_through_the_browser(visit, shot, axe, size, shops, tmp_path: Path):
    page = opened(visit, shops, "hat-es-geholfen", size)
    expect(page.locator(".stadtlabor-answer").first).to_contain_text("% mehr Menschen")
    shot(page, "hat-es-geholfen")
    assert fits(page)
    assert axe(page) == []
    event = Event("Am Tor", date(2026, 5, 4), date(2026, 5, 17), 40.0)
    counts = counted_street(5, date(2025, 4, 1), 500, {"Am Tor": 500.0}, event=event)
    counts["start"] = counts["start"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    file = tmp_path / "am-tor.csv"
    names = {"counter": "location", "start": "timestamp", "pedestrians": "pedestrians_count"}
    counts.rename(columns=names).to_csv(file, index=False)
    page.get_by_label("Zählung").select_option(label="Eigene Datei")
    expect(page.get_by_text("Wählen Sie eine Datei mit Stundenwerten.")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Datei wählen").press("Enter")
    chooser.value.set_files(str(file))
    expect(page.get_by_text("am-tor.csv: 12.0")).to_be_visible()
    page.get_by_label("Erster Tag").fill("2026-05-04")
    page.get_by_label("Letzter Tag").fill("2026-05-17")
    page.keyboard.press("Tab")
    answer = page.locator(".stadtlabor-answer").first
    expect(answer).to_contain_text("Am Tor, 4.5.2026 bis 17.5.2026")
    expect(answer).to_contain_text("% mehr Menschen, als ohne das Ereignis")
    expect(page.get_by_text("nur ein Vergleich der Zählstelle mit sich selbst")).to_be_visible()
    shot(page, "hat-es-geholfen-datei")
