"""The pages of notebooks in operation, seen by a browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from running import ROOT, Lab, free_ports, wait_for

PROGRAM = str(Path(sys.executable).with_name("stadtlabor"))


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Pages over the runs of a real storm: two versions, one decision, one rerun, one failure."""
    stated = os.environ.get("STADTLABOR_SHARED")
    shared = Path(stated) if stated else ROOT.parent / "shared" / "data"
    storm = shared / "rain" / "radklim_yw_20170816"
    if not storm.is_dir():
        pytest.skip("recorded real data are not here (set STADTLABOR_SHARED)")
    folder = tmp_path_factory.mktemp("operated")
    (port,) = free_ports(1)
    settings = folder / "settings.toml"
    settings.write_text(f"[serve]\nweb_port = {port}\n[simulation]\nenabled = false\n")
    environment = {
        **os.environ,
        "STADTLABOR_HOME": str(folder / "home"),
        "STADTLABOR_SETTINGS": str(settings),
    }

    def types(*words: str, check: bool = True) -> str:
        return subprocess.run(
            [PROGRAM, *words], env=environment, cwd=folder, capture_output=True, text=True,
            timeout=300, check=check,
        ).stdout  # fmt: skip

    types("replay", str(storm))
    types("pipelines", "once")
    rain = (ROOT / "notebooks" / "dcl" / "regenwarnung.ipynb").read_text(encoding="utf-8")
    changed = folder / "regenwarnung.ipynb"
    changed.write_text(rain.replace("Prototyp der Starkregenwarnung", "Zweite Fassung"))
    types("promote", str(changed), "--as", "regenwarnung", "--why", "Genauere Worte")
    newest = sorted((folder / "home" / "runs" / "regenwarnung").glob("2*"))[-1].name
    types("promote", "rerun", f"regenwarnung/{newest}")
    wrong = ("-p", "place=nirgends", "-p", "issue=2017-08-16T01:30", "-p", "dataset=rain-radar")
    types("promote", "run", "regenwarnung", *wrong, check=False)
    server = subprocess.Popen([sys.executable, "-m", "stadtlabor.web"], env=environment)
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{address}/laeufe").status_code == 200
        except httpx.HTTPError:
            return False

    wait_for("pages", ready)
    yield address
    server.terminate()
    server.wait(30)


def test_list_run_and_difference(operated: str, visit, size, shot, axe, lab: Lab) -> None:
    page = visit(f"{operated}/laeufe", size)
    expect(page.get_by_role("heading", level=1)).to_have_text("Was rechnet gerade von selbst?")
    # The storm was years ago: nothing here may look as if it were the rain of today.
    expect(page.get_by_text("Veraltet ist: Regenwarnung.")).to_be_visible()
    assert axe(page) == []
    shot(page, "laeufe")
    page.get_by_role("link", name="Regenwarnung", exact=True).click()
    expect(page.get_by_text("Genauere Worte")).to_be_visible()
    assert axe(page) == []
    shot(page, "laeufe-pipeline")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"]
    page.get_by_role("link", name="Fassung 2 gegen Fassung 1").click()
    expect(page.locator("ins", has_text="Zweite Fassung")).to_be_visible()
    assert axe(page) == []
    shot(page, "laeufe-fassung")


def test_a_run_by_keyboard(operated: str, visit, size, shot, axe, lab: Lab) -> None:
    page = visit(f"{operated}/laeufe/regenwarnung", size)
    page.get_by_role("link", name="16.08.2017, 03:50 Uhr").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Was ergab „Regenwarnung“")
    expect(page.locator("figure.stadtlabor-figure").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    shot(page, "laeufe-lauf")
    page.get_by_role("link", name="Lauf davor").click()
    expect(page.get_by_role("link", name="Lauf danach")).to_be_visible()


def test_all_is_there_without_script(operated: str, visit, size, lab: Lab) -> None:
    page = visit(f"{operated}/laeufe", size, script=False)
    expect(page.get_by_role("link", name="Hinweise für die Schulen")).to_be_visible()
