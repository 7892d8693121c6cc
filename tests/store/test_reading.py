"""Who may only read the store reads all of it, whether or not its writer is there."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

import openview
from stadtlabor.store import GridStore, Store
from stadtlabor.store.reading import connect_reading

READER = """
import json
from stadtlabor import data
print(json.dumps({
    "datasets": data.datasets(),
    "rows": len(data.read("footfall")) if "footfall" in data.datasets() else 0,
    "sum": data.aggregate("footfall", "day")["sum"].sum() if "footfall" in data.datasets() else 0,
    "series": list(data.datastreams("footfall")["id"]) if "footfall" in data.datasets() else [],
    "times": len(data.grid_times("rain-radar")) if "rain-radar" in data.datasets() else 0,
    "grid": float(data.grid("rain-radar").sum()) if "rain-radar" in data.datasets() else 0,
    "version": [str(data.version(n)).partition("+")[0].partition(" ")[0] for n in data.datasets()],
}))
"""
WRITER = """
import os, sqlite3
from pathlib import Path
from stadtlabor.settings import home
from stadtlabor.store.registers import METADATA, create, registers
from sqlalchemy import text
def tried(what):
    try:
        what()
    except Exception as error:
        return type(error).__name__
    return "open"
def insert():
    engine = registers(home() / "store")
    create(engine, METADATA)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM datastreams"))
def index():
    db = sqlite3.connect(next((home() / "store").glob("grids/*/index.db")))
    db.execute("DELETE FROM fields")
    db.commit()
print(tried(insert), tried(index), tried((home() / "store" / "x").touch),
      tried(lambda: next((home() / "store").rglob("*.parquet")).write_bytes(b"")))
"""
READER_UID = 60001
pytestmark = pytest.mark.disk("what other system users may do with files of this machine")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if openview.obstacle():
        pytest.skip(openview.obstacle())
    with tempfile.TemporaryDirectory(prefix="stadtlabor-") as name:
        Path(name).chmod(0o755)
        monkeypatch.setenv("STADTLABOR_HOME", name)
        yield Path(name)


def stranger(code: str) -> str:
    """Run code as another user and return what it prints."""
    command = [*openview.command(READER_UID), sys.executable, "-c", code]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def grid(start: str) -> xr.DataArray:
    times = pd.date_range(start, periods=2, freq="5min").as_unit("us")
    return xr.DataArray(
        np.ones((2, 4, 4), "float32"),
        dims=("time", "y", "x"),
        coords={"time": times, "y": np.arange(4.0), "x": np.arange(4.0)},
        name="precipitation",
        attrs={"dataset": "rain-radar", "units": "mm", "interval_s": 300, "step": 0.01},
    )


def test_another_user_reads_everything_and_writes_nothing(place: Path, batch) -> None:
    (place / "store").mkdir()
    assert json.loads(stranger(READER))["datasets"] == []
    store, grids = Store(place / "store"), GridStore(place / "store")
    store.write(batch([1.0, 2.0]))
    grids.write_grid(grid("2026-01-01"))
    assert (place / "store" / "registers.db-wal").exists()
    seen = json.loads(stranger(READER))
    assert seen["datasets"] == ["footfall", "rain-radar"]
    assert (seen["rows"], seen["sum"], seen["times"], seen["grid"]) == (2, 3.0, 2, 32.0)
    store.write(batch([3.0], name="footfall/tor/live"))
    grids.write_grid(grid("2026-01-02"))
    more = json.loads(stranger(READER))
    assert more["series"] == ["footfall/markt/live", "footfall/tor/live"]
    assert (more["rows"], more["times"]) == (3, 4)
    assert more["version"] != seen["version"]
    assert "open" not in stranger(WRITER).split()
    store.close()
    grids.close()
    assert list(place.rglob("*-wal")) == []
    before = sorted(place.rglob("*"))
    assert json.loads(stranger(READER)) == more
    assert "open" not in stranger(WRITER).split()
    assert sorted(place.rglob("*")) == before


def test_what_a_killed_writer_left_is_read_as_well(place: Path) -> None:
    path = place / "left.db"
    child = os.fork()
    if child == 0:
        db = sqlite3.connect(path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE t AS SELECT 7 AS x")
        db.commit()
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert path.with_name("left.db-wal").stat().st_size
    code = (
        "from pathlib import Path; from stadtlabor.store.reading import connect_reading\n"
        f"print(connect_reading(Path({str(path)!r})).execute('SELECT x FROM t').fetchall())"
    )
    assert stranger(code) == "[(7,)]\n"
    with pytest.raises(sqlite3.OperationalError):
        connect_reading(place / "none.db")
