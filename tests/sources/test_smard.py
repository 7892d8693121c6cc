import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.feeds import SmardFeed
from stadtlabor.sources import DecodeError, SourceError, decode, smard
from stadtlabor.sources.asking_memory import Memory

FEEDS = "[[feeds.smard]]\nfilter = 410\n"
FOLDER = "/app/chart_data/410/DE/"
WEEK = 7 * 24 * 3600 * 1000
SERIES = "electricity-market/smard-de/load-3600"


def chunk(start_ms, created_ms, values):
    rows = [[start_ms + n * 3_600_000, value] for n, value in enumerate(values)]
    told = {"meta_data": {"version": 1, "created": created_ms}, "series": rows}
    return json.dumps(told).encode()


def name(stamp, resolution="hour"):
    return f"https://www.smard.de{FOLDER}410_DE_{resolution}_{stamp}.json"


def ms(text):
    return int(pd.Timestamp(text, tz="UTC").timestamp() * 1000)


MONDAY = ms("2026-11-15 23:00")  # local midnight


def test_values_revision_time_and_watermark(delivery):
    body = chunk(MONDAY, ms("2026-11-20 10:00"), [1.5, None, 3.5, None, None])
    batch = decode(delivery("smard-json", body, name(MONDAY)))
    assert batch.frame["value"].tolist() == [1.5, 3.5]
    assert (batch.frame["result_time"] == pd.Timestamp("2026-11-20 10:00", tz="UTC")).all()
    # Empty in between is a statement, empty at the end is "nothing yet".
    since, until = batch.complete[SERIES]
    assert (since, until) == (
        pd.Timestamp("2026-11-15 23:00", tz="UTC"),
        pd.Timestamp("2026-11-16 02:00", tz="UTC"),
    )
    stream = batch.datastreams[0]
    assert (stream.id, stream.unit, stream.interval_s, stream.licence) == (
        SERIES, "MWh", 3600, "CC BY 4.0",
    )  # fmt: skip


def test_file_made_in_the_future_does_not_overrule_for_ever(delivery):
    body = chunk(MONDAY, ms("2030-01-01"), [1.0])
    batch = decode(delivery("smard-json", body, name(MONDAY)))
    assert (batch.frame["result_time"] == pd.Timestamp("2026-11-22 12:00", tz="UTC")).all()


def test_day_of_25_hours_is_no_gap(delivery):
    days = pd.date_range("2026-10-24", periods=3, freq="D", tz="Europe/Berlin")
    rows = [[int(d.timestamp() * 1000), 1.0] for d in days]
    body = json.dumps({"meta_data": {"version": 1, "created": 1}, "series": rows}).encode()
    batch = decode(delivery("smard-json", body, name(rows[0][0], "day")))
    (stretch,) = batch.complete.values()
    assert stretch == (days[0], days[-1] + pd.DateOffset(days=1))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "hat nicht den Aufbau von SMARD"),
        (b"[]", "Erwartet war ein Objekt"),
        (b'{"series": []}', "fehlt das Feld „meta_data“"),
        (b'{"series": [], "meta_data": {"version": 2}}', "fehlt das Feld „created“"),
        (b'{"series": [["gestern", 1]], "meta_data": {"created": 1}}', "nicht den Aufbau"),
        (b'{"series": [[1]], "meta_data": {"created": 1}}', "nicht den Aufbau"),
    ],
)
def test_changed_form_is_told(delivery, body, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("smard-json", body, name(MONDAY)))


def test_other_names_are_refused(delivery):
    with pytest.raises(DecodeError, match="sagt nicht, welche Zeitreihe"):
        decode(delivery("smard-json", chunk(MONDAY, 1, [1.0]), "https://x/999_DE_hour_1.json"))


def test_unknown_number_is_told():
    chunks = smard.Chunks(SmardFeed(filter=7), Memory(None))
    with pytest.raises(SourceError, match="Die Nummer 7 ist nicht bekannt"):
        chunks(datetime.now(UTC))


@pytest.fixture
def market(provider, place, monkeypatch):
    monkeypatch.setattr(smard, "BASE", provider.base)
    place.feeds(FEEDS)
    now = datetime.now(UTC)
    last = int((now - timedelta(days=3)).timestamp() // 3600 * 3600 * 1000)
    stamps = [last - n * WEEK for n in range(6)][::-1]
    provider.pages[f"{FOLDER}index_hour.json"] = json.dumps({"timestamps": stamps}).encode()
    made = int((now - timedelta(hours=2)).timestamp() * 1000)
    for stamp in stamps[:-1]:
        provider.pages[f"{FOLDER}410_DE_hour_{stamp}.json"] = chunk(stamp, made, [1.0] * 168)
    values = [2.0] * 48 + [None] * 120
    provider.pages[f"{FOLDER}410_DE_hour_{last}.json"] = chunk(last, made, values)
    return place, stamps


def test_from_the_index_into_the_store_with_revisions(market, provider):
    place, stamps = market
    health = place.once(smard="live")
    assert (health["dead"], health["refused_values"]) == (0, 0)
    frame = data.read("electricity-market", SERIES)
    assert len(frame) == 5 * 168 + 48
    last = pd.Timestamp(stamps[-1], unit="ms", tz="UTC")
    first = pd.Timestamp(stamps[0], unit="ms", tz="UTC")
    assert place.memory().complete(SERIES) == (first, last + pd.Timedelta(hours=48))
    version = data.version("electricity-market")

    # After a restart: the index, and only chunks that may still change.
    asked = len(provider.asked)
    made = int(datetime.now(UTC).timestamp() * 1000)
    values = [2.5] * 50 + [None] * 118
    provider.pages[f"{FOLDER}410_DE_hour_{stamps[-1]}.json"] = chunk(stamps[-1], made, values)
    place.once(smard="live")
    again = provider.asked[asked:]
    assert again[0] == f"{FOLDER}index_hour.json"
    assert len(again) <= 5
    assert f"{FOLDER}410_DE_hour_{stamps[0]}.json" not in again
    newest = data.read("electricity-market", SERIES, start=last)
    assert set(newest["value"]) == {2.5}
    assert len(newest) == 50
    # The earlier statement is still there for whoever has cited it.
    old = data.read(f"electricity-market@{version.version}", SERIES, start=last)
    assert set(old["value"]) == {2.0}


def test_missing_chunk_stops_the_watermark(market, provider):
    place, stamps = market
    gone = f"{FOLDER}410_DE_hour_{stamps[2]}.json"
    body = provider.pages.pop(gone)
    health = place.once(smard="live")
    assert "Antwort 404" in health["polls"]["Strommarkt SMARD 410 DE hour"]["error"]
    since, _ = place.memory().complete(SERIES)
    assert since == pd.Timestamp(stamps[3], unit="ms", tz="UTC")
    provider.pages[gone] = body
    place.once(smard="live")
    since, _ = place.memory().complete(SERIES)
    assert since == pd.Timestamp(stamps[2], unit="ms", tz="UTC")
