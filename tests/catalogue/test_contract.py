"""What comes in keeps the promises of its card, or is refused, told and kept as delivered."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from stadtlabor.catalogue import cards
from stadtlabor.catalogue.contract import broken_grid, uncarded, upheld
from stadtlabor.city import city
from stadtlabor.ingest.committer import Committer
from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, Spool, Store

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
SENSOR = city().gauges[0]
GAUGE = f"rain-gauge/{SENSOR.id}/rain"
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS, folder)
    monkeypatch.setenv("STADTLABOR_DATASETS", str(folder))
    return folder


@pytest.fixture
def parts(tmp_path: Path):
    spool, store = Spool(tmp_path / "spool.db"), Store(tmp_path / "store")
    yield spool, store, GridStore(tmp_path / "store")
    store.close()


def stream(id_: str, observed: str, unit: str, interval_s: int = 300) -> Datastream:
    return Datastream(id_, f"Reihe {id_}", observed, unit, interval_s, "Test", "dl-de/by-2-0")


def made(streams: list[Datastream], values: dict[str, list[float]]) -> Batch:
    frames = [
        observations(name, pd.date_range(START, periods=len(each), freq="5min"), each)
        for name, each in values.items()
    ]
    return Batch(pd.concat(frames, ignore_index=True), streams)


def rain(number: int, amount: float) -> Delivery:
    at = START + timedelta(hours=number)
    body = {
        "deviceInfo": {"devEui": str(SENSOR.eui).lower()},
        "time": at.isoformat(),
        "object": {"rain_mm": amount, "time": at.isoformat(), "interval_s": 300},
    }
    topic = f"application/1/device/{str(SENSOR.eui).lower()}/event/up"
    return Delivery("chirpstack", topic, json.dumps(body).encode(), at)


def test_values_beyond_the_promise_are_refused_and_the_rest_is_kept() -> None:
    batch = made([stream("rain-gauge/a/rain", "precipitation", "mm")],
                 {"rain-gauge/a/rain": [0.0, 3.5, 501.0, 500.0, -1.0]})  # fmt: skip
    checked = upheld(batch)
    assert checked.keep.tolist() == [True, True, False, True, False]
    said = str(checked.breaches[0].told(batch.frame))
    assert "Der Wert 501 liegt nicht in 0 bis 500 mm; ebenso 1 Wert danach." in said
    assert "Reihe rain-gauge/a/rain, 01.01.2026 00:10:00 UTC" in said
    assert "Bitte Gerät oder Datei prüfen" in said


@pytest.mark.parametrize(
    ("observed", "unit", "words"),
    [
        ("snow", "mm", "hat die Größe „snow“, die die Karte „rain-gauge“ nicht kennt"),
        ("precipitation", "l", "hat die Einheit l, die Karte „rain-gauge“ verspricht mm"),
    ],
)
def test_a_series_of_another_kind_is_refused_whole(observed: str, unit: str, words: str) -> None:
    good = stream("rain-gauge/a/rain", "precipitation", "mm")
    bad = stream("rain-gauge/b/rain", observed, unit)
    checked = upheld(made([good, bad], {good.id: [1.0], bad.id: [1.0, 2.0]}))
    assert checked.keep.tolist() == [True, False, False]
    assert words in checked.breaches[0].why


def test_an_interval_that_was_promised_is_held(place: Path) -> None:
    path = place / "rain-gauge.toml"
    path.write_text(path.read_text("utf-8").replace("high = 500", "high = 500\ninterval_s = 300"))
    kept = stream("rain-gauge/a/rain", "precipitation", "mm", 300)
    other = stream("rain-gauge/b/rain", "precipitation", "mm", 600)
    checked = upheld(made([kept, other], {kept.id: [1.0], other.id: [1.0]}))
    assert checked.keep.tolist() == [True, False]
    assert "gilt für 600 s, die Karte „rain-gauge“ verspricht 300 s" in checked.breaches[0].why


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60))
@settings(max_examples=40)
def test_exactly_the_values_within_the_bounds_are_kept(values: list[float]) -> None:
    one, two = (stream(f"soil/{n}/moisture", "soil_moisture", "%", 0) for n in "ab")
    batch = made([one, two], {one.id: values, two.id: [50.0]})
    checked = upheld(batch)
    value = batch.frame["value"].to_numpy()
    assert (checked.keep == ((value >= 0) & (value <= 100))).all()
    refused = np.concatenate([b.rows for b in checked.breaches] or [np.empty(0, int)])
    assert sorted(refused) == np.flatnonzero(~checked.keep).tolist()


def grid(highest: float, dataset: str = "rain-radar", units: str = "mm/h") -> xr.DataArray:
    values = np.full((1, 3, 3), np.nan, "float32")
    values[0, 1, 1] = highest
    return xr.DataArray(values, dims=("time", "y", "x"), attrs={"dataset": dataset, "units": units})


def test_grids_keep_promises_too() -> None:
    assert broken_grid(grid(80.0)) == ""
    assert broken_grid(grid(np.nan)) == ""
    assert broken_grid(grid(80.0, "rain-radar-simulated")) == ""
    assert "reichen von 9.000 bis 9.000 mm/h" in broken_grid(grid(9000.0))
    assert "Die Einheit des Rasters ist dBZ" in broken_grid(grid(40.0, units="dBZ"))
    assert "hat keine Karte" in broken_grid(grid(1.0, "rain-mars"))


def test_every_card_has_a_promise_for_what_its_sources_deliver() -> None:
    assert uncarded(list(cards())) == ""
    assert uncarded(["footfall", "ufo", "ufo"]).count("„ufo“ hat keine Karte") == 1


def test_no_card_no_ingest_and_with_the_card_it_comes_in(place: Path, parts) -> None:
    spool, store, grids = parts
    card = place / "rain-gauge.toml"
    text = card.read_text("utf-8")
    card.unlink()
    spool.put([rain(1, 2.0), rain(2, 3.0)])
    committer = Committer(spool, store, grids, 3600)
    assert committer.step() == 2
    assert "rain-gauge" not in store.datasets()
    ((_, delivery, reason), _) = spool.dead()
    assert "„rain-gauge“ hat keine Karte. Bitte datasets/rain-gauge.toml anlegen" in reason
    assert json.loads(delivery.body)["object"]["rain_mm"] == 2.0
    assert committer.step() == 0  # nothing has changed: it waits
    card.write_text(text, "utf-8")
    assert committer.step() == 2
    assert store.read(GAUGE)["value"].tolist() == [2.0, 3.0]
    assert spool.dead() == []


def test_a_card_with_a_fault_is_no_card(place: Path, parts) -> None:
    spool, store, grids = parts
    card = place / "rain-gauge.toml"
    card.write_text(card.read_text("utf-8").replace("k = 1", ""), "utf-8")
    spool.put([rain(1, 2.0)])
    Committer(spool, store, grids, 3600).step()
    ((_, _, reason),) = spool.dead()
    assert "Die Karte des Datensatzes „rain-gauge“ hat Fehler" in reason
    assert "„k“ fehlt" in reason


def test_a_refused_value_is_never_lost(place: Path, parts) -> None:
    spool, store, grids = parts
    card = place / "rain-gauge.toml"
    text = card.read_text("utf-8")
    card.write_text(text.replace("high = 500", "high = 10"), "utf-8")
    spool.put([rain(1, 2.0), rain(2, 40.0), rain(3, 3.0)])
    committer = Committer(spool, store, grids, 3600)
    committer.step()
    assert store.read(GAUGE)["value"].tolist() == [2.0, 3.0]
    assert committer.progress.refused == 1
    ((number, _, reason),) = spool.dead()
    assert number == 2
    assert "Der Wert 40 liegt nicht in 0 bis 10 mm" in reason
    card.write_text(text, "utf-8")
    committer.step()
    assert store.read(GAUGE)["value"].tolist() == [2.0, 40.0, 3.0]
    assert spool.dead() == []


def test_pages_do_not_load_the_checker() -> None:
    code = "import sys, stadtlabor.web.site as s; s.site(); print('pandera' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "False"
