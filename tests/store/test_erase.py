"""What is erased is gone: from files, versions, log, statistics, descriptions."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import threading
import time

import pandas as pd
import pyarrow.parquet as pq
import pytest

from stadtlabor.store import Store, StoreError
from stadtlabor.store.place import Place, readable

ANNA, BEN = "footfall/anna-muster/live", "footfall/markt/live"
SECRET = [4711.123, 4712.456, 4713.789]


def _values(folder: Place) -> set[float]:
    """Every value that any Parquet file below a folder holds, whatever version it belongs to."""
    found: set[float] = set()
    for path in folder.rglob("*.parquet"):
        table = pq.ParquetFile(readable(path)).read()
        for name in ("v", "total", "low", "high"):
            if name in table.column_names:
                found |= set(table[name].to_pylist())
    return found


def _bytes(folder: Place) -> bytes:
    return b"".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file())


@pytest.fixture
def filled(store, batch) -> Store:
    """Sealed months, a log, and old versions of both."""
    for month in ("2026-01", "2026-02"):
        store.write(batch(SECRET, start=f"{month}-05T00:00Z", name=ANNA))
        store.write(batch([1, 2, 3], start=f"{month}-05T00:00Z", name=BEN))
        store.seal("footfall")
    store.write(batch([SECRET[0]], start="2026-02-06T00:00Z", name=ANNA))
    store.write(batch([4], start="2026-02-06T00:00Z", name=BEN))
    return store


def test_a_series_is_gone_from_every_version_and_the_others_are_untouched(filled):
    before = filled.read(BEN)
    days = filled.aggregate(BEN, None, None, "day")
    gone = filled.erase("footfall", [ANNA])
    assert (gone.rows, gone.rewritten) == (7, 3)
    pd.testing.assert_frame_equal(filled.read(BEN), before)
    pd.testing.assert_frame_equal(filled.aggregate(BEN, None, None, "day"), days)
    assert not _values(filled.place) & set(SECRET)
    assert [d.id for d in filled.datastreams("footfall")] == [BEN]
    everything = _bytes(filled.folder) + _bytes(filled.place)
    assert b"anna-muster" not in everything
    assert not [v for v in SECRET if struct.pack("<d", v) in everything]
    with pytest.raises(StoreError, match="keine Version 1 "):
        filled.read(BEN, at_version=1)


def test_values_before_an_instant_are_gone_and_later_ones_stay(filled):
    filled.erase("footfall", before=pd.Timestamp("2026-02-05T00:15Z"))
    found = filled.read([ANNA, BEN])
    assert found["time"].min() == pd.Timestamp("2026-02-05T00:15Z")
    assert len(found) == 6
    assert 4711.123 in _values(filled.place)  # of 6 February
    assert len(filled.datastreams("footfall")) == 2


def test_the_store_goes_on_after_an_erasure(filled, batch):
    filled.erase("footfall", [ANNA])
    filled.write(batch([9], start="2026-03-01T00:00Z", name=BEN))
    filled.seal("footfall")
    assert filled.read(BEN)["value"].iloc[-1] == 9
    assert Store(filled.folder).read(BEN)["value"].iloc[-1] == 9


def test_a_key_is_never_given_to_another_series(filled, batch):
    reader = Store(filled.folder)
    assert len(reader.read(ANNA)) == 7
    filled.erase("footfall", [ANNA])
    filled.write(batch([8], name="footfall/other/live"))
    with pytest.raises(StoreError, match="gibt es nicht"):
        reader.read(ANNA)
    assert reader.read("footfall/other/live")["value"].tolist() == [8]


def test_a_reader_of_another_process_goes_on(filled, batch):
    reader = Store(filled.folder)
    version = reader.version("footfall").version
    assert len(reader.read(BEN)) == 7
    filled.erase("footfall", [ANNA])
    assert len(reader.read(BEN)) == 7
    with pytest.raises(StoreError, match="keine Version"):
        reader.read(BEN, at_version=version)


def test_nothing_happens_where_nothing_has_to_go(filled):
    version = filled.version("footfall")
    assert filled.erase("footfall", before=pd.Timestamp("2020-01-01T00:00Z")).rows == 0
    assert filled.version("footfall") == version
    assert len(filled.read(BEN, at_version=2)) == 3


def test_everything_by_mistake_is_refused(filled):
    with pytest.raises(StoreError, match="Datenreihen oder einen Zeitpunkt"):
        filled.erase("footfall")
    with pytest.raises(StoreError, match="gibt es nicht"):
        filled.erase("footfall", ["footfall/nobody/live"])


def test_whoever_reads_meanwhile_never_sees_an_error(filled, batch):
    reader, stop, wrong, reads = Store(filled.folder), threading.Event(), [], []

    def read() -> None:
        while not stop.is_set():
            try:
                rows = (
                    len(reader.read(BEN)),
                    int(reader.aggregate(BEN, None, None, "day")["count"].sum()),
                )
                reads.append(rows)
                reader.latest([BEN])
            except Exception as error:  # whatever it is, the test must tell it
                wrong.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(12):
        name = f"footfall/kind-{number}/live"
        filled.write(batch([1.5] * 50, start="2026-01-05T00:00Z", name=name))
        filled.seal("footfall")
        filled.erase("footfall", [name])
    stop.set()
    thread.join()
    assert not wrong
    assert set(reads) == {(7, 7)}


KILLED = """
import sys
from pathlib import Path
from stadtlabor.store.place import Place, readable
from stadtlabor.store import Store
store = Store(Path(sys.argv[1]))
store.datasets()
print("ready", flush=True)
sys.stdin.readline()
store.erase("footfall", ["footfall/anna-muster/live"])
"""


@pytest.mark.disk("copies the folder of a store to kill many writers")
def test_an_erasure_that_is_killed_is_finished_by_the_next_writer(filled, tmp_path):
    filled.close()
    expected = Store(filled.folder).read(BEN)
    finished = 0
    # Before it begins, at once when it has, and later; a slow machine begins later.
    for moment in ("before", 0, 2, 5, 10, 20):
        copy = tmp_path / f"killed-{moment}"
        subprocess.run(["cp", "-r", filled.folder, copy], check=True)
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(copy)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert child.stdout
        assert child.stdin
        assert child.stdout.readline() == b"ready\n"
        child.stdin.write(b"\n")
        child.stdin.flush()
        if moment != "before":
            mark = copy / "observations/footfall/_erasure"
            until = time.monotonic() + 60
            while not mark.exists() and child.poll() is None and time.monotonic() < until:
                time.sleep(0.0005)
            time.sleep(moment / 1000)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdin.close()
        child.stdout.close()
        store = Store(copy)
        pd.testing.assert_frame_equal(store.read(BEN), expected)
        begun = (copy / "observations/footfall/_erasure").exists()
        store.guard()  # becomes the writer, finishes what was begun
        assert not (copy / "observations/footfall/_erasure").exists()
        if ANNA in [d.id for d in store.datastreams("footfall")]:
            store.erase("footfall", [ANNA])  # as the order, which is still there, says
        assert not _values(copy) & set(SECRET)
        assert b"anna-muster" not in _bytes(copy)
        pd.testing.assert_frame_equal(store.read(BEN), expected)
        finished += begun
        store.close()
    assert finished  # some of the kills fell into an erasure


def test_a_million_rows_take_seconds(store, batch):
    for month in range(1, 7):
        for thing in range(10):
            name = f"footfall/thing-{thing}/live"
            store.write(batch([1.5] * 16_000, f"2026-{month:02}-01T00:00Z", "150s", name=name))
    store.seal("footfall")
    begin = time.perf_counter()
    assert store.erase("footfall", ["footfall/thing-3/live"]).rows == 96_000
    assert time.perf_counter() - begin < 20
