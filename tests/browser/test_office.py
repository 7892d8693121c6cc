"""The vacancy office: worklist, a unit, an import, and the walk down a street without a net."""

from __future__ import annotations

import contextlib
import io
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Error, Page, expect

from stadtlabor.innenstadt.access import Keys
from stadtlabor.innenstadt.vacancy import Actor, Register, Unit, add_photo, book

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
AMT = "/leerstand/amt"
CITIZEN = Actor("citizen", "buerger")
LIST = (
    "Straße;Hausnummer;Fläche;Miete;Status\n"
    "Brandstatt;1;80;800;leer\nBrandstatt;2;90;;belegt\n;4;1;;leer\n"
)

pytestmark = pytest.mark.logged_in


@pytest.fixture
def register(lab, monkeypatch) -> Register:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    return Register(lab.home / "vacancy")


@pytest.fixture
def key(lab, register):
    """Return a function that makes a key: role → (person, key)."""
    keys = Keys(lab.home / "vacancy")
    return lambda role: keys.invite(role, f"Probe {role}")


def enter(page: Page, key: str) -> None:
    page.get_by_label("Ihr Schlüssel").fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Abmelden")).to_be_visible()


def narrow(page: Page) -> None:
    """No page is wider than its window."""
    width = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]


def until(page: Page, true: str) -> None:
    """Wait in the page; the page's policy forbids what Playwright would evaluate there itself."""
    for _ in range(300):
        with contextlib.suppress(Error):  # the page has just been left
            if page.evaluate(f"(async () => Boolean({true}))()"):
                return
        page.wait_for_timeout(100)
    raise AssertionError(f"not within 30 s: {true}")


def reported(register: Register, name: str, street: str, number: str, **facts) -> None:
    unit = Unit(id=name, street=street, house_number=number, former_use="Schuhe", **facts)
    register.report(unit, CITIZEN, remark="Seit Ostern leer, im Fenster hängt ein Zettel.")


def test_from_the_door_to_the_map(visit, shot, axe, register, key, size):
    name = f"weg-{size['width']}"
    reported(register, name, "Illerstraße", str(size["width"]), area_m2=84.5)
    page = visit(AMT, size)
    assert axe(page) == []
    shot(page, "amt-tuer")
    enter(page, key("editor")[1])
    place = f"Illerstraße {size['width']}"
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-aufgaben")
    page.get_by_role("button", name=f"Steht leer: geprüft: {place}").click()
    expect(page.get_by_role("status")).to_contain_text(f"Erledigt: {place}")
    page.get_by_role("button", name=f"Zur Freigabe vorschlagen: {place}").click()
    expect(page.get_by_role("status")).to_contain_text("Zur Freigabe vorschlagen")
    other = visit(f"{AMT}/oeffnen/{key('publisher')[1]}", size)
    other.get_by_role("button", name="Öffnen").click()
    other.get_by_role("button", name=f"Freigeben: {place}").click()
    expect(other.get_by_role("status")).to_contain_text("Freigeben")
    other.goto(other.url.split(AMT)[0] + "/leerstand")
    expect(other.get_by_text(place).first).to_be_visible()


