"""The stele in a real browser: turns, waits for hands, stands without a net."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

STELE = {"width": 1080, "height": 1920}
PHONE = {"width": 360, "height": 740}
TALL_PX = 88


def test_three_views_for_every_screen(visit, shot, axe, size):
    page = visit("/stele", size)
    for view in ("now", "shops", "join"):
        page.locator(f"[data-view={view}]").click()
        expect(page.locator(f"#{view}")).to_be_visible()
        assert page.locator(".view:visible").count() == 1
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_the_stele_is_reached_from_a_seat(visit, shot, axe):
    page = visit("/stele", STELE)
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert box["height"] >= TALL_PX
        assert box["y"] >= STELE["height"] * 2 / 3
    for view in ("now", "shops", "join"):
        page.locator(f"[data-view={view}]").click()
        assert page.evaluate("document.documentElement.scrollHeight") <= STELE["height"]
        assert axe(page) == []
        shot(page, f"stele-{view}")


def test_it_turns_by_itself_until_a_hand_comes(visit):
    page = visit("/stele", STELE)
    page.clock.install()
    page.reload()
    expect(page.locator("#now")).to_be_visible()
    page.clock.run_for(10_500)
    expect(page.locator("#shops")).to_be_visible()
    page.get_by_role("button", name="Jetzt").click()
    page.clock.run_for(40_000)  # who touches may read on
    expect(page.locator("#now")).to_be_visible()
    page.clock.run_for(30_000)
    expect(page.locator("#now")).to_be_hidden()
    page.get_by_role("button", name="Anhalten").press("Enter")
    shown = page.locator(".view:visible").get_attribute("id")
    page.clock.run_for(200_000)
    expect(page.locator(f"#{shown}")).to_be_visible()
    expect(page.get_by_role("button", name="Weiter")).to_have_attribute("aria-pressed", "true")


def test_who_wants_no_motion_turns_by_hand(visit):
    page = visit("/stele", STELE)
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    page.reload()
    page.clock.run_for(60_000)
    expect(page.locator("#now")).to_be_visible()
    page.get_by_role("button", name="Mitmachen").click()
    expect(page.locator("#join")).to_be_visible()


def test_it_stands_a_day_without_a_net_and_says_so(visit, shot):
    page = visit("/stele", STELE)
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    page.reload()
    expect(page.locator("#stand")).to_contain_text("Stand:")
    page.context.set_offline(True)
    now = datetime.now(UTC)
    for later, said in (
        (timedelta(hours=3), "Ohne Netz seit 3 Stunden"),
        (timedelta(hours=23), "23"),
    ):
        page.clock.set_fixed_time(now + later)
        page.reload()
        expect(page.locator("#stand")).to_contain_text(said)
        expect(page.locator("#now")).to_be_visible()
    shot(page, "stele-ohne-netz")
    page.clock.set_fixed_time(now + timedelta(hours=25))
    page.reload()
    expect(page.get_by_text("Seit über 24 Stunden ohne neue Daten")).to_be_visible()
    page.get_by_role("button", name="Jetzt").click()
    expect(page.locator("#now")).to_be_hidden()
    expect(page.locator("#join")).to_be_visible()


def test_it_reads_without_script(visit):
    page = visit("/stele", PHONE, script=False)
    for heading in ("Wie voll ist die Innenstadt gerade?", "Wo ist ein Laden frei?"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text("Dieses Bild braucht JavaScript")).to_be_visible()
