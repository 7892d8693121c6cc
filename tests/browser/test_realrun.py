"""From a question to a released table, over the desk of the staff."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from metered_home import QUESTION, asking, declare, meter
from running import Lab, free_ports, wait_for
from stadtlabor import realrun
from stadtlabor.innenstadt.access import Keys
from stadtlabor.realrun import desk
from stadtlabor.realrun.queue import work_once
from stadtlabor.realrun.state import requests
from stadtlabor.realrun.widget import hand_in

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
DESK = "/leerstand/amt/datenlauf"

pytestmark = [pytest.mark.logged_in, pytest.mark.timeout(300)]


@dataclass
class House:
    """A home with meters, and the pages over it."""

    address: str
    home: Path

    def key(self, role: str) -> str:
        return Keys(self.home / "vacancy").invite(role, f"Probe {role}")[1]

    def ask(self, folder: Path, source: str) -> str:
        path = folder / "strom.ipynb"
        path.write_text(source)
        return hand_in(path, QUESTION)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("asked")
    (folder / "home").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA"):
            patch.delenv(name, raising=False)
        patch.setenv("STADTLABOR_HOME", str(folder / "home"))
        meter(folder / "home")
        (port,) = free_ports(1)
        settings = folder / "settings.toml"
        settings.write_text(f"[serve]\nweb_port = {port}\n[simulation]\nenabled = false\n")
        environment = {**os.environ, "STADTLABOR_SETTINGS": str(settings)}
        server = subprocess.Popen([sys.executable, "-m", "stadtlabor.web"], env=environment)
        address = f"http://127.0.0.1:{port}"

        def ready() -> bool:
            try:
                return httpx.get(f"{address}/health").status_code == 200
            except httpx.HTTPError:
                return False

        wait_for("pages", ready)
        yield House(address, folder / "home")
        server.terminate()
        server.wait(30)


def enter(page: Page, key: str) -> None:
    page.get_by_label("Ihr Schlüssel").fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def looked_at(page: Page, axe, shot, name: str) -> None:
    """Look at a page on a laptop and on a phone."""
    for size in (LAPTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # two numbers
        assert axe(page) == []
        width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1], name
        shot(page, name)
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]  # two numbers


def test_from_the_question_to_the_table(
    house: House, visit, shot, axe, lab: Lab, tmp_path: Path
) -> None:
    id_ = house.ask(tmp_path, asking())
    wait_for("the request", lambda: any(one.id == id_ for one in requests()))
    page = visit(house.address + DESK, LAPTOP, script=False)
    enter(page, house.key("publisher"))
    expect(page.get_by_role("link", name="Code lesen und entscheiden")).to_be_visible()
    page.close()
    page = visit(house.address + DESK, LAPTOP)
    enter(page, house.key("publisher"))
    looked_at(page, axe, shot, "datenlauf-liste")
    page.get_by_role("link", name="Code lesen und entscheiden: Strom der Schulen").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("mit echten Werten rechnen?")
    expect(page.get_by_text("realrun.release('per_day', table, count='schools')")).to_be_visible()
    looked_at(page, axe, shot, "datenlauf-antrag")
    # Without her word that it is not her own nothing happens.
    page.get_by_role("button", name="Code genehmigen").click()
    expect(page.get_by_role("alert")).to_contain_text("nicht selbst geschrieben")
    page.get_by_label("Ich habe dieses Notebook nicht selbst geschrieben.").check()
    page.get_by_role("button", name="Code genehmigen").click()
    expect(page.get_by_role("status")).to_contain_text("Genehmigt")
    assert work_once() == 1  # the service "realrun" does that
    page.reload()
    page.get_by_role("link", name="Tabellen ansehen und entscheiden: Strom der Schulen").click()
    expect(page.get_by_role("table")).to_be_visible()
    looked_at(page, axe, shot, "datenlauf-ergebnis")
    page.get_by_label("Ich habe dieses Notebook nicht selbst geschrieben.").check()
    page.get_by_role("button", name="Tabellen freigeben").click()
    expect(page.get_by_role("status")).to_contain_text("Freigegeben")
    assert realrun.results(id_)["per_day"]["schools"].tolist() == [8, 8, 8, 8]
    _back(house, page, axe, shot, tmp_path)


def _back(house: House, page: Page, axe, shot, folder: Path) -> None:
    """Send one back whose table has a row of few."""
    id_ = house.ask(folder, asking())
    wait_for("the request", lambda: any(one.id == id_ for one in requests()))
    desk.approve(id_, "b-berta", "publisher", not_own=True)
    declare(id_, ["2026-11-02", 1.5, 8], ["2026-11-03", 2.5, 2])
    page.goto(f"{house.address}{DESK}/{id_}")
    expect(page.get_by_role("button", name="Tabellen freigeben")).to_have_count(0)
    expect(page.get_by_text("Zeile 2: „schools“ liegt unter 5")).to_be_visible()
    looked_at(page, axe, shot, "datenlauf-abgelehnt")
    page.get_by_label("Warum geben Sie es zurück?").fill("Bitte gröber zusammenfassen")
    page.get_by_role("button", name="Zurückgeben").click()
    expect(page.get_by_role("status")).to_contain_text("Zurückgegeben")
    assert "Bitte gröber zusammenfassen" in realrun.standing(id_)
    looked_at(page, axe, shot, "datenlauf-liste-ende")
