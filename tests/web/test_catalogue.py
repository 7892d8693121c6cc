"""The catalogue as everybody sees it: search, data sheets, rules, files, harvest."""

from __future__ import annotations

import io
import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
import rdflib
from fastapi.testclient import TestClient

from stadtlabor.catalogue import cards
from stadtlabor.catalogue.vocabulary import questions
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.settings import home
from stadtlabor.store import Store
from stadtlabor.web.site import site

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def web(empty_home: Path) -> TestClient:
    return TestClient(site(), base_url="https://stadt.example", follow_redirects=False)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS, folder)
    monkeypatch.setenv("STADTLABOR_DATASETS", str(folder))
    return folder


def stored(
    dataset: str, thing: str, what: str, observed: str, unit: str, hours: int, end: datetime = NOW
) -> str:
    """Keep hourly values that end now, or earlier; return the id of the series."""
    name = f"{dataset}/{thing}/{what}"
    times = pd.date_range(end=end, periods=hours, freq="h")
    frame = observations(name, times, [float(n) for n in range(hours)], Quality.SIMULATED)
    stream = Datastream(name, f"Reihe {thing}", observed, unit, 3600, "Test", "dl-de/by-2-0", True)
    store = Store(home() / "store", "Europe/Berlin")
    store.write(Batch(frame, [stream]))
    store.close()
    return name


def titles(page: str) -> list[str]:
    return re.findall(r'<h3[^>]*><a[^>]*href="/daten/([^"]+)"', page)


def test_all_data_sets_are_listed_and_linked_from_the_start(web: TestClient) -> None:
    page = web.get("/daten")
    assert page.status_code == 200
    assert sorted(titles(page.text)) == sorted(cards())
    assert f"{len(cards())} Datensätze, davon " in page.text
    assert 'href="/daten"' in web.get("/").text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("suche=Bodenfeuchte", ["soil"]),
        ("suche=bodenFEUCHTE+garten", ["soil"]),
        ("suche=waerme+schule", ["school-energy"]),
        ("thema=AGRI", ["soil"]),
        ("zugang=RESTRICTED&suche=abfall", ["school-waste"]),
        ("suche=gibtesnicht", []),
        ("suche=%00%ff", []),
        ("thema=UNFUG", []),
    ],
)
def test_search_and_filters(web: TestClient, query: str, found: list[str]) -> None:
    page = web.get(f"/daten?{query}")
    assert page.status_code == 200
    assert titles(page.text) == found
    if found:
        assert f"{len(found)} von {len(cards())} Datensätzen passen." in page.text
    else:
        assert "Kein Datensatz passt" in page.text
        assert "Alle Datensätze zeigen" in page.text


def test_what_was_typed_is_shown_again_and_does_no_harm(web: TestClient) -> None:
    page = web.get('/daten?suche="><script>alert(1)</script>').text
    assert "<script" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("name", cards())
def test_every_data_sheet_says_everything(web: TestClient, name: str) -> None:
    page = web.get(f"/daten/{name}")
    assert page.status_code == 200, page.text
    card, text = cards()[name], page.text
    for said in (card.title, card.purpose, card.known_bias, card.contract_rights.source,
                 *card.ethics.values(), *(q.question for q in questions().values())):  # fmt: skip
        plain = said.replace("&", "&amp;").replace('"', "&#34;")
        assert plain in text, said
    assert ("simuliert" in text) == card.simulated
    assert f"/daten/regeln/{card.policy}" in text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "None" not in text


def test_the_state_of_the_data_is_told(web: TestClient) -> None:
    assert "Noch keine Werte gespeichert." in web.get("/daten/soil").text
    stored("rain-gauge", "a", "rain", "precipitation", "mm", 48)
    local = pd.Timestamp(NOW).tz_convert("Europe/Berlin")
    page = web.get("/daten/rain-gauge").text
    assert f"Stand: {local:%d.%m.%Y, %H:%M} Uhr. Version " in page
    assert "kam nichts Neues" not in page
    assert "1 Datenreihe." in page
    assert re.search(r"rain-gauge@\d+ \(sha256 [0-9a-f]{16}…\)", page)
    assert re.search(r"data\.read\(&#34;rain-gauge@\d+&#34;\)", page)


