"""A workshop room: phones, the leader's page, the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}
WALL = {"width": 1920, "height": 1080}


def opened(page: Page, mode: str = "Sofort") -> tuple[str, str]:
    """Open a room on the start page; return code and the leader's address."""
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    page.get_by_label("Name der Veranstaltung").fill("Stadtteilgespräch")
    page.get_by_label("Ihre Frage an den Raum").fill("Was fehlt in der Fischerstraße?")
    page.get_by_label("Letzter Tag").fill(day)
    page.get_by_label(mode).check()
    page.get_by_role("button", name="Raum öffnen").click()
    return page.locator(".survey-code").inner_text(), page.url


def say(page: Page, text: str) -> None:
    page.get_by_label("Was möchten Sie sagen?").fill(text)
    page.get_by_role("button", name="Abschicken").click()
    expect(page.locator("#gesagt")).to_contain_text("Danke!")


def test_from_the_phone_to_the_wall(visit, shot, axe):
    leader = visit("/raum", LAPTOP)
    assert axe(leader) == []
    code, _ = opened(leader)
    phone = visit(f"/raum/{code}", PHONE)
    assert axe(phone) == []
    say(phone, "Mehr Bänke im Schatten")
    expect(phone.locator("#liste")).to_contain_text("Mehr Bänke im Schatten")
    phone.get_by_role("button", name="Dafür").click()
    expect(phone.locator("#liste [aria-pressed=true]")).to_contain_text("Dafür 1")
    shot(phone, "raum-telefon")
    assert axe(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    other = visit(f"/raum/{code}", PHONE)
    expect(other.locator("#liste")).to_contain_text("Dafür 1")
    say(phone, "Ein Brunnen")
    expect(other.get_by_role("button", name="Neues anzeigen (1)")).to_be_visible()
    other.get_by_role("button", name="Neues anzeigen (1)").click()
    expect(other.locator("#liste")).to_contain_text("Ein Brunnen")
    wall = visit(f"/raum/leinwand/{code}", WALL)
    expect(wall.locator("#beste li").first).to_contain_text("Mehr Bänke im Schatten")
    say(other, "Trinkwasser für alle")
    expect(wall.locator("#letzte li").first).to_contain_text("Trinkwasser")
    shot(wall, "raum-leinwand")
    assert axe(wall) == []
    phone.get_by_role("button", name="Meine Beiträge ansehen").click()
    expect(phone.get_by_label("Ihr Beitrag 1")).to_have_value("Mehr Bänke im Schatten")
    expect(phone.get_by_text("Trinkwasser")).to_have_count(0)
    shot(phone, "raum-meine")
    assert axe(phone) == []


def test_a_place_by_keyboard_without_drawing(visit, shot, axe):
    code, _ = opened(visit("/raum", LAPTOP))
    phone = visit(f"/raum/{code}", PHONE)
    tab = phone.keyboard.press
    phone.get_by_label("Hinweis zu einem Ort").focus()
    tab("Space")
    tab("Tab")  # the list of places
    tab("Tab")  # the button of the map
    tab("Enter")
    expect(phone.locator(".place-map")).to_be_visible()
    phone.get_by_role("button", name="Nadel").focus()
    for _ in range(3):
        tab("ArrowUp")
    tab("Shift+ArrowRight")
    expect(phone.locator("#kartenbild [role=status]")).to_contain_text(" m ")
    place = phone.get_by_label("Wo?")
    expect(place).to_have_value("karte")
    shot(phone, "raum-karte")
    assert axe(phone) == []
    phone.get_by_role("button", name="Residenzplatz").press("Enter")
    expect(place).to_have_value("residenzplatz")
    phone.get_by_label("Was möchten Sie sagen?").fill("Hier ist es abends zu dunkel")
    tab("Tab")
    tab("Enter")
    expect(phone.locator("#gesagt")).to_contain_text("Danke!")
    expect(phone.locator("#liste")).to_contain_text("Hinweis zu einem Ort · Residenzplatz")


def test_without_a_net_the_contribution_waits(visit):
    code, _ = opened(visit("/raum", LAPTOP))
    phone = visit(f"/raum/{code}", PHONE)
    phone.context.set_offline(True)
    phone.get_by_label("Was möchten Sie sagen?").fill("Mehr Licht")
    phone.get_by_role("button", name="Abschicken").click()
    expect(phone.locator("#gesagt")).to_contain_text("bleibt auf diesem Gerät")
    expect(phone.locator("#warten")).to_contain_text("warten noch Beiträge: 1")
    phone.context.set_offline(False)
    expect(phone.locator("#warten")).to_be_hidden()
    phone.reload()
    expect(phone.locator("#liste")).to_contain_text("Mehr Licht")


def test_the_leader_moderates(visit, shot, axe):
    leader = visit("/raum", LAPTOP)
    code, _ = opened(leader, "Erst, wenn die Leitung")
    phone = visit(f"/raum/{code}", PHONE)
    say(phone, "Rufen Sie Frau Huber an")
    expect(leader.get_by_text("Wartet auf Sie (1)")).to_be_visible()
    expect(leader.get_by_text("Nennt vielleicht eine Person")).to_be_visible()
    shot(leader, "raum-leitung")
    assert axe(leader) == []
    leader.get_by_role("button", name="Ablehnen", exact=False).first.click()
    expect(leader.get_by_text("Wartet auf Sie (0)")).to_be_visible()
    say(phone, "Mehr Licht")
    expect(leader.get_by_text("Wartet auf Sie (1)")).to_be_visible()
    leader.get_by_role("button", name="Freigeben: Mehr Licht").click()
    expect(phone.locator("#liste")).to_contain_text("Mehr Licht")
    expect(phone.locator("#liste")).not_to_contain_text("Huber")
