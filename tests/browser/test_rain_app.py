"""Rain app and lesson on thresholds in a real browser, on a Stadtlabor with stored frames."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from running import ROOT, Lab, start
from skies import rained
from stadtlabor.learning.course import build
from warned import ended, stands

Visit = Callable[..., Page]
Axe = Callable[[Page], list[str]]
Shot = Callable[[Page, str], None]

LAPTOP = {"width": 1366, "height": 768}
SLOW_MS = 90_000


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a Stadtlabor with the real notebooks; nothing is collected."""
    folder = tmp_path_factory.mktemp("rain")
    build(ROOT / "notebooks", folder / "course")
    # Before the start, because then the collector is the only writer; the newest frame ends half
    # an hour from now, so that it is not out of date when the last test sees it.
    rained(folder / "home", age_min=-30)
    stands(folder / "home")
    running = start(folder, folder / "course" / "kurs")
    try:
        yield running
    finally:
        running.stop()
        ended(folder / "home")


def fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


def test_a_warning_on_the_map(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    stands(town.home, level=3)
    page = visit(f"{town.address}/apps/regenlage", size)
    answer = page.locator(".stadtlabor-answer")
    expect(answer).to_contain_text("Stufe 3", timeout=SLOW_MS)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("img.leaflet-image-layer")).to_have_count(1)
    places = page.get_by_role("listbox")
    entry = next(t for t in places.locator("option").all_inner_texts() if "Nord" in t)
    assert entry.startswith("3\xa0")
    # By keyboard alone: into the list, down to an entry, and hear it.
    places.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".stadtlabor-spoken")).to_contain_text("Stufe 2")
    shot(page, "regenlage-warnung")
    page.get_by_label("Karte zeigt:").select_option(index=1)
    expect(page.get_by_text("irgendwo in der Kachel")).to_be_visible()
    expect(page.locator("img.leaflet-image-layer")).to_have_count(0)
    expect(page.locator(".leaflet-marker-pane .stadtlabor-name", has_text="%")).not_to_have_count(0)
    shot(page, "regenlage-wahrscheinlichkeit")
    assert fits(page)
    assert axe(page) == []


def test_no_reliable_data_is_loud(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    stands(town.home, age_min=40)
    page = visit(f"{town.address}/apps/regenlage", size)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Keine verlässlichen Daten", timeout=SLOW_MS)
    expect(alert).to_be_in_viewport()
    expect(page.locator("#inhalt")).not_to_contain_text("keine Warnung")
    shot(page, "regenlage-veraltet")
    assert fits(page)
    assert axe(page) == []


def test_pupils_move_the_threshold(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], town: Lab
) -> None:
    page = visit(f"{town.address}/apps/wann-warnen-app", size)
    told = page.get_by_text(re.compile("Gewarnt wird ab 8 mm"))
    expect(told).to_be_visible(timeout=SLOW_MS)
    before = told.inner_text()
    handle = page.get_by_role("slider").first
    handle.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    after = page.get_by_text(re.compile("Gewarnt wird ab 4 mm"))
    expect(after).to_be_visible()

    def false_alarms(said: str) -> int:
        found = re.search(r"([\d.]+) Fehlalarme", said)
        assert found
        return int(found[1].replace(".", ""))

    assert false_alarms(after.inner_text()) > false_alarms(before)
    after.scroll_into_view_if_needed()
    shot(page, "wann-warnen")
    assert fits(page)
    assert axe(page) == []


@pytest.fixture(scope="module")
def report(town: Lab) -> str:
    """Make the page of the report as the operator's command does; return its address."""
    program = str(Path(sys.executable).with_name("stadtlabor"))
    environment = os.environ | {
        "STADTLABOR_HOME": str(town.home),
        "STADTLABOR_SETTINGS": str(town.home.parent / "settings.toml"),
        "STADTLABOR_NOTEBOOKS": str(town.notebooks),
    }
    done = subprocess.run(
        [program, "render", "modellbericht"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return f"{town.address}/seiten/modellbericht"


def test_the_report_needs_no_kernel_and_no_script(
    visit: Visit, axe: Axe, shot: Shot, size: dict[str, int], report: str
) -> None:
    page = visit(report, size, script=False)
    expect(page.locator(".stadtlabor-answer")).to_contain_text("waren falsch")
    expect(page.locator(".stadtlabor-answer")).to_contain_text("simuliert")
    expect(page.locator(".stadtlabor-figure svg[role=img]:visible")).to_have_count(4)
    page = visit(report, size)
    shot(page, "modellbericht")
    assert fits(page)
    assert axe(page) == []
