"""The vacancy office, as browsers without script and scripts use it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from stadtlabor.innenstadt.access import Keys
from stadtlabor.innenstadt.vacancy import Actor, Owners, Register, Unit, add_photo, bookings
from stadtlabor.web.site import site

AMT = "/leerstand/amt"
CITIZEN = Actor("citizen", "buerger")
TODAY = date.today()  # noqa: DTZ011 – days of a form
LIST = (
    "Straße;Hausnummer;Fläche;Miete;Eigentümer;Status\n"
    "Rathausplatz;1;80;800;Huber;leer\nRathausplatz;2;90;900;Maier;belegt\n;4;10;100;;leer\n"
)
SHOP = {"street": "Fischerstraße", "house_number": "12", "area_m2": 84.5, "former_use": "Schuhe"}


class Person:
    """Somebody at a browser of her own."""

    def __init__(self, app, role: str, label: str) -> None:
        self.staff, self.key = Keys().invite(role, label)
        self.web = TestClient(app, follow_redirects=False)
        self.web.post(f"{AMT}/oeffnen", data={"key": self.key})

    def get(self, path: str = "") -> str:
        return self.web.get(AMT + path).text

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="(\w+)"', self.get())
        assert found
        return found[1]

    def post(self, path: str = "", **fields: str) -> httpx.Response:
        return self.web.post(AMT + path, data={"token": self.token, **fields})

    def fault(self, path: str = "", **fields: str) -> str:
        """Send a form that is refused, and return the sentence."""
        answer = self.post(path, **fields)
        found = re.search(r'role="alert"[^>]*>([^<]+)<', answer.text)
        assert found, (answer.status_code, answer.text[:300])
        assert answer.status_code in (401, 403, 404, 422)
        return found[1].replace("&#34;", '"')


@pytest.fixture
def app(empty_home: Path, monkeypatch):
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    return site()


@pytest.fixture
def register(app) -> Register:
    return Register()


@pytest.fixture
def editor(app) -> Person:
    return Person(app, "editor", "Wirtschaftsförderung 1")


@pytest.fixture
def publisher(app) -> Person:
    return Person(app, "publisher", "Amtsleitung")


@pytest.fixture
def agent(app) -> Person:
    return Person(app, "agent", "Hausverwaltung A")


@pytest.fixture
def shop(register) -> str:
    register.report(Unit(id="laden", **SHOP), CITIZEN, remark="Seit Ostern zu")
    return "/einheit/laden"


def state(register, unit: str = "laden") -> str:
    return register.unit(unit).state


# The door


def test_a_key_opens_and_the_cookie_is_for_these_pages_alone(app):
    staff, key = Keys().invite("editor", "Amt")
    web = TestClient(app, follow_redirects=False)
    assert "Ihr Schlüssel" in web.get(AMT).text
    assert web.get(f"{AMT}/einheiten").status_code == 401
    shown = web.get(f"{AMT}/oeffnen/{key}")
    assert key in shown.text
    assert "set-cookie" not in shown.headers
    assert 'name="onward" value="/leerstand/amt"' in shown.text
    assert f'value="{AMT}/neu"' in web.get(f"{AMT}/neu").text
    answer = web.post(f"{AMT}/oeffnen", data={"key": f" {key.upper()} ", "onward": f"{AMT}/neu"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{AMT}/neu")
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "Path=/leerstand/amt", "SameSite=strict"):
        assert part in cookie
    assert "Secure" not in cookie
    inside = web.get(AMT)
    assert "Was ist zu tun?" in inside.text
    assert inside.headers["cache-control"] == "no-store"
    assert "*" in inside.headers["vary"]
    Keys().revoke(staff.person)
    assert "passt nicht" in web.get(AMT).text


def test_the_cookie_is_secure_where_the_visitor_came_by_https(app):
    _, key = Keys().invite("editor", "Amt")
    web = TestClient(app, follow_redirects=False)
    told = {"x-forwarded-proto": "https"}
    assert (
        "Secure"
        in web.post(f"{AMT}/oeffnen", data={"key": key}, headers=told).headers["set-cookie"]
    )


def test_wrong_keys_set_no_cookie_and_slow_down(app, editor):
    web = TestClient(app, follow_redirects=False)
    for _ in range(2):
        answer = web.post(f"{AMT}/oeffnen", data={"key": "falsch"})
        assert answer.status_code == 401
        assert "passt nicht" in answer.text
        assert "set-cookie" not in answer.headers
    assert "Was ist zu tun?" in editor.get()  # who is inside waits for nobody


@pytest.mark.parametrize("onward", ["https://boese.example", "//boese.example", "/hub", "\\\\x"])
def test_the_door_leads_nowhere_else(app, onward):
    _, key = Keys().invite("editor", "Amt")
    web = TestClient(app, follow_redirects=False)
    answer = web.post(f"{AMT}/oeffnen", data={"key": key, "onward": onward})
    assert answer.headers["location"] == AMT


def test_forms_of_others_do_nothing(app, editor, publisher, register, shop):
    fields = {"unit": "laden", "move": "check"}
    for token in ("", "x", publisher.token):
        answer = editor.web.post(AMT, data=fields | {"token": token})
        assert answer.status_code == 403
    stranger = TestClient(app, follow_redirects=False)
    assert stranger.post(AMT, data=fields | {"token": editor.token}).status_code == 401
    told = {"sec-fetch-site": "cross-site"}
    answer = stranger.post(f"{AMT}/oeffnen", data={"key": editor.key}, headers=told)
    assert answer.status_code == 403
    assert state(register) == "reported"


def test_who_leaves_is_out(editor):
    assert editor.post("/schliessen").status_code == 303
    assert "Ihr Schlüssel" in editor.get()


def test_the_public_pages_set_no_cookie(editor):
    for path in ("/", "/leerstand", "/leerstand/melden", AMT):
        fresh = TestClient(editor.web.app).get(path)
        assert "set-cookie" not in fresh.headers


# The worklist


def test_from_report_to_map_with_one_click_each(editor, publisher, register, shop):
    page = editor.get()
    assert "Eine Aufgabe wartet" in page
    assert "Seit Ostern zu" in page
    for move in ("check", "propose"):
        answer = editor.post(unit="laden", move=move)
        assert answer.headers["location"] == f"{AMT}?getan={move}&wo=laden"
    assert "Erledigt: Fischerstraße 12" in editor.get("?getan=check&wo=laden")
    assert "Erledigt" not in editor.get("?getan=check&wo=sonstwas")
    assert "Wartet auf eine andere Person (1)" in editor.get()
    assert 'value="release"' not in editor.get()
    assert 'value="release"' in publisher.get()
    assert publisher.post(unit="laden", move="release").status_code == 303
    assert [i.values["id"] for i in register.public().items] == ["laden"]


def test_refusals_speak_the_words_of_the_register(editor, publisher, register, shop):
    assert "Der Grund fehlt" in editor.fault(unit="laden", move="reject")
    assert "Das dürfen: Freigabe" in editor.fault(unit="laden", move="redact")
    assert "geht hier nicht" in editor.fault(unit="laden", move="market")
    assert "steht nicht im Verzeichnis" in editor.fault(unit="fehlt", move="check")
    assert "gibt es nicht" in editor.fault(unit="laden", move="<script>")
    register.act("laden", "check", publisher.staff.actor)
    publisher.post(unit="laden", move="propose")
    assert "Zwei Personen" in publisher.fault(unit="laden", move="release")
    assert state(register) == "checked"


def test_a_step_thought_up_before_another_ones_is_refused(editor, publisher, register, shop):
    register.act("laden", "check", publisher.staff.actor)
    assert "gerade geändert" in editor.fault(unit="laden", move="propose", version="1")
    assert register.unit("laden").proposed_by == ""


def test_texts_that_may_name_a_person_wait_for_the_publisher(editor, publisher, register):
    facts = {**SHOP, "description": "Eigentümer Huber wohnt im Haus"}
    register.report(Unit(id="laden", **facts), editor.staff.actor)
    assert "Freigeben darf nur" in editor.get()
    mark = re.search(r'name="text" value="(\w+)"', publisher.get())
    assert mark
    assert publisher.post(unit="laden", move="clear", text=mark[1]).status_code == 303
    assert "Eigentümer Huber" not in publisher.get()


def test_duplicates_are_merged_and_come_back(editor, register, shop):
    register.report(Unit(id="laden-2", **SHOP), CITIZEN)
    assert "Vielleicht doppelt (1)" in editor.get()
    assert editor.post(unit="laden-2", move="merge", into="laden").status_code == 303
    assert register.unit("laden-2").merged_into == "laden"
    assert "Zusammengeführt mit" in editor.get("/einheit/laden-2")
    editor.post("/einheit/laden-2/schritt", move="restore")
    assert state(register, "laden-2") == "reported"


# The page of a unit


def test_facts_are_changed_the_german_way(editor, register, shop):
    form = {**{k: str(v) for k, v in SHOP.items()}, "area_m2": "1234,5", "wc": "ja", "version": "1",
            "equipment": "Theke, Licht", "description": "Hell und ruhig"}  # fmt: skip
    assert editor.post(f"{shop}/angaben", **form).headers["location"].endswith("?getan=edit")
    facts = register.unit("laden").facts
    assert facts is not None
    assert (facts.area_m2, facts.wc, facts.equipment) == (1234.5, True, ("Theke", "Licht"))
    assert "Ändern (Beschreibung für alle, Fläche (m²)" in editor.get(shop)
    assert (
        editor.post(f"{shop}/angaben", **form | {"version": "2"})
        .headers["location"]
        .endswith("nothing")
    )
    assert register.unit("laden").version == 2


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("area_m2", "viel", "„viel“ ist keine Zahl"),
        ("area_m2", "1.234", "nicht eindeutig"),
        ("area_m2", "-3", "„Fläche (m²)“ muss größer als"),
        ("lat", "47,7", "gehören zusammen"),
        ("blur_m", "0,5", "mindestens 1 m"),
        ("street", "", "Die Straße fehlt"),
        ("description", "x" * 2001, "länger als 2000 Zeichen"),
        ("description", "Tel. 0831 252530", "eine Telefonnummer"),
    ],
)
def test_facts_that_will_not_do_are_told_and_kept_in_the_form(
    editor, register, shop, field, value, said
):
    form = {**{k: str(v) for k, v in SHOP.items()}, "form": "facts", "zoning": "MK"}
    form[field] = value
    answer = editor.post(f"{shop}/angaben", **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="MK"' in answer.text
    assert register.unit("laden").version == 1


def test_only_possible_steps_are_offered(editor, publisher, register, shop):
    page = editor.get(shop)
    assert 'value="check"' in page
    assert 'value="market"' not in page
    register.act("laden", "check", editor.staff.actor)
    register.act("laden", "market", editor.staff.actor)
    fault = editor.fault(f"{shop}/schritt", move="place")
    assert "fehlt die Angabe" in fault
    editor.post(f"{shop}/schritt", move="place", kind="popup", reason="Markt der Schulen")
    assert register.unit("laden").placed_as == "popup"
    page = editor.get(shop)
    assert "Redaktion (Wirtschaftsförderung 1)" in page
    assert "Markt der Schulen" in page


def photo(colour: str) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(body, "JPEG")
    return body.getvalue()


def test_photos_come_are_released_by_another_and_go(editor, publisher, register, shop):
    file = {"file": ("laden.jpg", photo("red"), "image/jpeg")}
    data = {"token": editor.token, "alt": "Schaufenster"}
    answer = editor.web.post(f"{AMT}{shop}/foto", data=data, files=file)
    assert answer.status_code == 303
    name = register.unit("laden").photos[0][0]
    shown = editor.web.get(f"{AMT}{shop}/foto/{name}.jpg")
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert "Zwei Personen" in publisher.fault(
        unit="laden", move="release_photo", photo=own(register, publisher)
    )
    publisher.post(unit="laden", move="release_photo", photo=name)
    assert dict(register.unit("laden").photos)[name]
    editor.post(f"{shop}/schritt", move="remove_photo", photo=name)
    assert name not in dict(register.unit("laden").photos)
    assert editor.web.get(f"{AMT}{shop}/foto/{name}.jpg").status_code == 404
    broken = {"file": ("a.jpg", b"kein Foto", "image/jpeg")}
    answer = editor.web.post(f"{AMT}{shop}/foto", data=data, files=broken)
    assert "Die Datei ist kein Foto" in answer.text


def own(register, person) -> str:
    return add_photo(register, "laden", photo("blue"), person.staff.actor)


def test_days_are_booked_once_and_free_again(editor, register, shop):
    register.edit("laden", {"popup_possible": True}, editor.staff.actor)
    for move in ("check", "market"):
        register.act("laden", move, editor.staff.actor)
    days = {"start": (TODAY + timedelta(3)).isoformat(), "end": (TODAY + timedelta(9)).isoformat()}
    assert "Was" in editor.get(shop)
    assert "sagen Sie, was" in editor.fault(f"{shop}/buchung", **days)
    editor.post(f"{shop}/buchung", use="Werkstatt", **days)
    assert "schon gebucht" in editor.fault(f"{shop}/buchung", use="Chor", **days)
    assert "letzten Tag" in editor.fault(f"{shop}/buchung", use="Chor", start="morgen")
    page = editor.get(shop)
    assert page.count("belegt: Werkstatt") == 7
    made = bookings(register, "laden")[0]
    editor.post(f"{shop}/absage", booking=made.id, reason="Fällt aus")
    assert bookings(register, "laden") == []
    assert "gibt es nicht" in editor.fault(f"{shop}/absage", booking="fremd")


def test_owners_are_shown_for_a_purpose_and_every_look_is_kept(editor, shop):
    Owners().put("laden", {"name": "Huber", "phone": "0831 1"}, editor.staff.actor, "Aufnahme")
    at = f"{shop}/eigentum"
    assert "Huber" not in editor.get(at)
    assert "Der Grund fehlt" in editor.fault(at, action="show")
    assert "Huber" not in editor.post(at, action="show").text
    page = editor.post(at, action="show", why="Rückfrage zur Heizung").text
    assert "Huber" in page
    assert "Rückfrage zur Heizung" in page
    assert "Telefonnummer" in editor.fault(at, action="show", why="Anruf 0831 252530")
    page = editor.post(at, action="save", why="Neue Nummer", name="Huber", phone="0831 2").text
    assert "Geänderte Felder: 1" in page
    assert "bestätigen" in editor.fault(at, action="forget", why="Löschung verlangt")
    page = editor.post(at, action="forget", why="Löschung verlangt", sure="1").text
    assert "Felder, die es gab: 2" in page
    assert Owners().read("laden", editor.staff.actor, "Probe") == {}
    assert [a.what for a in Owners().audit("laden")].count("forget") == 1


def test_remarks_are_read_inside_and_erased(editor, publisher, register, shop):
    page = editor.get(shop)
    assert "Seit Ostern zu" in page
    ((mark, _),) = register.remarks("laden")
    editor.post(f"{shop}/hinweis", remark="Frau Huber ruft zurück")
    assert len(register.remarks("laden")) == 2
    editor.post(f"{shop}/hinweis", erase=mark)
    assert [text for _, text in register.remarks("laden")] == ["Frau Huber ruft zurück"]
    publisher.post(f"{shop}/schwaerzen", words="Frau Huber", reason="Löschung verlangt")
    assert [text for _, text in register.remarks("laden")] == ["[gelöscht] ruft zurück"]
    assert "dürfen: Freigabe" in editor.fault(f"{shop}/schwaerzen", words="ruft", reason="Probe")


def test_a_remark_of_another_unit_stays(editor, register, shop):
    register.report(Unit(id="fern", street="Am Markt"), CITIZEN, remark="bleibt hier")
    ((mark, _),) = register.remarks("fern")
    editor.post(f"{shop}/hinweis", erase=mark)
    assert len(register.remarks("fern")) == 1


def test_an_agent_sees_the_units_of_the_own_owner_alone(agent, editor, register, shop):
    assert "steht nicht im Verzeichnis" in agent.get(shop)
    assert "Fischerstraße" not in agent.get("/einheiten")
    assert "steht nicht im Verzeichnis" in agent.fault(f"{shop}/hinweis", remark="Hallo")
    editor.post(f"{shop}/schritt", move="appoint", agent=agent.staff.person)
    page = agent.get(shop)
    assert "Fischerstraße 12" in page
    assert "Seit Ostern zu" not in page
    assert "Wirtschaftsförderung" not in page.replace("Wirtschaftsförderung 1</p>", "")
    assert "Fischerstraße" in agent.get("/einheiten")
    for path in (f"{shop}/eigentum", "/neu", "/einlesen", "/rundgang"):
        assert agent.web.get(AMT + path).status_code == 403
    assert "nur Redaktion" in agent.fault(f"{shop}/eigentum", action="show", why="Neugier")
    assert "nur Redaktion" in agent.fault("/rundgang", id="a" * 24, what="used", unit="laden")
    assert "nur Redaktion" in agent.fault(f"{shop}/hinweis", erase="x")
    assert state(register) == "reported"


# All units


def test_units_are_filtered_and_made(editor, register, shop):
    answer = editor.post(
        "/neu", street="Gerberstraße", house_number="3", move="enrol", area_m2="70"
    )
    unit = re.search(r"/einheit/([\w-]+)\?", answer.headers["location"])
    assert unit
    assert state(register, unit[1]) == "occupied"
    assert "2 Einheiten" in editor.get("/einheiten")
    assert "Gerberstraße 3" not in editor.get("/einheiten?stand=reported").split("<table")[1]
    assert "Eine Einheit" in editor.get("/einheiten?strasse=Gerberstra%C3%9Fe&seite=99999999")
    assert "Eine Einheit" in editor.get("/einheiten?stand=reported&seite=x")
    assert "Hausnummer fehlt" in editor.fault("/neu", street="Gerberstraße", move="report")
    assert "leer steht" in editor.fault("/neu", street="Gerberstraße", house_number="3")


def test_a_list_is_read_asked_about_taken_and_taken_back(editor, register, empty_home):
    data, file = {"token": editor.token}, {"file": ("läden.csv", LIST.encode(), "text/csv")}
    page = editor.web.post(f"{AMT}/einlesen", data=data, files=file).text
    assert "Miete für den Monat oder je m²?" in page
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key
    assert "wählen Sie eine Antwort" in editor.fault(
        "/einlesen/weiter", key=key[1], action="answer"
    )
    page = editor.post("/einlesen/weiter", key=key[1], action="answer", tag="miete-monat").text
    assert "Zeile 4: Die Straße fehlt" in page
    assert "Rathausplatz 1" in page
    assert "Zu 2 Zeilen nennt die Liste Personen" in page
    assert register.units() == {}
    step = {"key": key[1], "tags": "miete-monat", "action": "take", "reason": "Begehung"}
    bad = editor.post("/einlesen/weiter", **step, checked="2999-01-01")
    assert "heute oder früher" in bad.text
    page = editor.post("/einlesen/weiter", **step, owners="1").text
    assert "Übernommen: 2 neu" in page
    assert "Angaben zum Eigentum: 2" in page
    assert sorted(s.state for s in register.units().values()) == ["occupied", "reported"]
    assert not list((empty_home / "vacancy" / "uploads").iterdir())
    operation = re.search(r'name="operation" value="(\w+)"', editor.get("/einlesen"))
    assert operation
    page = editor.post("/einlesen/zurueck", operation=operation[1], reason="Falsche Liste").text
    assert "Zurückgenommene Einheiten: 2" in page
    assert {s.state for s in register.units().values()} == {"archived"}


def test_a_list_is_dropped_and_is_nobody_elses(editor, publisher, register, empty_home):
    data, file = {"token": editor.token}, {"file": ("leer.csv", LIST.encode(), "text/csv")}
    page = editor.web.post(f"{AMT}/einlesen", data=data, files=file).text
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key
    step = {"key": key[1], "tags": "miete-monat", "action": "take"}
    assert "nicht mehr da" in publisher.fault("/einlesen/weiter", **step)
    assert (
        "Nichts ist übernommen" in editor.post("/einlesen/weiter", key=key[1], action="drop").text
    )
    assert "nicht mehr da" in editor.fault("/einlesen/weiter", **step)
    assert not list((empty_home / "vacancy" / "uploads").iterdir())


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("a.csv", b"", "wählen Sie eine Datei"),
        ("a.csv", b"Farbe;Form\nrot;rund\n", "Keine Spalte für die Anschrift"),
        ("a.xlsx", b"PK\x03\x04kaputt", "a.xlsx"),
        ("../../etc/x.csv", b"\x00\xff\xfe", "x.csv"),
    ],
)
def test_lists_that_cannot_be_read(editor, register, name, body, said):
    answer = editor.web.post(
        f"{AMT}/einlesen", data={"token": editor.token}, files={"file": (name, body)}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert register.units() == {}


def test_a_list_of_more_than_ten_megabytes_stays_outside(editor):
    file = {"file": ("gross.csv", b"x" * 10_100_000)}
    answer = editor.web.post(f"{AMT}/einlesen", data={"token": editor.token}, files=file)
    assert answer.status_code == 413


# The walk


def walked(person: Person, mark: str = "a", **fields: str) -> httpx.Response:
    told = {"token": person.token, "id": mark * 24, **fields}
    return person.web.post(f"{AMT}/rundgang", data=told, headers={"accept": "application/json"})


def test_the_walk_goes_by_house_numbers(editor, register):
    for number in ("12", "2 a", "2", "101", "9"):
        unit = Unit(id=f"x{number.replace(' ', '')}", street="Am Markt", house_number=number)
        register.enrol(unit, editor.staff.actor)
    page = editor.get("/rundgang?strasse=Am+Markt")
    assert re.findall(r'data-unit="(x\w+)"', page) == ["x2", "x2a", "x9", "x12", "x101"]


def test_a_step_sent_twice_counts_once(editor, register, shop):
    first = walked(editor, unit="laden", seen="reported", what="empty", remark="Scheibe kaputt")
    again = walked(editor, unit="laden", seen="reported", what="empty", remark="Scheibe kaputt")
    assert first.json() == again.json()
    assert first.json()["state"] == "checked"
    assert register.unit("laden").version == 2
    assert len(register.remarks("laden")) == 2
    walked(editor, "b", unit="laden", seen="checked", what="empty")
    assert [e.what for e in register.history("laden")] == ["report", "check", "recheck"]


@pytest.mark.parametrize(
    ("moves", "what", "after"),
    [
        (["check"], "used", "occupied"),
        (["check", "market"], "empty", "marketed"),
        (["refute"], "empty", "reported"),
        (["refute"], "used", "occupied"),
        ([], "used", "occupied"),
    ],
)
def test_what_is_seen_becomes_the_step_that_fits(editor, register, shop, moves, what, after):
    for move in moves:
        register.act("laden", move, editor.staff.actor)
    assert walked(editor, unit="laden", seen=state(register), what=what).json()["state"] == after


def test_what_others_have_entered_meanwhile_is_not_overwritten(editor, publisher, register, shop):
    register.act("laden", "check", publisher.staff.actor)
    register.act("laden", "found_let", publisher.staff.actor)
    answer = walked(editor, unit="laden", seen="checked", what="empty")
    assert answer.status_code == 409
    assert "Jemand anderes hat inzwischen „belegt“ eingetragen" in answer.json()["said"]
    assert state(register) == "occupied"
    # Two who saw the same do not contradict each other.
    assert walked(editor, unit="laden", seen="checked", what="used").json()["state"] == "occupied"


def test_whoever_changes_her_own_mind_may(editor, register, shop):
    walked(editor, "a", unit="laden", seen="reported", what="used")
    assert walked(editor, "b", unit="laden", seen="reported", what="empty").status_code == 200
    assert state(register) == "reported"


def test_a_late_step_keeps_its_time_and_never_comes_before_another(editor, register, shop):
    answer = walked(editor, unit="laden", seen="reported", what="empty", at="1999-01-01T00:00:00Z")
    assert answer.status_code == 200
    events = register.history("laden")
    assert events[1].at >= events[0].at
    for at in ("morgen", "2999-01-01T00:00:00Z", "2026-01-01T00:00:00", ""):
        mark = f"{len(register.history('laden')):x}"
        assert (
            walked(editor, mark, unit="laden", seen="checked", what="empty", at=at).status_code
            == 200
        )


def test_a_shop_that_is_not_there_yet(editor, register, shop):
    new = {"what": "new", "street": "Fischerstraße", "number": "14", "former": "Café"}
    made = walked(editor, "a", **new).json()
    assert walked(editor, "a", **new).json()["unit"] == made["unit"]
    assert state(register, made["unit"]) == "reported"
    assert "steht schon im Verzeichnis" in walked(editor, "b", **new).json()["said"]
    assert walked(editor, "c", **new | {"number": ""}).status_code == 422
    register.act("laden", "refute", editor.staff.actor)
    known = walked(editor, "d", **new | {"street": "Fischerstr.", "number": "12"}).json()
    assert (known["unit"], known["state"]) == ("laden", "reported")
    assert len(register.units()) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "kurz", "what": "used", "unit": "laden"},
        {"what": "fliegen", "unit": "laden"},
        {"what": "remark", "unit": "laden"},
        {"what": "used", "unit": "fehlt"},
        {},
    ],
)
def test_steps_that_make_no_sense(editor, register, shop, fields):
    answer = walked(editor, **fields)
    assert answer.status_code == 422
    assert answer.json()["said"]
    assert register.unit("laden").version == 1


def test_the_walk_without_script(editor, register, shop):
    form = {"id": "c" * 24, "unit": "laden", "seen": "reported", "what": "empty"}
    answer = editor.post("/rundgang", at_street="Fischerstraße", **form)
    assert answer.status_code == 303
    assert "Eingetragen." in editor.get(answer.headers["location"].removeprefix(AMT))


def test_the_worker_may_serve_the_office_and_keeps_the_walk_alone(app):
    answer = TestClient(app).get(f"{AMT}/dienst.js")
    assert answer.headers["service-worker-allowed"] == AMT
    assert "/static/" in answer.text
