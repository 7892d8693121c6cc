"""Collect from SensorThings servers: our own service, and one that behaves badly."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from measured_city import GAUGES, HOURS, STATION, YEAR, fill, serving
from stadtlabor import data
from stadtlabor.ingest.poller import Poller
from stadtlabor.networks import SensorThingsServer
from stadtlabor.observations import Batch, Quality
from stadtlabor.settings import root
from stadtlabor.sources import DecodeError, decode
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Delivery, Poll
from stadtlabor.sources.http import SourceError
from stadtlabor.sources.sensorthings import ServerWalk
from stadtlabor.store import Spool, Store


def named(url: str, **more: object) -> SensorThingsServer:
    return SensorThingsServer.model_validate(
        {
            "id": "nachbar",
            "name": "Nachbarstadt",
            "url": url,
            "dataset": "neighbour",
            "source": "Stadt Nachbarstadt",
            "licence": "dl-de/by-2-0",
            **more,
        }
    )


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Our own service over a real store."""
    home = tmp_path_factory.mktemp("ours") / "home"
    home.mkdir()
    fill(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADTLABOR_HOME", str(home))
        with serving() as address:
            yield f"{address}/sta/v1.1"


def collected(deliveries: list[Delivery]) -> Batch:
    batches = [decode(d) for d in deliveries]
    assert not [p for b in batches for p in b.problems]
    frame = pd.concat([b.frame for b in batches], ignore_index=True)
    return Batch(frame, list({d.id: d for b in batches for d in b.datastreams}.values()))


def test_a_year_from_our_own_service_into_another_store(ours, tmp_path: Path):
    server = named(
        ours, since="2025-01-01", filter=f"name eq '{STATION.name}'", area="Nachbarstadt"
    )
    spool, memory = Spool(tmp_path / "spool.db"), Memory(tmp_path / "sources")
    poller = Poller(spool, [Poll("Nachbar", 900, ServerWalk(server, memory))], memory)
    assert poller.once() > 12
    assert poller.states["Nachbar"].error == ""
    batch = collected([d for _, d in spool.pending()])
    (stream,) = batch.datastreams
    assert (stream.unit, stream.interval_s, stream.observed_property) == (
        "°C",
        900,
        "air_temperature",
    )
    assert (stream.lat, stream.lon, stream.thing_name) == (47.7233, 10.3348, STATION.thing_name)
    assert (stream.source, stream.dataset) == ("Stadt Nachbarstadt", "neighbour")
    store = Store(tmp_path / "store")
    store.write(batch)
    kept = store.read(stream.id)
    there = data.read("weather", STATION.id)
    assert len(kept) == len(YEAR)
    assert kept["time"].tolist() == there["time"].tolist()
    assert kept["value"].tolist() == there["value"].tolist()
    assert kept["result_time"].tolist() == there["result_time"].tolist()
    store.close()


def test_it_goes_on_where_it_stopped_and_reads_the_lag_again(ours, tmp_path: Path):
    server = named(ours, since="2026-11-01", filter=f"name eq '{GAUGES[0].name}'")
    memory, now = Memory(tmp_path / "sources"), datetime(2026, 11, 8, 12, 30, tzinfo=UTC)
    walk = ServerWalk(server, memory)
    first = list(walk(now))
    assert [d.name[-10:] for d in first] == [f"{day:02d}.11.2026" for day in range(1, 9)]
    (mark,) = [m for d in first[:1] for m in [memory.mark(_mark(d))]]
    assert mark == "2026-11-06"
    # Soon after: only today, which has not changed. A restart: from the mark on, behind the lag.
    assert list(walk(now + timedelta(minutes=15))) == []
    again = list(ServerWalk(server, memory)(now + timedelta(minutes=30)))
    assert [d.name[-10:] for d in again] == ["06.11.2026", "07.11.2026", "08.11.2026"]


def _mark(delivery: Delivery) -> str:
    return f"sensorthings/nachbar/{json.loads(delivery.body)['datastream']['id']}"


def test_what_is_complete_is_told_and_not_more(ours, tmp_path: Path):
    server = named(ours, since="2026-11-01", filter=f"name eq '{GAUGES[0].name}'")
    now = datetime(2026, 11, 8, 12, 30, tzinfo=UTC)
    batches = [decode(d) for d in ServerWalk(server, Memory(None))(now)]
    ends = [max((end for _, end in b.complete.values()), default=None) for b in batches]
    # 48 hours before now; days behind that are complete to their end, later ones not at all.
    assert ends[4] == pd.Timestamp("2026-11-06", tz="UTC")
    assert ends[5] == pd.Timestamp("2026-11-06 12:00", tz="UTC")
    assert ends[6:] == [None, None]


def test_an_unchanged_day_is_spooled_once(ours, tmp_path: Path):
    server = named(ours, since="2026-11-09", filter=f"name eq '{GAUGES[0].name}'")
    spool, memory = Spool(tmp_path / "spool.db"), Memory(None)
    poller = Poller(spool, [Poll("Nachbar", 900, ServerWalk(server, memory))], memory)
    assert poller.once() > 0
    poller = Poller(spool, [Poll("Nachbar", 900, ServerWalk(server, Memory(None)))], memory)
    assert poller.once() == 0


def test_simulated_values_stay_marked(ours):
    server = named(ours, since="2026-11-01", filter=f"name eq '{GAUGES[0].name}'")
    delivery = next(iter(ServerWalk(server, Memory(None))(HOURS[5].to_pydatetime())))
    batch = decode(delivery)
    assert batch.datastreams[0].simulated
    assert (batch.frame["quality"] == int(Quality.SIMULATED)).all()


class Odd(BaseHTTPRequestHandler):
    """A server with text ids, etags, values that are none, and faults on demand."""

    fault = ""
    days: dict[str, list[dict[str, object]]] = {}  # noqa: RUF012 - the server class is the test's own
    asked: list[str] = []  # noqa: RUF012

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        base = f"http://{self.headers['Host']}/v1.1"
        type(self).asked.append(self.path)
        if parts.path == "/v1.1/Datastreams":
            other = "http://127.0.0.1:9/v1.1" if self.fault == "elsewhere" else base
            entry = {
                "@iot.id": "urn:x:1 ü",
                "name": "Pegel",
                "unitOfMeasurement": {"name": "Meter", "symbol": "", "definition": None},
                "Thing": {
                    "@iot.id": 7,
                    "name": "Brücke (Süd)",
                    "Locations@iot.navigationLink": "Places",
                },
                "ObservedProperty": {"name": "Wasserstand"},
                "Observations@iot.navigationLink": f"{other}/Values",
            }
            value: object = [entry, {"name": "ohne Nummer"}] if self.fault == "drift" else [entry]
            self._tell({"value": "nichts" if self.fault == "form" else value})
        elif parts.path == "/v1.1/Places":
            geometry = {"type": "Point", "coordinates": [10.3, 47.7, 5]}
            self._tell({"value": [{"location": {"type": "Feature", "geometry": geometry}}]})
        elif self.fault == "html":
            self._tell(None, b"<html>")
        elif self.fault == "slow":
            threading.Event().wait(3)
        elif self.fault == "loop":
            following = f"{base}/Values?page={len(self.asked)}"
            self._tell({"value": [len(self.asked)], "@iot.nextLink": following})
        elif self.fault == "circle":
            self._tell({"value": [], "@iot.nextLink": f"{base}/Values"})
        else:
            since = parse_qs(parts.query)["$filter"][0].split(" ")[2][:10]
            self._tell({"value": self.days.get(since, [])})

    def _tell(self, body: object, raw: bytes = b"") -> None:
        text = raw or json.dumps(body).encode()
        tag = f'"{hash(text)}"'
        known = self.headers.get("If-None-Match") == tag
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        self.end_headers()
        if not known:
            self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def odd() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Odd.fault, Odd.days, Odd.asked = "", {}, []
    yield f"http://127.0.0.1:{server.server_port}/v1.1/"
    server.shutdown()
    server.server_close()


NOON = datetime(2026, 11, 8, 12, tzinfo=UTC)


def test_odd_values_are_told_and_the_others_taken(odd):
    Odd.days["2026-11-08"] = [
        {"phenomenonTime": "2026-11-08T01:00:00+01:00", "result": 1.5, "resultTime": None},
        {
            "phenomenonTime": "2026-11-08T01:00:00Z",
            "result": "2.5",
            "resultTime": "2026-11-08T02:00:00Z",
        },
        {"phenomenonTime": "2026-11-08T02:00:00Z", "result": True, "resultTime": None},
        {"phenomenonTime": "2026-11-08T03:00:00Z", "result": "hoch", "resultTime": None},
        {"phenomenonTime": "gestern", "result": 1, "resultTime": None},
        {"phenomenonTime": "2026-11-08T04:00:00", "result": 1, "resultTime": None},
    ]
    (delivery,) = ServerWalk(named(odd, since="2026-11-08"), Memory(None))(NOON)
    batch = decode(delivery)
    assert batch.frame["value"].tolist() == [1.5, 2.5, 1.0]
    assert len(batch.problems) == 3
    (stream,) = batch.datastreams
    assert stream.id == "neighbour/bruecke-sued-7/wasserstand-urn-x-1-ue"
    assert (stream.unit, stream.lat, stream.lon) == ("Meter", 47.7, 10.3)


def test_an_unchanged_answer_is_not_sent_again(odd):
    Odd.days["2026-11-08"] = [{"phenomenonTime": "2026-11-08T01:00:00Z", "result": 1}]
    walk = ServerWalk(named(odd, since="2026-11-08"), Memory(None))
    assert len(list(walk(NOON))) == 1
    assert list(walk(NOON + timedelta(minutes=1))) == []
    Odd.days["2026-11-08"] += [{"phenomenonTime": "2026-11-08T02:00:00Z", "result": 1}]
    assert len(list(walk(NOON + timedelta(minutes=2)))) == 1


def test_what_could_not_be_kept_is_asked_for_again(odd):
    Odd.days["2026-11-08"] = [{"phenomenonTime": "2026-11-08T01:00:00Z", "result": 1}]
    walk = ServerWalk(named(odd, since="2026-11-08"), Memory(None))
    first = walk(NOON)
    next(first)
    first.close()  # the disk was full
    assert len(list(walk(NOON + timedelta(minutes=1)))) == 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("elsewhere", "zu einem anderen Rechner"),
        ("form", "keine Liste"),
        ("drift", "@iot.id"),
        ("html", "kein gültiges JSON"),
        ("circle", "im Kreis"),
        ("slow", "nicht rechtzeitig"),
    ],
)
def test_a_bad_server_gets_a_german_sentence(odd, fault, said):
    Odd.fault = fault
    with pytest.raises(SourceError, match=said):
        list(ServerWalk(named(odd, since="2026-11-08"), Memory(None), timeout_s=1)(NOON))


