"""A night of retention: single values go everywhere, sums stay and are right."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from stadtlabor.catalogue.cards import find
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.retention import Timer
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import Spool, Store

ZONE = "Europe/Berlin"
NOW = pd.Timestamp("2026-11-30T03:00", tz=ZONE)
LIVE, HOURLY, TWIN = "footfall/markt/live", "footfall/markt/hourly", "footfall-simulated/markt/live"
ENERGY = "school-energy/schule-a/electricity"


def _stream(name: str, interval_s: int = 600, *, simulated: bool = False) -> Datastream:
    return Datastream(name, "Passanten", "pedestrians", "1", interval_s, "Stadt", "CC0", simulated)


def _batch(stream: Datastream, start: str, periods: int, every: str, seed: int = 1) -> Batch:
    times = pd.date_range(start, periods=periods, freq=every, tz=ZONE)
    values = np.random.default_rng(seed).normal(5000, 700, periods)
    return Batch(observations(stream.id, times, values), [stream])


@pytest.fixture
def parts(tmp_path: Path):
    spool, store = Spool(tmp_path / "spool" / "spool.db"), Store(tmp_path / "store")
    for seed, (stream, every, days) in enumerate(
        (
            (_stream(LIVE), "10min", 40),
            (_stream(HOURLY, 3600), "1h", 40),
            (_stream(TWIN, simulated=True), "10min", 3),
        )
    ):
        periods = int(pd.Timedelta(days=days) / pd.Timedelta(every))
        # From 20 November 2025 on: a year and ten days before, until after the limit.
        store.write(_batch(stream, "2025-11-20", periods, every, seed))
    store.seal("footfall")
    store.write(_batch(_stream(LIVE), "2025-11-25T00:00", 5, "10min", seed=7))
    yield Timer(tmp_path, spool, store, ZONE), spool, store
    store.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


def _values(folder: Path) -> set[float]:
    found: set[float] = set()
    for path in folder.rglob("*.parquet"):
        table = pq.ParquetFile(path).read()
        for name in ("v", "total", "low", "high"):
            if name in table.column_names:
                found |= set(table[name].to_pylist())
    return found


def test_old_values_become_sums_and_are_in_no_file_any_more(parts, tmp_path):
    timer, _, store = parts
    limit = pd.Timestamp("2025-11-30", tz=ZONE)
    old = store.read(LIVE, end=limit)
    sums = store.aggregate(LIVE, None, limit, "hour")
    days = store.aggregate(LIVE, None, limit, "day")
    later = store.read(LIVE, start=limit)
    begin = time.perf_counter()
    (night,) = timer.run(NOW)
    assert time.perf_counter() - begin < 60
    assert (night.dataset, night.erased) == ("footfall", len(old) + 5)  # five were said twice
    assert store.read(LIVE)["time"].min() == limit
    pd.testing.assert_frame_equal(store.read(LIVE), later)
    left = store.read("footfall-hourly/markt/live.sum")
    assert left["value"].tolist() == sums["sum"].tolist()
    assert left["time"].tolist() == sums["time"].tolist()
    counts = store.read("footfall-hourly/markt/live.count")
    assert counts["value"].tolist() == sums["count"].tolist()
    again = store.aggregate("footfall-hourly/markt/live.sum", None, None, "day")
    assert again["sum"].tolist() == pytest.approx(days["sum"].tolist(), abs=1e-6)
    assert not set(old["value"]) & _values(tmp_path / "store")
    everything = _bytes(tmp_path / "store")
    assert not [v for v in old["value"] if struct.pack("<d", v) in everything]


def test_what_is_coarse_or_nobodys_stays(parts):
    timer, _, store = parts
    hourly, twin = store.read(HOURLY), store.read(TWIN)
    timer.run(NOW)
    pd.testing.assert_frame_equal(store.read(HOURLY), hourly)
    pd.testing.assert_frame_equal(store.read(TWIN), twin)


def test_open_data_stay_for_ever(parts):
    timer, _, store = parts
    name = "weather/station/temperature"
    stream = Datastream(name, "Temperatur", "temperature", "°C", 0, "DWD", "CC BY 4.0")
    store.write(_batch(stream, "2015-01-01", 20, "10min"))
    store.seal("weather")
    version = store.version("weather")
    timer.run(NOW)
    assert store.version("weather") == version


def test_what_comes_late_for_a_gathered_period_does_not_change_it(parts):
    timer, _, store = parts
    timer.run(NOW)
    before = store.read("footfall-hourly/markt/live.sum")
    store.write(_batch(_stream(LIVE), "2025-11-24T10:00", 3, "10min", seed=9))
    (night,) = timer.run(NOW)
    assert (night.gathered, night.erased) == (0, 3)
    pd.testing.assert_frame_equal(store.read("footfall-hourly/markt/live.sum"), before)


def test_months_are_gathered_whole_when_their_first_day_goes(parts):
    timer, _, store = parts
    stream = _stream(ENERGY, 900)
    store.write(_batch(stream, "2021-10-01", 96 * 92, "15min"))
    months = store.aggregate(ENERGY, None, None, "month")
    now = pd.Timestamp("2026-11-15T03:00", tz=ZONE)
    for day in range(4):  # 1825 days before lies in the middle of November 2021
        timer.run(now + pd.Timedelta(days=day))
    left = store.read("school-energy-monthly/schule-a/electricity.sum")
    assert left["value"].tolist() == pytest.approx(months["sum"].tolist()[:2], rel=1e-14)
    assert store.read(ENERGY)["time"].min() == pd.Timestamp("2021-11-19", tz=ZONE)


def test_the_card_of_the_values_is_the_card_of_their_sums():
    assert find("footfall-hourly").id == "footfall"
    assert find("rain-radar-hourly").id == "rain-radar-hourly"


def test_deliveries_that_brought_them_go_too(parts, uplinks, tmp_path):
    timer, spool, store = parts
    old, new = uplinks(datetime(2025, 1, 5, tzinfo=UTC)), uplinks(datetime(2026, 11, 1, tzinfo=UTC))
    store.write(_batch(_stream("footfall/fischerstrasse/live", 10), "2025-01-05T01:00", 3, "10s"))
    spool.put([old, new])
    spool.bury([(1, "kaputt")])
    spool.done(2)
    timer.run(NOW)
    assert [number for number, _ in spool.pending(0)] == [2]
    assert spool.dead() == []
    assert b"2025-01-05" not in _bytes(tmp_path / "spool")


def test_a_file_that_was_uploaded_goes_and_nothing_tells_of_it(tmp_path):
    """From the inbox through the ingest into the store, and out again from every place."""
    from stadtlabor.city import city
    from stadtlabor.ingest import Collector
    from stadtlabor.retention import orders
    from stadtlabor.settings import settings

    rows = "".join(f"{day:02}.11.2026;{day / 8}\n" for day in range(1, 20))
    folder = tmp_path / "inbox" / "waste-csv"
    folder.mkdir(parents=True)
    name = next(iter(school.id for school in city().schools))
    (folder / f"{name}_restmuell_anna-muster.csv").write_text(f"Datum;Restmüll (kg)\n{rows}")
    Collector(tmp_path, city(), settings()).once(ask=False)
    store = Store(tmp_path / "store")
    series = [d.id for s in store.datasets() for d in store.datastreams(s)]
    store.close()
    held = [p for p in tmp_path.rglob("*") if p.is_file() and b"anna-muster" in p.read_bytes()]
    assert held
    if not series:
        pytest.skip("the sheet was not taken")
    orders.give(tmp_path, series)
    Collector(tmp_path, city(), settings()).once(ask=False)
    held = [p for p in tmp_path.rglob("*") if p.is_file() and b"anna-muster" in p.read_bytes()]
    assert not held
    assert not list(tmp_path.glob("inbox-done/*/*"))


@pytest.fixture
def uplinks():
    def make(at: datetime) -> Delivery:
        payload = {"count": 77, "time": at.isoformat(), "interval_s": 10}
        body = {
            "end_device_ids": {"dev_eui": "70B3D57ED0000001"},
            "uplink_message": {"received_at": at.isoformat(), "decoded_payload": payload},
        }
        name = "v3/app@city/devices/counter/up"
        return Delivery("tts", name, json.dumps(body).encode(), datetime.now(UTC))

    return make


def test_it_is_due_once_a_night_and_not_at_the_first_start(parts):
    timer, spool, store = parts
    noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert timer.tend(noon) == []  # a new installation
    assert timer.tend(noon + timedelta(hours=12, minutes=30)) == []  # half past one
    assert len(timer.tend(noon + timedelta(hours=13, minutes=30))) == 1
    assert Timer(timer.file.parents[1], spool, store, ZONE).tend(noon + timedelta(hours=14)) == []


NIGHT = """
import sys
from pathlib import Path
import pandas as pd
from stadtlabor.retention import Timer
from stadtlabor.store import Spool, Store
home = Path(sys.argv[1])
timer = Timer(home, Spool(home / "spool/spool.db"), Store(home / "store"), "Europe/Berlin")
print("ready", flush=True)
sys.stdin.readline()
timer.run(pd.Timestamp("2026-11-30T03:00", tz="Europe/Berlin"))
"""


def test_a_night_that_is_killed_is_done_by_the_next(parts, tmp_path):
    _, spool, store = parts
    limit = pd.Timestamp("2025-11-30", tz=ZONE)
    sums = store.aggregate(LIVE, None, limit, "hour")["sum"].tolist()
    old = set(store.read(LIVE, end=limit)["value"])
    store.close()
    spool.close()
    for delay_ms in (30, 80, 130, 180, 230):
        copy = tmp_path / f"killed-{delay_ms}"
        copy.mkdir()
        subprocess.run(["cp", "-r", tmp_path / "store", tmp_path / "spool", f"{copy}/"], check=True)
        with subprocess.Popen(
            [sys.executable, "-c", NIGHT, str(copy)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child:
            assert child.stdout
            assert child.stdin
            child.stdout.readline()
            child.stdin.write(b"\n")
            child.stdin.flush()
            time.sleep(delay_ms / 1000)
            os.kill(child.pid, signal.SIGKILL)
        again = Store(copy / "store")
        Timer(copy, Spool(copy / "spool/spool.db"), again, ZONE).run(NOW)
        assert again.read("footfall-hourly/markt/live.sum")["value"].tolist() == sums
        assert again.read(LIVE)["time"].min() == limit
        assert not old & _values(copy / "store")
        again.close()
