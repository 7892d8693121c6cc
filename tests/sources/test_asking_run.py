"""The ingest as it runs for days: one thread per provider, one memory for all."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime

from sources.test_dwd_alerts import archive
from sources.test_energy_charts import price, quarters
from sources.test_opensensemap import csv, row
from sources.test_overpass import BODY
from stadtlabor import city as cities
from stadtlabor import data
from stadtlabor.ingest import Collector
from stadtlabor.settings import Settings, Simulation, Sources
from stadtlabor.sources import dwd_alerts, energy_charts, opensensemap, overpass, smard

FEEDS = """
[feeds.alerts]
warncell = "809999000"
name = "Musterstadt"
[[feeds.smard]]
filter = 410
[[feeds.smard]]
filter = 4169
[feeds.energy_charts]
zone = "DE-LU"
[feeds.opensensemap]
phenomena = ["Temperatur"]
[feeds.overpass]
selections = ["shops"]
"""
NAMES = ("alerts", "smard", "energy_charts", "opensensemap", "overpass")
DATASETS = {"weather-alert", "electricity-market", "citizen-sensors", "osm-places"}


def test_all_at_once_and_one_of_them_broken(provider, place, monkeypatch):
    for module in (dwd_alerts, energy_charts, opensensemap, overpass, smard):
        monkeypatch.setattr(module, "BASE", provider.base)
    place.feeds(FEEDS)
    now = datetime.now(UTC)
    week = (int(now.timestamp()) // 3600 - 48) * 3_600_000
    chunk = {"meta_data": {"version": 1, "created": week}, "series": [[week, 1.0]]}
    folder = "/app/chart_data/410/DE/"
    provider.pages |= {
        dwd_alerts.PATH: archive(),
        "/price": price(unix_seconds=quarters(8, int(now.timestamp()) // 900 * 900 - 7200)),
        "/boxes/data": csv(row(f"{now:%Y-%m-%dT%H:00:00.000Z}")),
        "/api/interpreter": BODY,
        f"{folder}index_hour.json": json.dumps({"timestamps": [week]}).encode(),
        f"{folder}410_DE_hour_{week}.json": json.dumps(chunk).encode(),
        # the other series of SMARD has no pages: it fails
    }
    wanted = Sources(**dict.fromkeys(NAMES, "live"))
    settings = Settings(simulation=Simulation(enabled=False), sources=wanted)
    collector, stop = Collector(place.home, cities.city(), settings), threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and not set(data.datasets()) >= DATASETS:
            time.sleep(0.2)
    finally:
        stop.set()
        thread.join()
    assert set(data.datasets()) >= DATASETS
    polls = collector.health()["polls"]
    failed = [name for name, poll in polls.items() if poll["error"]]
    assert failed == ["Strommarkt SMARD 4169 DE hour"]
    assert polls[failed[0]]["stand"].startswith("Stand: noch keine guten Daten. Seither")
