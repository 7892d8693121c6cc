"""Measure the store beside SQLite: ``python tests/benchmarks/store.py --sizes 1,7``.

200 series every 15 minutes, as many years as the size asks for. Then 1,000 upserts every 250 ms
(97 % new, 3 % corrections of the past 60 days) while four processes ask four times for one series'
last year and then for the daily sums of all series over the last year, half a second apart. SQLite
(WAL, synchronous FULL, primary key upsert) gets the same rows, rhythm and questions in the same
run. Figures are p50/p95 in ms.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from stadtlabor.observations import Batch, Datastream, observations
from stadtlabor.store import Store

SERIES, STEP_S, YEAR = 200, 900, 35_040
NAMES = [f"bench/meter-{n:03d}/electricity" for n in range(SERIES)]
STREAMS = [Datastream(n, n, "electricity", "kWh", STEP_S, "Benchmark", "CC0") for n in NAMES]
END = pd.Timestamp("2026-07-01T00:00Z")
PAUSE_S = 0.5
"""Between two questions of a reader: four busy people, not four loops that fill both cores."""

LAST_YEAR = END - pd.Timedelta(seconds=STEP_S * YEAR)


def _history(steps: int) -> tuple[pd.DatetimeIndex, np.ndarray]:
    times = pd.date_range(end=END - pd.Timedelta(seconds=STEP_S), periods=steps, freq="15min")
    rng = np.random.default_rng(1)
    return times, rng.gamma(2, 10, (SERIES, len(times))).round(2)


def _upserts(number: int) -> tuple[np.ndarray, pd.DatetimeIndex, np.ndarray]:
    """Series, times and values of the ``number``-th live batch of 1,000 rows."""
    rng = np.random.default_rng(1000 + number)
    series = np.tile(np.arange(SERIES), 5)
    offset = np.repeat(np.arange(5), SERIES) + number * 5
    late = rng.random(1000) < 0.03
    offset = np.where(late, -rng.integers(1, 60 * 96, 1000), offset)
    times = END + pd.to_timedelta(offset * STEP_S, unit="s")
    return series, pd.DatetimeIndex(times), rng.gamma(2, 10, 1000).round(2)


class Delta:
    """The store as it is shipped."""

    name = "Stadtlabor store"

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "store")

    def fill(self, times: pd.DatetimeIndex, values: np.ndarray) -> None:
        for block in np.array_split(np.arange(len(times)), max(1, len(times) // 5_000)):
            ids = np.repeat(NAMES, len(block))
            at = pd.DatetimeIndex(np.tile(times[block], SERIES))
            late = np.random.default_rng(2).integers(0, 60_000_000, len(at))
            stated = at + pd.to_timedelta(late, unit="us")
            frame = observations(ids, at, values[:, block].ravel(), 0, stated)
            self.store.write(Batch(frame, STREAMS))
        self.store.seal("bench")

    def upsert(self, number: int) -> None:
        series, times, values = _upserts(number)
        frame = observations([NAMES[s] for s in series], times, values, 0, times)
        self.store.write(Batch(frame, STREAMS), watermark=number)

    def tidy(self) -> None:
        self.store.gather("bench", least=32)

    def series_year(self, number: int) -> int:
        return len(self.store.read(NAMES[number % SERIES], LAST_YEAR, END))

    def daily_sums(self) -> int:
        return len(self.store.aggregate(NAMES, LAST_YEAR, END, "day"))

    def bytes(self, folder: Path) -> int:
        base = (folder / "store" / "observations").rglob("layer=base/**/*.parquet")
        current = {f.path for f in self.store._table("bench").snapshot().base()}
        return sum(p.stat().st_size for p in base if any(str(p).endswith(c) for c in current))


class Sqlite:
    """The same rows in one SQLite table."""

    name = "SQLite WAL, FULL"

    def __init__(self, folder: Path) -> None:
        self.path = folder / "bench.db"
        self.db = sqlite3.connect(self.path, timeout=60)
        self.db.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;"
            "CREATE TABLE IF NOT EXISTS o (datastream INTEGER, t INTEGER, v REAL, rt INTEGER, "
            "seq INTEGER, quality INTEGER, PRIMARY KEY (datastream, t)) WITHOUT ROWID;"
        )

    def _put(self, rows: list[tuple[object, ...]]) -> None:
        with self.db:
            self.db.executemany(
                "INSERT INTO o VALUES (?,?,?,?,?,0) ON CONFLICT (datastream, t) DO UPDATE SET "
                "v=excluded.v, rt=excluded.rt, seq=excluded.seq "
                "WHERE (excluded.rt, excluded.seq) >= (rt, seq)",
                rows,
            )

    def fill(self, times: pd.DatetimeIndex, values: np.ndarray) -> None:
        at = times.as_unit("us").asi8.tolist()
        for series in range(SERIES):
            self._put(
                [(series, t, v, t, 0) for t, v in zip(at, values[series].tolist(), strict=True)]
            )

    def upsert(self, number: int) -> None:
        series, times, values = _upserts(number)
        at = times.as_unit("us").asi8.tolist()
        rows = zip(series.tolist(), at, values.tolist(), strict=True)
        self._put([(s, t, v, t, number) for s, t, v in rows])

    def tidy(self) -> None:
        """SQLite tidies by itself."""

    def series_year(self, number: int) -> int:
        rows = self.db.execute(
            "SELECT t, v, quality, rt FROM o WHERE datastream = ? AND t >= ? AND t < ? ORDER BY t",
            (number % SERIES, *_bounds()),
        ).fetchall()
        return len(pd.DataFrame(rows, columns=["t", "v", "quality", "rt"]))

    def daily_sums(self) -> int:
        return len(
            self.db.execute(
                "SELECT datastream, (t + 3600000000) / 86400000000 AS day, sum(v), avg(v), min(v), "
                "max(v), count(*), avg(quality & 1), avg((quality & 2) / 2), avg((quality & 8) / 8)"
                " FROM o WHERE t >= ? AND t < ? GROUP BY 1, 2",
                _bounds(),
            ).fetchall()
        )

    def bytes(self, folder: Path) -> int:
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size


def _bounds() -> tuple[int, int]:
    return int(LAST_YEAR.timestamp() * 1e6), int(END.timestamp() * 1e6)


def _read(kind: type, folder: Path, number: int, until: float, told: mp.Queue) -> None:
    engine = kind(folder)
    engine.series_year(number)
    series: list[float] = []
    sums: list[float] = []
    while time.time() < until or not sums:
        for _ in range(4):
            series.append(_timed(lambda: engine.series_year(number + len(series))))
            time.sleep(PAUSE_S)
        sums.append(_timed(engine.daily_sums))
        time.sleep(PAUSE_S)
    told.put((series, sums))


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1e3


def _p(values: list[float]) -> str:
    return f"{np.percentile(values, 50):7.0f} /{np.percentile(values, 95):7.0f}"


def measure(kind: type, rows: int, seconds: float, folder: Path) -> dict[str, float]:
    """Fill, then write and read at once; print one line and return the p95 figures."""
    steps = rows // SERIES
    engine = kind(folder)
    begin = time.perf_counter()
    engine.fill(*_history(steps))
    filled = time.perf_counter() - begin
    size = engine.bytes(folder) / (steps * SERIES)
    told: mp.Queue = mp.get_context("spawn").Queue()
    until = time.time() + seconds + 8
    readers = [
        mp.get_context("spawn").Process(target=_read, args=(kind, folder, n * 50, until, told))
        for n in range(4)
    ]
    for reader in readers:
        reader.start()
    commits, number, start = [], 0, time.time()
    while time.time() < until:
        commits.append(_timed(partial(engine.upsert, number)))
        engine.tidy()
        number += 1
        time.sleep(max(0.0, start + number * 0.25 - time.time()))
    rate = number * 1000 / (time.time() - start)
    parts = [told.get(timeout=600) for _ in readers]
    for reader in readers:
        reader.join()
    series, sums = ([x for part in parts for x in part[i]] for i in (0, 1))
    print(
        f"{rows / 1e6:5.0f} M  {kind.name:18}  {_p(commits)}  {_p(series)}  {_p(sums)}  "
        f"{size:6.1f}  {rows / filled / 1e3:5.0f} k/s  {rate:5.0f}/s",
        flush=True,
    )
    return {"commit": np.percentile(commits, 95), "series": np.percentile(series, 95),
            "sums": np.percentile(sums, 95), "bytes": size}  # fmt: skip


def main() -> None:
    """Measure each size and print the ratios."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", default="1,7", help="million rows, separated by commas")
    asked.add_argument("--seconds", type=float, default=30)
    options = asked.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; p50 / p95 in ms")
    print(
        "                              commit 1 k      series-year      daily sums     B/row  fill"
    )
    figures = {}
    for million in map(float, options.sizes.split(",")):
        rows = int(million * 1e6) // SERIES * SERIES
        for kind in (Delta, Sqlite):
            with tempfile.TemporaryDirectory() as folder:
                figures[kind.name, million] = measure(kind, rows, options.seconds, Path(folder))
        ours, theirs = figures[Delta.name, million], figures[Sqlite.name, million]
        ratios = ", ".join(f"{n} {ours[n] / theirs[n]:.2f}" for n in ours)
        print(f"{million:5.0f} M  ratio to SQLite (p95): {ratios}; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