def test_an_endless_server_is_left(odd, monkeypatch):
    monkeypatch.setattr("stadtlabor.sources.sensorthings.MOST_PAGES", 5)
    Odd.fault = "loop"
    with pytest.raises(SourceError, match="mehr als 5 Seiten"):
        list(ServerWalk(named(odd, since="2026-11-08"), Memory(None))(NOON))


def test_the_past_is_asked_for_by_months(odd):
    list(ServerWalk(named(odd, since=date(2026, 8, 15)), Memory(None))(NOON))
    spans = [parse_qs(urlsplit(p).query)["$filter"][0] for p in Odd.asked if "Values" in p]
    starts = [span.split(" ")[2][:10] for span in spans]
    assert starts[:3] == ["2026-08-15", "2026-09-01", "2026-10-01"]
    assert starts[3:] == [f"2026-11-{day:02d}" for day in range(1, 9)]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"dataset": "x", "datastream": {}, "value": []}']
)
def test_foreign_deliveries_are_refused(delivery, body):
    with pytest.raises(DecodeError):
        decode(delivery("sensorthings", body))


def test_from_the_server_through_the_ingest_to_the_reader(odd, place, tmp_path: Path, monkeypatch):
    cards = tmp_path / "datasets"
    cards.mkdir()
    (cards / "policies").symlink_to(root() / "datasets" / "policies")
    card = (root() / "datasets" / "soil.toml").read_text("utf-8")
    card = card.replace('id = "soil"', 'id = "neighbour"').replace("soil_moisture", "wasserstand")
    (cards / "neighbour.toml").write_text(card.replace('unit = "%"', 'unit = "Meter"'), "utf-8")
    monkeypatch.setenv("STADTLABOR_DATASETS", str(cards))
    now = datetime.now(UTC)
    days = [f"{now - timedelta(days=back):%Y-%m-%d}" for back in range(5)]
    Odd.days = {d: [{"phenomenonTime": f"{d}T00:00:00Z", "result": n}] for n, d in enumerate(days)}
    place.feeds(
        f'[[sensorthings]]\nid = "n"\nname = "Nachbarstadt"\nurl = "{odd}"\ndataset = "neighbour"\n'
        f'source = "Stadt Nachbarstadt"\nlicence = "dl-de/by-2-0"\nsince = {days[4]}\n'
    )
    health = place.once(sensorthings="live")
    assert health["polls"]["SensorThings: Nachbarstadt"]["error"] == ""
    assert health["dead"] == 0
    found = data.read("neighbour")
    assert found["value"].tolist() == [4.0, 3.0, 2.0, 1.0, 0.0]
    since, until = place.memory().complete(found["datastream"].iloc[0])
    assert f"{since:%Y-%m-%d}" == days[4]
    assert now - timedelta(hours=50) < until <= now - timedelta(hours=48)
    # After a restart only what may still change is asked for.
    Odd.asked = []
    place.once(sensorthings="live")
    assert len([p for p in Odd.asked if "Values" in p]) == 3
