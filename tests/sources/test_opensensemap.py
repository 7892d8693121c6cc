from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.city import BoundingBox, CityError, city
from stadtlabor.feeds import OpenSenseMapFeed
from stadtlabor.observations import Quality
from stadtlabor.sources import DecodeError, SourceError, decode, opensensemap
from stadtlabor.sources.asking_memory import Memory

BOX = "5f2b56f4263635001c1dd1fd"
SENSOR = "5f2b56f4263635001c1dd2aa"
HEAD = ",".join(opensensemap.COLUMNS)
URL = "https://api.opensensemap.org/boxes/data?phenomenon=Temperatur"
WINDOW = BoundingBox(south=47.66, west=10.22, north=47.80, east=10.42)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def row(when="2026-11-22T10:00:00.000Z", value="4.25", **changes):
    cells = {
        "sensorId": SENSOR, "createdAt": when, "value": value, "lat": "47.72345", "lon": "10.31234",
        "boxId": BOX, "exposure": "outdoor", "phenomenon": "Temperatur", "unit": "°C",
    }  # fmt: skip
    return ",".join((cells | changes).values())


def csv(*rows):
    return "\n".join([HEAD, *rows, ""]).encode()


def test_values_and_rough_position(delivery):
    body = csv(row(), row("2026-11-22T10:01:00.000Z", "77.5"))
    batch = decode(delivery("opensensemap-csv", body, URL))
    assert batch.problems == []
    stream = batch.datastreams[0]
    assert stream.id == f"citizen-sensors/{BOX}/temperature-1c1dd2aa"
    assert (stream.lat, stream.lon) == (47.723, 10.312)
    assert stream.thing_name == "Bürgerstation d1fd"
    marks = batch.frame["quality"].tolist()
    assert marks == [int(Quality.PRELIMINARY), int(Quality.PRELIMINARY | Quality.SUSPECT)]
    assert batch.complete == {}  # nobody promises anything


@pytest.mark.parametrize(
    ("exposure", "reason"),
    [("mobile", "wo ein Mensch wohnt und geht"), ("indoor", "wann jemand da ist"), ("", "nicht")],
)
def test_traces_of_people_are_refused_with_the_reason(delivery, exposure, reason):
    body = csv(row(), row(exposure=exposure, boxId="b" * 24), row(exposure=exposure))
    batch = decode(delivery("opensensemap-csv", body, URL))
    assert len(batch.frame) == 1
    assert reason in str(batch.problems[0])
    assert "2 Werte wurden nicht gespeichert" in str(batch.problems[0])
    assert "b" * 24 not in str(batch.problems)


def test_box_that_moves_is_a_trace_whatever_it_says(delivery):
    body = csv(row(), row("2026-11-22T11:00:00.000Z", lat="47.75"))
    batch = decode(delivery("opensensemap-csv", body, URL))
    assert batch.frame.empty
    assert "haben den Ort gewechselt" in str(batch.problems[0])


def test_pascal_other_units_and_broken_rows(delivery):
    body = csv(
        row(phenomenon="Luftdruck", unit="Pa", value="93000", sensorId="a" * 24),
        row(unit="°F", sensorId="c" * 24),
        row(value="", sensorId="d" * 24),
        row("gestern", sensorId="e" * 24),
        row("2031-01-01T00:00:00Z", sensorId="f" * 24),
    )
    batch = decode(delivery("opensensemap-csv", body, URL))
    assert batch.frame["value"].tolist() == [930.0]
    said = " ".join(map(str, batch.problems))
    assert "„Temperatur“ in „°F“ ist nicht bekannt" in said
    assert said.count("sind nicht lesbar") == 3


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Die Antwort ist leer"),
        (b"sensorId,value\n1,2\n", "Die Spalten createdAt"),
        (b'{"code":"BadRequest"}', "Die Spalten"),
    ],
)
def test_changed_form_is_told(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("opensensemap-csv", body, URL))


def test_nothing_measured_is_no_fault(delivery):
    assert decode(delivery("opensensemap-csv", csv(), URL)).frame.empty


def test_cut_off_answer_is_told(delivery, monkeypatch):
    monkeypatch.setattr(opensensemap, "MOST_ROWS", 1)
    batch = decode(delivery("opensensemap-csv", csv(row()), URL))
    assert "wohl abgeschnitten" in str(batch.problems[0])


def test_weeks_and_then_two_days_back():
    memory = Memory(None)
    ask = opensensemap.Boxes(OpenSenseMapFeed(phenomena=["Temperatur"]), WINDOW, memory)
    first = ask(NOW)
    assert len(first) == 4
    query = parse_qs(urlsplit(first[0].url).query)
    assert query["bbox"] == ["10.22,47.66,10.42,47.8"]  # west, south, east, north
    assert query["exposure"] == ["outdoor"]
    assert "boxName" not in query["columns"][0]
    for request in first:
        memory.remember(request.url, {}, request.mark)
    (again,) = ask(NOW + timedelta(minutes=15))
    assert "from-date=2026-11-20T12%3A00%3A00Z" in again.url


def test_unknown_phenomenon_is_told():
    ask = opensensemap.Boxes(OpenSenseMapFeed(phenomena=["Magie"]), WINDOW, Memory(None))
    with pytest.raises(SourceError, match="„Magie“ ist nicht bekannt"):
        ask(NOW)


@pytest.mark.parametrize(
    ("exposure", "said"),
    [("mobile", "Der Weg einer tragbaren Box"), ("indoor", "zu Hause"), ("x", "darf nur")],
)
def test_city_file_cannot_ask_for_traces(place, exposure, said):
    place.feeds(f'[feeds.opensensemap]\nphenomena = ["Temperatur"]\nexposures = ["{exposure}"]\n')
    with pytest.raises(CityError, match=said):
        city()


def test_through_the_ingest(provider, place, monkeypatch):
    monkeypatch.setattr(opensensemap, "BASE", provider.base)
    place.feeds('[feeds.opensensemap]\nphenomena = ["Temperatur"]\n')
    when = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    provider.pages["/boxes/data"] = csv(row(when), row(when, exposure="mobile", boxId="b" * 24))
    health = place.once(opensensemap="live")
    assert health["dead"] == 0
    assert any("getragen" in problem for problem in health["problems"])
    frame = data.read("citizen-sensors")
    assert frame["value"].tolist() == [4.25]
    assert frame["time"].iloc[0] == pd.Timestamp(when)
    spooled = b"".join(path.read_bytes() for path in (place.home / "store").rglob("*.parquet"))
    assert b"b" * 24 not in spooled