def test_old_data_are_told_and_the_example_reaches_them(web: TestClient) -> None:
    stored("rain-gauge", "a", "rain", "precipitation", "mm", 48, NOW - timedelta(days=77))
    page = web.get("/daten/rain-gauge").text
    assert "Seit 77 Tagen kam nichts Neues. Sonst kommen Werte laufend." in page
    found = re.search(r"/daten/rain-gauge/daten\.csv\?von=[0-9-]+&amp;bis=[0-9-]+", page)
    assert found
    assert len(web.get(found[0].replace("&amp;", "&")).text.splitlines()) > 40


def test_how_to_read_follows_the_rules(web: TestClient) -> None:
    assert "data.aggregate(&#34;footfall&#34;, &#34;hour&#34;)" in web.get("/daten/footfall").text
    school = web.get("/daten/school-energy").text
    assert "purpose=&#34;teaching&#34;" in school
    assert "daten.csv" not in school
    assert "/sta/v1.1" not in school
    assert "pandas.read_csv" in web.get("/daten/leerstand").text
    assert "data.grid(&#34;rain-radar&#34;)" in web.get("/daten/rain-radar").text


@pytest.mark.parametrize(
    "path",
    ["/daten/ufo", "/daten/katalog.xml", "/daten/regeln/ufo", "/daten/regeln/ufo.json",
     "/daten/regeln/..%2f..%2fcity", "/daten/soil/daten.exe", "/daten/ufo/datapackage.json",
     "/daten/soil/nix"],
)  # fmt: skip
def test_what_is_not_there_is_told(web: TestClient, path: str) -> None:
    answer = web.get(path)
    assert answer.status_code == 404
    assert "Diese Seite gibt es nicht" in answer.text


def test_package_and_rules_for_programs(web: TestClient) -> None:
    made = web.get("/daten/footfall/datapackage.json").json()
    assert made["name"] == "footfall"
    assert made["resources"][0]["path"] == "https://stadt.example/daten/footfall/daten.csv"
    policy = web.get("/daten/regeln/schule.json")
    assert policy.headers["content-type"].startswith("application/ld+json")
    assert policy.json()["@type"] == "Set"
    assert policy.headers["access-control-allow-origin"] == "*"


def test_rules_are_told_in_german(web: TestClient) -> None:
    page = web.get("/daten/regeln/zaehlung").text
    assert "je Stunde zusammengefasst, je Gerät, ab 5 Personen je Wert" in page
    assert "Gruppe „personal“" in page
    assert 'href="/daten/footfall"' in page
    assert "jeder Mensch für jeden Zweck" in web.get("/daten/regeln/offen").text


def test_a_broken_policy_allows_nothing_and_says_so(web: TestClient, place: Path) -> None:
    (place / "policies" / "offen.json").write_text("{}")
    assert "nichts ist erlaubt" in web.get("/daten/regeln/offen").text
    assert web.get("/daten/soil").status_code == 200


def test_a_broken_card_does_not_stop_the_others(web: TestClient, place: Path) -> None:
    (place / "soil.toml").write_text("id = 3")
    page = web.get("/daten")
    assert len(titles(page.text)) == len(cards(DATASETS)) - 1
    assert "Eine weitere Karte hat Fehler" in page.text
    assert web.get("/daten/soil").status_code == 404


