from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stadtlabor.ingest.committer import Committer
from stadtlabor.sources.delivery import Delivery
from stadtlabor.store import GridStore, Spool, Store

COUNTER = "footfall/fischerstrasse/live"
GAUGE = "rain-gauge/regenschreiber-mitte/rain"


@pytest.fixture
def parts(tmp_path: Path):
    spool, store = Spool(tmp_path / "spool.db"), Store(tmp_path / "store")
    yield spool, store, GridStore(tmp_path / "store")
    store.close()


@pytest.fixture
def deliver(uplinks):
    def make(kind: str, number: int) -> Delivery:
        topic, body = uplinks[kind](number)
        return Delivery("tts" if kind == "count" else "chirpstack", topic, body, datetime.now(UTC))

    return make


def test_a_stretch_goes_into_every_table_that_it_touches(parts, deliver):
    spool, store, grids = parts
    spool.put([deliver("count", 1), deliver("rain", 2), deliver("count", 3)])
    committer = Committer(spool, store, grids, 3600)
    assert committer.step() == 3
    assert committer.step() == 0
    assert store.read(COUNTER)["value"].tolist() == [1, 3]
    assert store.read(GAUGE)["value"].tolist() == [2]
    assert spool.watermark == store.watermark("footfall") == store.watermark("rain-gauge") == 3


def test_what_cannot_be_read_is_buried_and_does_not_stop_the_rest(parts, deliver):
    spool, store, grids = parts
    spool.put([
        Delivery("tts", "v3/a/devices/b/up", b"{kaputt", datetime.now(UTC)),
        Delivery("unbekannt", "datei.csv", b"1;2", datetime.now(UTC)),
        deliver("count", 1),
    ])  # fmt: skip
    assert Committer(spool, store, grids, 3600).step() == 3
    assert store.read(COUNTER)["value"].tolist() == [1]
    (first, _, json), (second, _, kind) = spool.dead()
    assert (first, second) == (1, 2)
    assert "kein gültiges JSON" in json
    assert "ist nicht bekannt" in kind


def test_a_crash_between_two_tables_doubles_nothing(parts, deliver):
    spool, store, grids = parts
    spool.put([deliver("count", 1), deliver("rain", 2)])
    first = Committer(spool, store, grids, 3600)
    real = store.write

    def crash(batch, **options):
        # The process dies after the first table: the second never hears of the stretch.
        footfall = [d for d in batch.datastreams if d.dataset == "footfall"]
        frame = batch.frame[batch.frame["datastream"] == COUNTER]
        real(type(batch)(frame, footfall), **options)
        raise KeyboardInterrupt

    store.write = crash
    with pytest.raises(KeyboardInterrupt):
        first.step()
    store.write = real
    versions = store.version("footfall")
    spool.put([deliver("count", 3)])
    again = Committer(spool, store, grids, 3600)
    assert again.step() == 2  # exactly the interrupted stretch
    assert store.version("footfall") == versions
    assert store.read(GAUGE)["value"].tolist() == [2]
    assert again.step() == 1
    assert store.read(COUNTER)["value"].tolist() == [1, 3]


def test_tidying_seals_when_it_is_time_and_gathers_when_files_are_many(parts, deliver):
    spool, store, grids = parts
    spool.put([deliver("count", 1)])
    due = Committer(spool, store, grids, 0.0)
    due.step()
    due.tidy()
    assert store.log_size("footfall") == (0, 0)
    assert due.progress.seals == 1
    later = Committer(spool, store, grids, 3600)
    for number in range(2, 124):
        spool.put([deliver("count", number)])
        later.step()
    later.tidy()
    assert store.log_size("footfall") == (1, 122)
    assert store.read(COUNTER)["value"].tolist() == list(range(1, 124))


def test_radar_goes_into_the_grids(parts, shared_data):
    spool, store, grids = parts
    path = sorted((shared_data / "rain/radklim_yw_20170816").glob("*-bin.gz"))[0]
    spool.put([Delivery("dwd-radar", path.name, path.read_bytes(), datetime.now(UTC))])
    committer = Committer(spool, store, grids, 3600)
    committer.step()
    assert spool.dead() == []
    assert committer.progress.grids == 1
    assert len(grids.grid_times("rain-radar")) == 1
