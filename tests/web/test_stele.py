"""The stele: what it shows, what it keeps to itself, what it needs to stand without a net."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fastapi.testclient import TestClient

from stadtlabor.city import city
from stadtlabor.innenstadt.vacancy import Actor, Register, Unit
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.settings import home
from stadtlabor.store import Store
from stadtlabor.web import assets
from stadtlabor.web.site import site
from stadtlabor.web.street_day import SMALLEST, StreetDay, today

EDITOR, PUBLISHER = Actor("editor", "e1"), Actor("publisher", "p1")
DAY = timedelta(days=1)
NOON = pd.Timestamp("2026-11-25 13:10", tz="Europe/Berlin")  # a Wednesday


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    # Without the start of the service: no simulated stock.
    return TestClient(site(), follow_redirects=False)


def offered(name: str, days: int, **facts: object) -> None:
    """Put a shop onto the public list, checked so many days ago."""
    register, at = Register(home() / "vacancy"), datetime.now(UTC) - days * DAY
    told = {"id": name, "street": "Fischerstraße", "house_number": name[-1], **facts}
    register.report(Unit.model_validate(told), EDITOR, at=at - DAY)
    for what, actor in (("check", EDITOR), ("propose", EDITOR), ("release", PUBLISHER)):
        register.act(name, what, actor, at=at)


def counted(end: pd.Timestamp, per_hour: float, weeks: int = 8, gap: int = 0) -> None:
    """Store hours of two of the city's counters up to a moment; the second lacks its last ones."""
    store = Store(home() / "store")
    for n, counter in enumerate(city().counters[:2]):
        times = pd.date_range(
            end=end.floor("h") - pd.Timedelta("1h"), periods=weeks * 168, freq="h"
        )
        times = times.tz_convert("UTC")[: -gap if n and gap else None]
        # Counts that never move would be taken for a stuck counter.
        values = np.random.default_rng(n).poisson(per_hour, len(times))
        stream = Datastream(f"footfall/{counter.id}/hour", "Passanten", "pedestrians", "1", 3600,
                            "Stadt", "CC0", simulated=True)  # fmt: skip
        store.write(Batch(observations(stream.id, times, values, Quality.SIMULATED), [stream]))
    store.close()


def test_without_any_data_it_says_so(web):
    page = web.get("/stele")
    assert page.status_code == 200
    for words in ("Gerade gibt es keine Zählung", "Gerade ist kein geprüfter Laden frei"):
        assert words in page.text
    state = web.get("/stele/daten.json").json()
    assert [hour for hour, *_ in state["now"]["hours"]] == list(range(24))
    assert state["shops"]["items"] == []
    assert not state["now"]["simulated"]


def test_five_shops_the_freshest_first(web):
    for n, days in enumerate((40, 3, 12, 100, 7, 20, 1)):
        offered(f"laden-{n}", days, area_m2=80.0)
    shops = web.get("/stele/daten.json").json()["shops"]
    assert [shop["name"][-1] for shop in shops["items"]] == ["6", "1", "4", "2", "5"]
    assert shops["count"].startswith("7 Läden")
    assert not shops["simulated"]
    page = web.get("/stele").text
    assert page.count("<li>") == 5
    assert "zuletzt geprüft vor 3 Tagen" in page


def test_a_name_from_the_register_cannot_become_script(web):
    offered("laden-1", 2, area_m2=10.0, house_number="1</script><b>")
    page = web.get("/stele").text
    assert "</script><b>" not in page
    inside = re.search(r'id="worte">(.*?)</script>', page, re.DOTALL)[1]
    assert "<b>" in json.loads(inside)["state"]["shops"]["items"][0]["name"]


def test_today_is_added_up_only_where_all_counters_counted(empty_home):
    counted(NOON, 200, gap=2)
    found = today(NOON.to_pydatetime())
    hours = {hour.hour: hour for hour in found.hours}
    assert found.counters == 2
    assert found.simulated
    assert hours[10].count == pytest.approx(400, rel=0.2)
    assert hours[11].count is hours[12].count is None  # one of the two was silent
    assert hours[13].count is None  # not over yet
    assert hours[15].usual == pytest.approx(400, rel=0.2)
    assert found.last == hours[10]


def test_a_handful_of_people_is_not_published(empty_home):
    counted(NOON, 0.8)
    shown = [v for hour in today(NOON.to_pydatetime()).hours for v in (hour.count, hour.usual)]
    assert all(value is None or value >= SMALLEST for value in shown)


def test_what_is_usual_needs_some_weeks(empty_home):
    counted(NOON, 200, weeks=2)
    found = today(NOON.to_pydatetime())
    assert found.last is not None
    assert all(hour.usual is None for hour in found.hours)


def test_the_hour_is_compared_with_the_usual_one(web):
    counted(pd.Timestamp.now("Europe/Berlin"), 200)
    now = web.get("/stele/daten.json").json()["now"]
    if StreetDay().get().last is None:
        pytest.skip("the first hour of the day is not over")
    assert now["compared"] == "So voll wie sonst um diese Zeit."
    assert now["simulated"]
    assert "Heute am meisten" in now["alt"]


def test_codes_lead_to_pages_that_answer(web):
    page = web.get("/stele").text
    assert page.count('class="qr"') == 3
    for path in ("/leerstand", "/leerstand/melden", "/leerstand/passt"):
        assert f"testserver{path}<" in page
        assert web.get(path).status_code == 200


def test_the_worker_keeps_page_data_and_styles(web):
    worker = web.get("/stele/dienst.js")
    assert worker.headers["service-worker-allowed"] == "/stele"
    kept = json.loads(re.search(r"KEPT = (\[.*?\]);", worker.text)[1])
    assert {"/stele", "/stele/daten.json"} < set(kept)
    for path in kept:
        if not path.startswith(f"{assets.prefix()}/kern"):
            assert web.get(path).status_code == 200, path


def test_no_cookie_and_nothing_from_elsewhere(web):
    page = web.get("/stele")
    assert "set-cookie" not in page.headers
    assert "style=" not in page.text
    assert not re.search(r'(src|href)="https?://', page.text)
