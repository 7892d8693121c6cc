"""Kill the ingest amid its questions: nothing is lost or counted twice, the watermark is true."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pandas as pd

from stadtlabor import data

FOLDER = "/app/chart_data/410/DE/"
WEEK = 7 * 24 * 3600 * 1000
SERIES = "electricity-market/smard-de/load-3600"
CHUNKS = 12
KILLS = 6
CHILD = """
import sys
from stadtlabor.city import city
from stadtlabor.ingest import Collector
from stadtlabor.settings import Settings, Simulation, Sources, home
from stadtlabor.sources import smard
smard.BASE = sys.argv[1]
settings = Settings(simulation=Simulation(enabled=False), sources=Sources(smard="live"))
collector = Collector(home(), city(), settings)
print("ready", flush=True)
health = collector.once()
assert health["dead"] == 0, health
"""


def test_killed_amid_its_questions(provider, place):
    place.feeds("[[feeds.smard]]\nfilter = 410\n")
    now = datetime.now(UTC)
    last = int((now - timedelta(days=3)).timestamp() // 3600 * 3600 * 1000)
    stamps = [last - n * WEEK for n in range(CHUNKS)][::-1]
    provider.pages[f"{FOLDER}index_hour.json"] = json.dumps({"timestamps": stamps}).encode()
    for number, stamp in enumerate(stamps):
        rows = [[stamp + n * 3_600_000, number * 1000.0 + n] for n in range(168)]
        told = {"meta_data": {"version": 1, "created": stamp}, "series": rows}
        provider.pages[f"{FOLDER}410_DE_hour_{stamp}.json"] = json.dumps(told).encode()
    provider.delay_s = 0.03
    environment = {**os.environ, "STADTLABOR_HOME": str(place.home)}
    killed = 0
    for turn in range(40):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, provider.base], env=environment, stdout=subprocess.PIPE
        )
        child.stdout.readline()  # it begins to ask
        if killed < KILLS:
            time.sleep(random.uniform(0.01, 0.5))
            child.send_signal(signal.SIGKILL)
            killed += child.wait() == -signal.SIGKILL
            continue
        assert child.wait(60) == 0, turn
        break
    assert killed == KILLS
    frame = data.read("electricity-market", SERIES)
    expected = [number * 1000.0 + n for number in range(CHUNKS) for n in range(168)]
    assert frame["value"].tolist() == expected
    since, until = place.memory().complete(SERIES)
    assert since == pd.Timestamp(stamps[0], unit="ms", tz="UTC")
    assert until == pd.Timestamp(stamps[-1] + WEEK, unit="ms", tz="UTC")
