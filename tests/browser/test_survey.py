"""The survey on a phone: filled in by touch and by keyboard, without a net, without script."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}
LAPTOP = {"width": 1366, "height": 768}


def call(page: Page, persons: int = 30) -> tuple[str, str]:
    """Start a survey on an open start page; return code and address of the result."""
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    page.get_by_label("Name der Schule").fill("Beispielschule")
    page.get_by_label("Wie viele Personen").fill(str(persons))
    page.get_by_label("Letzter Tag").fill(day)
    page.get_by_role("button", name="Umfrage starten").click()
    return page.locator(".survey-code").inner_text(), page.url


def answer(page: Page, way: str = "Fahrrad") -> None:
    page.get_by_label("Jahrgang 5–7").check()
    page.get_by_role("group", name="Womit kommst du?").get_by_label(way, exact=True).check()
    page.get_by_label("Kilometer").first.fill("2,5")
    page.get_by_role("button", name="Antwort abschicken").click()


def test_a_teacher_calls_and_sees_the_result(visit, shot, axe, size):
    page = visit("/schulweg", size)
    assert axe(page) == []
    shot(page, "schulweg-start")
    code, result = call(page)
    assert axe(page) == []
    form = visit(f"/schulweg/{code}", PHONE)
    for way in ["Fahrrad"] * 6 + ["Bus"] * 5:
        answer(form, way)
        expect(form.locator("#gesagt")).to_contain_text("ist angekommen")
        expect(form.get_by_label(way, exact=True).first).not_to_be_checked()
    page.goto(result)
    expect(page.get_by_text("11 von 30 haben geantwortet").first).to_be_visible()
    expect(page.get_by_text("kommen mit: Fahrrad")).to_be_visible()
    shot(page, "schulweg-ergebnis")
    assert axe(page) == []


def test_the_form_on_a_phone(visit, shot, axe):
    code, _ = call(visit("/schulweg", LAPTOP))
    page = visit(f"/schulweg/{code}", PHONE)
    shot(page, "schulweg-formular")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    expect(page.get_by_text("Nur für das Auto").first).to_be_hidden()
    page.get_by_role("group", name="Womit kommst du?").get_by_label("Auto", exact=True).check()
    expect(page.get_by_text("Nur für das Auto").first).to_be_visible()
    page.get_by_label("Jahrgang 5–7").check()
    page.get_by_role("button", name="Antwort abschicken").click()
    expect(page.locator("#gesagt")).to_contain_text("Kilometer oder Minuten")
    shot(page, "schulweg-auto")


def test_without_a_net_the_answer_waits_and_leaves_by_itself(visit, shot):
    code, result = call(visit("/schulweg", LAPTOP))
    page = visit(f"/schulweg/{code}", PHONE)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()  # now the worker has kept this page
    page.context.set_offline(True)
    answer(page)
    expect(page.locator("#gesagt")).to_contain_text("bleibt auf diesem Gerät")
    expect(page.locator("#warten")).to_contain_text("warten noch Antworten: 1")
    page.reload()
    expect(page.get_by_role("heading", name="Dein Weg zur Schule")).to_be_visible()
    expect(page.locator("#warten")).to_contain_text("warten noch Antworten: 1")
    shot(page, "schulweg-ohne-netz")
    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#warten")).to_be_hidden()
    other = visit(result, LAPTOP)
    expect(other.get_by_text("1 von 30 haben geantwortet")).to_be_visible()


def test_by_keyboard_alone_and_without_script(visit):
    code, result = call(visit("/schulweg", LAPTOP))
    page = visit(f"/schulweg/{code}", PHONE, script=False)
    page.get_by_label("Jahrgang 1–4").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the first way of travelling: on foot
    for _ in range(1):
        page.keyboard.press("Tab")
    page.keyboard.type("1,2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("ist angekommen")).to_be_visible()
    expect(visit(result, LAPTOP).get_by_text("1 von 30")).to_be_visible()
