import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from stadtlabor import data
from stadtlabor.feeds import EnergyChartsFeed
from stadtlabor.sources import DecodeError, decode, energy_charts
from stadtlabor.sources.asking_memory import Memory

PRICE = "https://api.energy-charts.info/price?bzn=DE-LU&start=2026-11-20&end=2026-11-22"
POWER = "https://api.energy-charts.info/public_power?country=de&start=2026-11-20&end=2026-11-22"
START = int(pd.Timestamp("2026-11-20", tz="UTC").timestamp())


def quarters(count, start=START):
    return [start + 900 * n for n in range(count)]


def price(count=8, **changes):
    told = {
        "license_info": "CC BY 4.0 (creativecommons.org/licenses/by/4.0) from Bundesnetzagentur",
        "unix_seconds": quarters(count),
        "price": [90.0 + n for n in range(count)],
        "unit": "EUR / MWh",
        "deprecated": False,
    }
    return json.dumps(told | changes).encode()


def power(count=8, types=None, **changes):
    types = types or {"Load": [40_000.0] * (count - 2) + [None] * 2, "Solar": [None] + [1.0] * 7}
    told = {
        "unix_seconds": quarters(count),
        "production_types": [{"name": n, "data": d} for n, d in types.items()],
        "deprecated": False,
    }
    return json.dumps(told | changes).encode()


def test_prices(delivery):
    batch = decode(delivery("energy-charts-json", price(), PRICE))
    stream = batch.datastreams[0]
    assert (stream.id, stream.unit) == ("electricity-market/energy-charts-de-lu/price-900", "€/MWh")
    assert batch.frame["value"].tolist()[:2] == [90.0, 91.0]
    assert (batch.frame["result_time"] == pd.Timestamp("2026-11-22 12:00", tz="UTC")).all()
    assert batch.complete[stream.id][1] == pd.Timestamp("2026-11-20 02:00", tz="UTC")


def test_load_and_generation_each_with_its_own_watermark(delivery):
    batch = decode(delivery("energy-charts-json", power(), POWER))
    ends = {name.rsplit("/", 1)[1]: until for name, (_, until) in batch.complete.items()}
    assert ends == {
        "load-900": pd.Timestamp("2026-11-20 01:30", tz="UTC"),
        "solar-900": pd.Timestamp("2026-11-20 02:00", tz="UTC"),
    }


def test_new_series_and_farewell_are_told(delivery):
    body = power(types={"Load": [1.0] * 8, "Fusion": [1.0] * 8}, deprecated=True)
    batch = decode(delivery("energy-charts-json", body, POWER))
    said = " ".join(map(str, batch.problems))
    assert "Die Reihe „Fusion“ ist neu" in said
    assert "kündigt an, diese Abfrage abzuschalten" in said
    assert len(batch.datastreams) == 1


@pytest.mark.parametrize(
    ("body", "url", "said"),
    [
        (b"", PRICE, "nicht den erwarteten Aufbau"),
        (b'{"price": [1]}', PRICE, "fehlt das Feld „unix_seconds“"),
        (price(unit="ct/kWh"), PRICE, "Die Einheit ist „ct/kWh“"),
        (price(license_info="private use only"), PRICE, "stehen nicht unter CC BY 4.0"),
        (price(price=[1.0]), PRICE, "1 Werte für 8 Zeiten"),
        (price(unix_seconds=quarters(8)[::-1]), PRICE, "nicht aufsteigend"),
        (price(unix_seconds=["x"] * 8), PRICE, "nicht den erwarteten Aufbau"),
        (price(6, unix_seconds=[0, 900, 4500, 8100, 11700, 15300]), PRICE, "mischt Stunden"),
        (power(types={"Neu": [1.0] * 8}), POWER, "Keine der erwarteten Reihen"),
        (price(), POWER, "fehlt das Feld „production_types“"),
    ],
)
def test_changed_form_is_told(delivery, body, url, said):
    with pytest.raises(DecodeError, match=said):
        decode(delivery("energy-charts-json", body, url))


def test_history_in_months_then_four_days_back():
    memory = Memory(None)
    ask = energy_charts.Questions(EnergyChartsFeed(zone="DE-LU", country="de"), memory)
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    first = ask(now)
    prices = [r for r in first if "/price" in r.url]
    assert parse_qs(urlsplit(prices[0].url).query)["start"] == ["2026-08-24"]
    assert parse_qs(urlsplit(prices[-1].url).query)["end"] == ["2026-11-24"]  # tomorrow is known
    for request in first:
        memory.remember(request.url, {}, request.mark)
    again = ask(now + timedelta(hours=1))
    assert len(again) == 2
    assert all("start=2026-11-18" in r.url for r in again)


def test_through_the_ingest_with_a_revision(provider, place, monkeypatch):
    monkeypatch.setattr(energy_charts, "BASE", provider.base)
    place.feeds('[feeds.energy_charts]\nzone = "DE-LU"\n')
    begin = int((datetime.now(UTC) - timedelta(days=2)).timestamp()) // 900 * 900
    provider.pages["/price"] = price(unix_seconds=quarters(8, begin))
    assert place.once(energy_charts="live")["dead"] == 0
    series = "electricity-market/energy-charts-de-lu/price-900"
    assert len(data.read("electricity-market", series)) == 8
    provider.pages["/price"] = price(unix_seconds=quarters(8, begin), price=[50.0] * 8)
    place.once(energy_charts="live")
    assert set(data.read("electricity-market", series)["value"]) == {50.0}
    assert data.read("electricity-market", series).attrs["simulated"] is False