def test_the_page_of_a_unit(visit, shot, axe, register, key, size):
    staff, opened = key("editor")
    name = f"einheit-{size['width']}"
    reported(register, name, "Gerberstraße", str(size["width"]), popup_possible=True, area_m2=120)
    for move in ("check", "market"):
        register.act(name, move, staff.actor)
    body = io.BytesIO()
    Image.effect_mandelbrot((900, 600), (-2, -1, 1, 1), 60).save(body, "PNG")
    add_photo(register, name, body.getvalue(), staff.actor, "Schaufenster")
    start = datetime.now(UTC).date() + timedelta(days=3)
    book(register, name, start, start + timedelta(days=9), "Markt der Schulen", staff.actor)
    page = visit(AMT, size)
    enter(page, opened)
    page.goto(f"{page.url.split('?')[0]}/einheit/{name}")
    page.get_by_text("Angaben ansehen und ändern").click()
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-einheit")
    page.get_by_label("Fläche (m²)").fill("viel")
    page.get_by_role("button", name="Änderung speichern").click()
    expect(page.get_by_role("alert")).to_contain_text("„viel“ ist keine Zahl")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_label("Fläche (m²)").fill("121,5")
    page.get_by_role("button", name="Änderung speichern").click()
    expect(page.get_by_role("definition").filter(has_text="121,5")).to_be_visible()
    page.get_by_label("Erster Tag").fill(start.isoformat())
    page.get_by_label("Letzter Tag").fill(start.isoformat())
    page.get_by_label("Was findet statt?").fill("Chorprobe")
    page.get_by_role("button", name="Buchen").click()
    expect(page.get_by_role("alert")).to_contain_text("schon gebucht")
    page.get_by_role("link", name="Angaben zum Eigentum").click()
    page.get_by_label("Wozu brauchen Sie").fill("Rückfrage zur Heizung")
    page.get_by_role("button", name="Angaben zeigen").click()
    page.get_by_label("Telefon").fill("0831 000")
    page.get_by_label("Wozu brauchen Sie").fill("Neue Nummer")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status")).to_contain_text("Geänderte Felder: 1")
    expect(page.get_by_role("cell", name="Rückfrage zur Heizung")).to_be_visible()
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-eigentum")


def test_a_list_by_hand(visit, shot, axe, register, key, size):
    page = visit(AMT, size)
    enter(page, key("editor")[1])
    page.get_by_role("link", name="Liste einlesen").click()
    file = {"name": "läden.csv", "mimeType": "text/csv", "buffer": LIST.encode()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]  # as documented
    page.get_by_role("button", name="Hochladen und ansehen").click()
    assert axe(page) == []
    shot(page, "amt-frage")
    page.get_by_label("Für den Monat").check()
    page.get_by_role("button", name="Weiter").click()
    expect(page.get_by_text("Zeile 4: Die Straße fehlt")).to_be_visible()
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-bericht")
    page.get_by_label("Woher ist die Liste?").fill("Begehung im Herbst")
    page.get_by_role("button", name="Übernehmen").click()
    expect(page.get_by_role("status")).to_contain_text("Übernommen")
    page.get_by_role("link", name="Einheiten").click()
    page.get_by_label("Straße").select_option("Brandstatt")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.get_by_text("2 Einheiten.")).to_be_visible()
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-einheiten")
    page.get_by_role("link", name="Neue Einheit anlegen").click()
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-neu")


def walk(visit, register: Register, key, street: str) -> Page:
    """Fill a street with four shops and open its walk on a phone."""
    staff, opened = key("editor")
    for number in ("1", "2", "3 a", "10"):
        name = f"{street.lower()}-{number.replace(' ', '')}"
        register.enrol(Unit(id=name, street=street, house_number=number), staff.actor)
    register.report(Unit(id=f"{street.lower()}-10", street=street), CITIZEN)
    page = visit(AMT, PHONE)
    enter(page, opened)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.get_by_role("link", name="Rundgang").click()
    page.get_by_label("Straße").select_option(street)
    page.get_by_role("button", name="Straße öffnen").click()
    page.wait_for_url("**strasse=*")
    return page