def test_without_any_card_the_pages_say_so(web: TestClient, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("STADTLABOR_DATASETS", str(tmp_path / "nichts"))
    assert "Noch gibt es keine Karte" in web.get("/daten").text
    assert web.get("/daten/katalog.ttl").status_code == 503


@pytest.mark.parametrize(
    ("kind", "form", "media"),
    [("ttl", "turtle", "text/turtle"), ("rdf", "xml", "application/rdf+xml"),
     ("jsonld", "json-ld", "application/ld+json")],
)  # fmt: skip
def test_portals_harvest_it_and_ask_again_for_nothing(web, kind, form, media) -> None:
    answer = web.get(f"/daten/katalog.{kind}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media)
    made = rdflib.Graph().parse(data=answer.content, format=form)
    names = {str(s) for s in made.subjects(rdflib.RDF.type, DCAT.Dataset)}
    assert names == {f"https://stadt.example/daten/{name}#datensatz" for name in cards()}
    assert b".invalid" not in answer.content
    tag = {"If-None-Match": answer.headers["etag"]}
    again = web.get(f"/daten/katalog.{kind}", headers=tag)
    assert (again.status_code, again.content) == (304, b"")


def test_a_changed_card_is_harvested_anew(web: TestClient, place: Path) -> None:
    first = web.get("/daten/katalog.jsonld")
    path = place / "soil.toml"
    path.write_text(path.read_text("utf-8").replace("Boden in den", "Erde in den"), "utf-8")
    second = web.get("/daten/katalog.jsonld", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert "Erde in den Hochbeeten" in second.text


@pytest.mark.parametrize("host", ['a"b', "a b", "a/b", "<x>", "ä.de"])
def test_a_strange_host_gets_nothing(web: TestClient, host: str) -> None:
    answer = web.get("/daten/katalog.ttl", headers={"Host": host.encode()})
    assert answer.status_code == 400


def test_open_values_as_files(web: TestClient) -> None:
    name = stored("rain-gauge", "a", "rain", "precipitation", "mm", 24 * 9)
    table = pd.read_csv(io.BytesIO(web.get("/daten/rain-gauge/daten.csv").content))
    assert set(table["datastream"]) == {name}
    assert 24 * 7 - 2 <= len(table) <= 24 * 7 + 1
    first = f"{NOW - timedelta(days=5):%Y-%m-%d}"
    second = f"{NOW - timedelta(days=4):%Y-%m-%d}"
    query = f"?reihe={name}&von={first}&bis={second}"
    rows = web.get(f"/daten/rain-gauge/daten.json{query}").json()
    assert len(rows) in (23, 24, 25)
    stream = web.get(f"/daten/rain-gauge/daten.arrow{query}")
    arrow = pa.ipc.open_stream(stream.content).read_all()
    assert arrow["value"].to_pylist() == [row["value"] for row in rows]
    assert arrow.column_names == ["datastream", "time", "value", "quality", "result_time"]


def test_counted_people_come_by_the_hour(web: TestClient) -> None:
    stored("footfall", "a", "hour", "pedestrians", "1", 48)
    table = pd.read_csv(io.BytesIO(web.get("/daten/footfall/daten.csv").content))
    assert len(table) > 20
    assert table["value"].min() >= 5


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/daten/school-energy/daten.csv", 404, "nicht als Datei"),
        ("/daten/rain-radar/daten.csv", 404, "nicht als Datei"),
        ("/daten/rain-gauge/daten.csv", 404, "noch keine öffentliche Datenreihe"),
        ("/daten/rain-gauge/daten.csv?von=gestern", 422, "„gestern“ ist kein Tag"),
        ("/daten/rain-gauge/daten.csv?von=2026-01-02&bis=2026-01-01", 422, "muss vor „bis“"),
        ("/daten/rain-gauge/daten.csv?von=2020-01-01&bis=2026-01-01", 422, "höchstens 31 Tage"),
        ("/daten/rain-gauge/daten.csv?reihe=x&von=2020-01-01&bis=2026-01-01", 422, "366 Tage"),
        ("/daten/rain-gauge/daten.csv?reihe=x", 404, "„x“ gibt es nicht"),
        ("/daten/rain-gauge/daten.csv?von=9999-12-31", 422, "liegt zu weit weg"),
        ("/daten/rain-gauge/daten.csv?bis=0001-01-03", 422, "liegt zu weit weg"),
    ],
)
def test_bad_questions_are_answered_in_german(web, path, status, words) -> None:
    answer = web.get(path)
    assert answer.status_code == status
    assert words in answer.text
    json.dumps(answer.text)
