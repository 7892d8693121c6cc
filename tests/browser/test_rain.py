"""The pages on heavy rain in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from running import Lab, start
from warned import ended, played, stands


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return a Stadtlabor whose warning says what the tests say."""
    folder = tmp_path_factory.mktemp("warned")
    (folder / "course").mkdir()
    stands(folder / "home")
    running = start(folder, folder / "course")
    try:
        yield running
    finally:
        running.stop()
        ended(folder / "home")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_warning(script, visit, town, shot, axe, size):
    stands(town.home, level=3)
    page = visit(f"{town.address}/regen", size, script=script)
    expect(page.get_by_role("status").first).to_contain_text("Stufe 3")
    expect(page.locator("#nord")).to_contain_text("Bleiben Sie im Haus")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if script:
        shot(page, "regen-warnung")
        assert axe(page) == []
        page.locator("#nord summary").first.press("Enter")
        expect(page.locator("#nord")).to_contain_text("Gehen Sie nicht in die Tiefgarage")


def test_no_reliable_data(visit, town, shot, axe, size):
    stands(town.home, age_min=40)
    page = visit(f"{town.address}/regen", size)
    expect(page.get_by_role("alert").first).to_contain_text("Keine verlässlichen Daten")
    expect(page.locator("#lage")).not_to_contain_text("Keine Warnung")
    shot(page, "regen-ohne-daten")
    assert axe(page) == []


def test_a_page_left_open_grows_old(visit, town):
    stands(town.home)
    page = visit(f"{town.address}/regen", {"width": 1366, "height": 768}, script=False)
    expect(page.locator("#lage")).to_be_visible()
    expect(page.locator("#alt")).to_be_hidden()
    # Turn the style sheet's clock instead of waiting ten minutes.
    page.evaluate(
        "document.getAnimations().forEach(one => { one.currentTime = 600500; one.finish(); })"
    )
    expect(page.locator("#alt")).to_be_visible()
    expect(page.locator("#lage")).to_be_hidden()


def test_the_ledger(visit, town, shot, axe, size):
    folder = town.home / "warning" / "replays" / "unwetter-2016"
    if not folder.exists():
        levels, sums = [2] * 12 + [0] * 24, [0.0] * 6 + [16.0] * 6 + [0.0] * 24
        played(folder, levels, sums)
    page = visit(f"{town.address}/regen/bilanz", size)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Wie oft")
    shot(page, "regen-bilanz")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
