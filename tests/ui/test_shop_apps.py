"""Map of vacant shops and what-if, with what a real web service tells about a real register."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import uvicorn

from running import free_ports
from stadtlabor.innenstadt.vacancy import Actor, Register, Unit
from stadtlabor.settings import Settings, home
from stadtlabor.ui import service
from stadtlabor.ui.match_app import MatchApp
from stadtlabor.ui.shops import _since
from stadtlabor.ui.vacancy_app import VacancyApp
from stadtlabor.web.site import site

EDITOR, PUBLISHER = Actor("editor", "e1"), Actor("publisher", "p1")
DAY = timedelta(days=1)


def offer(register: Register, name: str, days: int, **facts: object) -> None:
    """Put a shop onto the public list, checked so many days ago."""
    at = datetime.now(UTC) - days * DAY
    register.report(Unit.model_validate({"id": name, **facts}), EDITOR, at=at - 150 * DAY,
                    vacant_since=at - 150 * DAY)  # fmt: skip
    for what, actor in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
        register.act(name, what, actor, at=at)


@pytest.fixture
def away(monkeypatch):
    """A port where nobody answers."""
    (port,) = free_ports(1)
    stated = Settings.model_validate(
        {"serve": {"web_port": port}, "simulation": {"enabled": False}}
    )
    monkeypatch.setattr(service, "settings", lambda: stated)
    return port


@pytest.fixture
def register(empty_home, away):
    """An empty register behind a running web service."""
    found = Register(home() / "vacancy")
    application = site()
    server = uvicorn.Server(
        uvicorn.Config(application, port=away, log_level="error", lifespan="off")
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield found
    server.should_exit = True
    thread.join()


@pytest.fixture
def street(register):
    """Two shops in one street and an old record in another."""
    offer(register, "fischer-12", 12, street="Fischerstraße", house_number="12", area_m2=84.0,
          step_free=True, popup_possible=True, rent_eur_m2=18.0, rent_public=True, wc=True,
          extraction=True, zoning="MK", lat=47.7252, lon=10.3158)  # fmt: skip
    offer(register, "fischer-3", 2, street="Fischerstraße", house_number="3 <b>", area_m2=30.0,
          step_free=False, lat=47.7250, lon=10.3157)  # fmt: skip
    offer(register, "kloster-1", 120, street="Klostersteige", house_number="1", area_m2=200.0)
    return register


def test_the_chosen_shop_speaks_and_leads_on(street):
    app = VacancyApp()
    assert "3 von 3 Läden. Frei sind davon 3" in app.answer.value
    assert "simuliert" not in app.answer.value
    app.map.select("fischer-12")
    said = "Fischerstraße 12, 84 m², leer seit 5 Monaten, zuletzt geprüft vor 12 Tagen"
    assert said in app.map.spoken.value
    assert 'href="/leerstand/fischer-12/expose.pdf"' in app.links.value
    assert "Die Karte zeigt 2 von 3 Läden" in app.map.summary.value
    assert "<b>" not in app.map.table.value


def test_an_old_record_has_its_own_colour_and_mark(street):
    app = VacancyApp()
    assert [name[0] for name, _ in app.map.list.options] == ["●", "●", "○"]
    assert app.map.places.loc["kloster-1", "meaning"] != app.map.places.loc["fischer-12", "meaning"]


def test_every_filter_narrows_list_and_picture(street):
    app = VacancyApp("Fischerstraße")
    assert len(app.map.places) == 2
    app.step_free.value = True
    assert list(app.map.places.index) == ["fischer-12"]
    app.step_free.value, app.popup.value, app.area.value = False, True, 90
    assert "Nehmen Sie eine Bedingung weg" in app.answer.value
    assert app.bars.value == app.links.value == ""
    app.street.value, app.popup.value = "", False
    assert list(app.map.places.index) == ["kloster-1"]


def test_the_address_filters_and_survives_nonsense(street, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "strasse=Fischerstra%C3%9Fe&flaeche=50&kurz=1")
    assert list(VacancyApp().map.places.index) == ["fischer-12"]
    monkeypatch.setenv("QUERY_STRING", "strasse=gibt-es-nicht&flaeche=%C2%B2-5")
    assert len(VacancyApp().map.places) == 3


def test_an_empty_register_and_a_silent_service_are_told(register):
    assert "Gerade ist kein Laden frei" in VacancyApp().answer.value
    assert "Gerade ist kein Laden frei" in MatchApp().answer.value


def test_a_silent_service_is_told(away):
    assert "nicht erreichbar" in VacancyApp().answer.value
    assert "nicht erreichbar" in MatchApp().answer.value


def test_moving_a_control_ranks_anew_with_reasons(street):
    app = MatchApp("cafe")
    assert "Passend: 1 von 3 Läden" in app.answer.value
    assert "Fischerstraße 12" in app.answer.value
    assert "vorher" not in app.list.value
    for words in (
        "Dafür",
        "Dagegen",
        "Was müsste anders sein?",
        "scheidet aus",
        "/leerstand/fischer-12",
    ):
        assert words in app.list.value
    app.area.value = 150
    assert "Kein freier Laden passt ganz" in app.answer.value
    assert "vorher Platz 1" not in app.answer.value
    for box in app.flags.values():
        box.value = False
    assert "schied vorher aus" in app.list.value
    assert "<b>" not in app.list.value
    app.plan.value = "studio"
    assert app.rent.value == 8


def test_hours_that_end_before_they_begin_are_told(street):
    app = MatchApp()
    app.start.value = 20
    assert "endet vor ihrem Beginn" in app.answer.value
    assert app.list.value == ""


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (None, "unbekannt"),
        (12, "12 Tagen"),
        (45, "45 Tagen"),
        (152, "5 Monaten"),
        (800, "2 Jahren"),
    ],
)
def test_how_long_a_shop_stands_empty(days, said):
    assert said in _since(days)
