"""The real notebooks on a running simulated city, seen as their users see them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from running import Lab, wait_for

Visit = Callable[..., Page]
Axe = Callable[[Page], list[str]]
Shot = Callable[[Page, str], None]

LAPTOP = {"width": 1366, "height": 768}
WEIGHT = """[...performance.getEntriesByType('navigation'),
  ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.transferSize, 0)"""
"""Bytes on the wire of a first visit."""

SLOW_MS = 60_000  # a cold kernel on two busy cores


def replay(lab: Lab, folder: Path) -> str:
    """Feed recorded files into the running laboratory, as an operator would."""
    environment = os.environ | {
        "STADTLABOR_HOME": str(lab.home),
        "STADTLABOR_SETTINGS": str(lab.home.parent / "settings.toml"),
    }
    command = [sys.executable, "-m", "stadtlabor", "replay", str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


def test_footfall_changes_while_one_watches(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    page = visit(f"{town.address}/apps/passantenfrequenz", size)
    answer = page.locator(".stadtlabor-answer")
    expect(answer).to_contain_text("In der letzten Stunde gingen", timeout=SLOW_MS)
    expect(answer).to_contain_text("simuliert")
    before = answer.inner_text()
    expect(page.locator(".leaflet-interactive").first).to_be_visible()
    expect(page.get_by_role("button", name="Näher heran")).to_be_visible()
    places = page.get_by_role("listbox")
    place = places.locator("option", has_text="Residenzplatz")
    expect(place).to_be_attached(timeout=SLOW_MS)  # counters come one by one to a young city
    places.select_option(label=place.inner_text())
    expect(page.get_by_label("Zählstelle", exact=True)).to_have_value(
        "Residenzplatz (erfundener Zähler)"
    )
    expect(page.locator(".stadtlabor-figure svg:visible").first).to_have_attribute(
        "aria-label", re.compile("Höchster Wert")
    )
    for number in (0, 1):
        chart = page.locator(".stadtlabor-figure").nth(number)
        expect(chart).to_contain_text("Residenzplatz (erfundener Zähler)")
    shot(page, "passantenfrequenz")
    assert fits(page)
    assert axe(page) == []
    expect(answer).not_to_have_text(before, timeout=90_000, use_inner_text=True)


def encoding(address: str) -> str:
    """Return how the proxy hands a page to a browser."""
    answer = httpx.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    return answer.headers.get("content-encoding", "")


def test_a_page_without_kernel_is_readable_without_script(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    address = f"{town.address}/seiten/passantenfrequenz"
    wait_for("a page with data", lambda: "Menschen an den" in httpx.get(address).text, 150)
    for script in (False, True):
        page = visit(address, size, script=script)
        expect(page.locator(".stadtlabor-answer")).to_contain_text("simuliert")
        expect(page.locator(".stadtlabor-figure svg:visible").first).to_have_attribute(
            "aria-label", re.compile("Höchster Wert")
        )
    shot(page, "passantenfrequenz-seite")
    assert fits(page)
    assert axe(page) == []
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert len(loaded) + 1 <= 12
    assert page.evaluate(WEIGHT) <= 300_000
    assert not [url for url in loaded if ".js" in url]
    wait_for("the page by brotli", lambda: encoding(address) == "br")
    page.get_by_role("link", name="Live ansehen").first.click()
    expect(page).to_have_url(re.compile("/apps/passantenfrequenz"))


def test_recorded_wuerzburg_shows_its_defect(
    visit: Visit, shot: Shot, town: Lab, shared_data: Path, tmp_path: Path
) -> None:
    for name in ("wuerzburg_2024_hourly.csv.gz", "wuerzburg_locations.csv"):
        (tmp_path / name).symlink_to(shared_data / "innenstadt" / name)
    rows = town.collected
    assert "gebiet=Würzburg" in replay(town, tmp_path)
    wait_for("Würzburg in the store", lambda: town.collected >= rows + 26_018)
    page = visit(f"{town.address}/apps/passantenfrequenz?gebiet=Würzburg", LAPTOP)
    expect(page.locator(".stadtlabor-answer")).to_contain_text("Würzburg", timeout=SLOW_MS)
    expect(page.get_by_text("Um 23 Uhr steht an").first).to_be_visible()
    expect(page.get_by_text("Das ist ein Fehler der Übertragung").first).to_be_visible()
    shot(page, "wuerzburg")


def test_recorded_storm_runs_through_the_pipeline_to_the_rain_app(
    visit: Visit, axe: Axe, shot: Shot, town: Lab, shared_data: Path
) -> None:
    replay(town, shared_data / "rain" / "radklim_yw_20170816")
    archive = town.home / "runs" / "regenwarnung"

    def recorded() -> list[dict[str, object]]:
        found = [json.loads(p.read_text()) for p in archive.glob("20170816*/run.json")]
        return [run for run in found if run["status"] == "done"]

    def issues() -> list[str]:
        return sorted(str(run["issue"]) for run in recorded())

    # On a slow machine the pipeline also finds times in between, while the storm still arrives.
    newest = ["2017-08-16T01:45:00+00:00", "2017-08-16T01:50:00+00:00"]
    wait_for("runs for the newest two times", lambda: issues()[-2:] == newest, 180)
    for run in recorded():
        assert str(run["data_version"]).startswith("rain-radar@")
        assert run["result"]["sentence"].startswith("In Kempten fallen")  # type: ignore[index]
        assert run["commit"] is not None
        assert len(str(run["code_hash"])) == 64
    for folder in archive.glob("20170816*"):
        assert (folder / "notebook.ipynb").is_file()
        assert len(list((folder / "figures").glob("*.svg"))) == 2
    page = visit(f"{town.address}/apps/regenlage", LAPTOP)
    chosen = page.get_by_label("Ausgabe")
    expect(chosen).to_be_visible(timeout=SLOW_MS)
    option = page.locator("option", has_text="16.08.2017 03:50")
    chosen.select_option(str(option.first.get_attribute("value")))
    expect(page.get_by_role("alert")).to_contain_text("Aufzeichnung vom 16.8.2017")
    expect(page.locator(".stadtlabor-answer")).to_contain_text("In Kempten fallen")
    page.locator("summary", has_text="Woher kommt diese Zahl?").click()
    expect(page.get_by_text("rain-radar@12")).not_to_have_count(0)
    shot(page, "regenlage")
    assert axe(page) == []


def test_rain_app_on_a_phone(visit: Visit, shot: Shot, town: Lab) -> None:
    page = visit(f"{town.address}/apps/regenlage", {"width": 360, "height": 740})
    expect(page.locator(".stadtlabor-answer")).to_be_visible(timeout=SLOW_MS)
    shot(page, "regenlage")
    assert fits(page)


@pytest.mark.logged_in
def test_a_pupil_works_through_the_lesson(
    visit: Visit, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    page = visit(f"{town.address}/", size)
    page.get_by_role("link", name="Was läuft in der Schule, wenn niemand da ist?").click()
    page.get_by_label("Dein Name im Stadtlabor").fill(f"dachs-{size['width']}")
    page.get_by_label("Passwort").fill(town.password)
    page.get_by_role("button", name="Anmelden").click()
    page.locator(".jp-MarkdownCell h2", has_text="Deine Vermutung").wait_for(timeout=SLOW_MS)
    page.get_by_text("Python 3 (ipykernel) | Leerlauf").wait_for(timeout=SLOW_MS)
    shot(page, "grundlast-vorher")
    page.get_by_text("Ausführen", exact=True).first.click()
    page.get_by_text("Alle Zellen ausführen", exact=True).click()
    field = page.get_by_label("Deine Antwort (kW)")
    field.scroll_into_view_if_needed(timeout=SLOW_MS)
    field.fill("viel")
    field.press("Enter")
    expect(page.get_by_text("Das ist keine Zahl")).to_be_visible()
    shot(page, "grundlast")