def test_the_walk_without_a_net_loses_nothing(visit, shot, axe, register, key):
    page = walk(visit, register, key, "Nordgasse")
    assert axe(page) == []
    narrow(page)
    shot(page, "amt-rundgang")
    assert page.locator(".office-doors h2").all_inner_texts() == [
        "Nordgasse 1", "Nordgasse 2", "Nordgasse 3 a", "Nordgasse 10",
    ]  # fmt: skip
    page.get_by_role("button", name="Noch belegt: Nordgasse 1", exact=True).click()
    expect(page.locator("#gesagt")).to_contain_text("jetzt belegt")
    page.reload()  # now the worker has kept this page
    page.context.set_offline(True)
    page.get_by_role("button", name="Neu leer: Nordgasse 2").click()
    page.get_by_role("button", name="Noch leer: Nordgasse 10").click()
    page.get_by_role("button", name="Belegt: Nordgasse 10").click()  # thought better of it
    expect(page.locator("#warten")).to_contain_text("warten noch Schritte: 2")
    page.reload()
    expect(page.get_by_role("heading", name="Rundgang: Nordgasse")).to_be_visible()
    expect(page.locator("#warten")).to_contain_text("warten noch Schritte: 2")
    expect(page.get_by_role("button", name="Belegt: Nordgasse 10")).to_have_attribute(
        "aria-pressed", "true"
    )
    assert axe(page) == []
    shot(page, "amt-rundgang-ohne-netz")
    # Meanwhile somebody else decides otherwise about number 10.
    other = key("publisher")[0].actor
    register.act("nordgasse-10", "check", other)
    register.act("nordgasse-10", "archive", other, "Gebäude wird abgerissen")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#warten")).to_be_hidden()
    assert register.unit("nordgasse-2").state == "reported"
    assert register.unit("nordgasse-10").state == "archived"
    told = page.locator("#nicht-liste")
    expect(told).to_contain_text("Jemand anderes hat inzwischen „abgelegt“ eingetragen")
    page.reload()
    expect(told).to_contain_text("Nordgasse 10")
    assert axe(page) == []
    shot(page, "amt-rundgang-konflikt")
    page.get_by_role("button", name="Gelesen").click()
    expect(page.locator("#nicht")).to_be_hidden()


def test_a_reply_that_is_lost_makes_no_second_step(visit, register, key):
    page = walk(visit, register, key, "Suedgasse")

    # The server has the step, the phone never hears so.
    page.evaluate(
        """() => {
          const real = window.fetch;
          window.fetch = async (...sent) => {
            await real(...sent);
            window.fetch = real;
            window.lost = true;
            throw new TypeError("lost");
          };
        }"""
    )
    page.get_by_role("button", name="Neu leer: Suedgasse 1", exact=True).click()
    until(page, "window.lost")
    expect(page.locator("#warten")).to_contain_text("warten noch Schritte: 1")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#warten")).to_be_hidden()
    expect(page.locator("#nicht")).to_be_hidden()
    events = register.history("suedgasse-1")
    assert [e.what for e in events] == ["enrol", "report"]


def test_who_logs_out_leaves_no_page_but_the_steps(visit, register, key):
    page = walk(visit, register, key, "Westgasse")
    page.reload()
    page.context.set_offline(True)
    page.get_by_role("button", name="Neu leer: Westgasse 1", exact=True).click()
    page.context.clear_cookies()  # as if the key had been revoked
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#gesagt")).to_contain_text("melden Sie sich neu an")
    page.goto(page.url.split("/rundgang")[0])
    expect(page.locator("#warten")).to_contain_text("warten noch Schritte: 1")
    until(page, "!(await caches.match('/leerstand/amt/rundgang?strasse=Westgasse'))")
    assert register.unit("westgasse-1").state == "occupied"


def test_a_shop_that_is_missing_is_reported_by_keyboard(visit, register, key):
    page = walk(visit, register, key, "Ostgasse")
    page.get_by_text("Hier fehlt ein Laden").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Hausnummer").focus()
    page.keyboard.type("7")
    page.keyboard.press("Enter")
    expect(page.locator("#gesagt")).to_contain_text("Ostgasse 7: eingetragen, jetzt gemeldet")
    page.get_by_role("button", name="ungerade").click()
    expect(page.get_by_role("heading", name="Ostgasse 2")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("heading", name="Ostgasse 7")).to_be_visible()
