"""From the desk to the public and back: clicks are counted, and how soon a page is gone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from counted_home import fill
from drafts import draft
from running import Lab, free_ports, wait_for
from stadtlabor.innenstadt.access import Keys
from stadtlabor.publishing import desk
from stadtlabor.publishing.queue import work_once

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
AMT = "/leerstand/amt"
DESK = f"{AMT}/veroeffentlichen"
MOST_CLICKS = 6
GONE_S = 5.0
PICTURE = (
    "from IPython.display import HTML\n"
    "HTML('<svg role=\"img\" aria-label=\"Balken\" width=\"80\" height=\"20\">"
    "<rect width=\"60\" height=\"20\"/></svg>')"
)  # fmt: skip

pytestmark = [pytest.mark.logged_in, pytest.mark.timeout(300)]


@dataclass
class House:
    """A home with counts, one notebook, and the pages over it."""

    address: str
    home: Path

    def key(self, role: str) -> str:
        return Keys(self.home / "vacancy").invite(role, f"Probe {role}")[1]


class Clicks:
    """Counts what a person clicks."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, page: Page, role: str, name: str) -> None:
        self.count += 1
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]  # a role


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("published")
    home, course = folder / "home", folder / "kurs"
    home.mkdir()
    before = {n: os.environ.get(n) for n in ("STADTLABOR_HOME", "STADTLABOR_REGISTERS",
                                             "STADTLABOR_DATA")}  # fmt: skip
    for name in before:
        os.environ.pop(name, None)
    os.environ["STADTLABOR_HOME"] = str(home)
    fill(home, 20)
    (course / "innenstadt").mkdir(parents=True)
    for name, title in (("probe", "Probe der Zählung"), ("andere", "Andere Probe")):
        text = draft("print(6 * 7)", PICTURE, title=title, question=f"Was sagt {title}?",
                     heading=f"# Was sagt {title}?") if name == "andere" else draft()  # fmt: skip
        (course / "innenstadt" / f"{name}.ipynb").write_text(text)
    (port,) = free_ports(1)
    settings = folder / "settings.toml"
    settings.write_text(f"[serve]\nweb_port = {port}\n[simulation]\nenabled = false\n")
    environment = {**os.environ, "STADTLABOR_SETTINGS": str(settings),
                   "STADTLABOR_NOTEBOOKS": str(course)}  # fmt: skip
    server = subprocess.Popen([sys.executable, "-m", "stadtlabor.web"], env=environment)
    address = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            return httpx.get(f"{address}/veroeffentlicht").status_code == 200
        except httpx.HTTPError:
            return False

    wait_for("pages", ready)
    yield House(address, home)
    server.terminate()
    server.wait(30)
    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value


def enter(page: Page, key: str) -> None:
    page.get_by_label("Ihr Schlüssel").fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def narrow(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def test_six_clicks_to_the_public_and_one_back(house: House, visit, shot, axe, lab: Lab) -> None:
    click = Clicks()
    editor = visit(house.address + DESK, LAPTOP)
    enter(editor, house.key("editor"))
    click(editor, "button", "Zur Prüfung geben: Wie viele gehen vorbei?")
    expect(editor.get_by_role("status")).to_contain_text("Die Prüfung läuft")
    shot(editor, "veroeffentlichen-laeuft")
    assert work_once() == 1  # the service "render" does that
    publisher = visit(house.address + DESK, LAPTOP)
    enter(publisher, house.key("publisher"))
    assert axe(publisher) == []
    shot(publisher, "veroeffentlichen-liste")
    click(publisher, "link", "Lesen und entscheiden: Probe der Zählung")
    expect(publisher.frame_locator("iframe").get_by_role("heading", level=1)).to_have_text(
        "Wie viele gehen vorbei?"
    )
    assert axe(publisher) == []
    shot(publisher, "veroeffentlichen-lesen")
    # Without her word that it is not her own nothing happens.
    publisher.get_by_role("button", name="Freigeben").click()
    expect(publisher.get_by_role("alert")).to_contain_text("nicht selbst geschrieben")
    click.count += 1
    publisher.get_by_label("Ich habe dieses Notebook nicht selbst geschrieben.").check()
    click(publisher, "button", "Freigeben")
    expect(publisher.get_by_role("status")).to_contain_text("Die Seite ist öffentlich")
    assert click.count <= MOST_CLICKS
    visitor = visit(f"{house.address}/", LAPTOP, script=False)
    shelf = visitor.get_by_role("region", name="Geprüft und veröffentlicht")
    link = shelf.get_by_role("link", name="Wie viele gehen vorbei?")
    for _ in range(10):
        if link.count():
            break
        visitor.wait_for_timeout(500)
        visitor.reload()
    link.first.click()
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Wie viele gehen vorbei?")
    public = visitor.url
    begin = time.monotonic()
    publisher.get_by_role("button", name="Zurückziehen: Probe der Zählung").click()
    while httpx.get(public).status_code != 410:
        assert time.monotonic() - begin < GONE_S
        time.sleep(0.1)
    while "Wie viele gehen vorbei?" in _published(house):
        assert time.monotonic() - begin < GONE_S
        time.sleep(0.1)
    visitor.reload()
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("nicht mehr öffentlich")
    shot(visitor, "veroeffentlicht-zurueckgezogen")


def _published(house: House) -> str:
    page = httpx.get(f"{house.address}/").text
    return page.partition('id="veroeffentlicht"')[2].partition("</section>")[0]


def test_the_pages_of_a_public_version(house: House, visit, size, shot, axe, lab: Lab) -> None:
    source = (house.home.parent / "kurs" / "innenstadt" / "andere.ipynb").read_text()
    id_ = desk.take(source, "a-anna", name=f"andere-{size['width']}")
    work_once()
    desk.collect()
    kept = desk.approve(id_, "b-berta", "publisher", not_own=True)
    page = visit(f"{house.address}/veroeffentlicht", size)
    assert axe(page) == []
    narrow(page)
    shot(page, "veroeffentlicht-liste")
    page.get_by_role("link", name="Was sagt Andere Probe?").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Was sagt Andere Probe?")
    assert axe(page) == []
    narrow(page)
    shot(page, "veroeffentlicht-seite")
    expect(page.get_by_text(kept.hash[:12]).first).to_be_visible()
    expect(page.get_by_text("Freigabe im Amt")).to_be_visible()
    page.get_by_role("link", name="Woher kommen die Zahlen?").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Woher kommen die Zahlen")
    assert axe(page) == []
    narrow(page)
    shot(page, "veroeffentlicht-herkunft")
    page.get_by_role("link", name="Zurück zur Seite").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Was sagt Andere Probe?")


def test_the_desk_on_a_phone(house: House, visit, shot, axe, lab: Lab) -> None:
    page = visit(house.address + DESK, PHONE)
    enter(page, house.key("publisher"))
    assert axe(page) == []
    narrow(page)
    shot(page, "veroeffentlichen-liste")
