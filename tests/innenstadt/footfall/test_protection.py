from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from innenstadt.footfall.attacker import bounds, system
from stadtlabor.innenstadt.footfall.protection import protect

K = 5


def table(rng: np.random.Generator, counters: int, hours: int, start: str) -> pd.DataFrame:
    times = pd.date_range(start, periods=hours, freq="h", tz="Europe/Berlin").tz_convert("UTC")
    shape = np.sin(np.pi * np.asarray(times.hour) / 24) ** 2
    parts = []
    for n in range(counters):
        busy = rng.choice([0.3, 2.0, 8.0, 60.0])
        values = rng.poisson(busy * shape * rng.gamma(2, 0.5, hours))
        parts.append(pd.DataFrame({"counter": f"Z{n}", "start": times, "pedestrians": values}))
    return pd.concat(parts, ignore_index=True).astype({"pedestrians": "float64"})


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("seed", range(120))
def test_the_attacker_learns_no_small_cell(seed: int, together: bool) -> None:
    rng = np.random.default_rng(seed)
    start = rng.choice(["2026-05-04", "2026-03-28 20:00", "2026-10-24 21:00"])
    cells = table(rng, int(rng.integers(1, 4)), int(rng.integers(6, 60)), start)
    published = protect(cells, K, together)
    assert (published["pedestrians"].dropna() >= K).all()
    matrix, right = system(cells, published, together)
    small = np.flatnonzero(cells["pedestrians"] < K)
    for cell in rng.permutation(small)[:4]:
        low, high = bounds(matrix, right, int(cell))
        assert low < 1e-6
        assert high >= K - 1e-6


@pytest.mark.parametrize("seed", range(40))
def test_blocks_cover_all_time_once_and_keep_the_total(seed: int) -> None:
    rng = np.random.default_rng(1000 + seed)
    cells = table(rng, 3, 24 * 6, "2026-10-22")
    published = protect(cells, K)
    for name, blocks in published.groupby("counter"):
        own = cells[cells["counter"] == name]
        assert (blocks["start"].iloc[1:].to_numpy() == blocks["end"].iloc[:-1].to_numpy()).all()
        assert blocks["start"].iloc[0] == own["start"].iloc[0]
        assert blocks["end"].iloc[-1] == own["start"].iloc[-1] + pd.Timedelta("1h")
        total = own["pedestrians"].sum()
        if total >= K:
            assert blocks["pedestrians"].sum() == total
        else:
            assert blocks["pedestrians"].isna().all()
        assert blocks["hours_counted"].sum() == len(own)


def test_a_busy_street_keeps_its_hours() -> None:
    times = pd.date_range("2026-05-04", periods=48, freq="h", tz="UTC")
    cells = pd.DataFrame({"counter": "A", "start": times, "pedestrians": 100.0})
    assert len(protect(cells)) == 48


def test_a_quiet_night_becomes_one_figure_and_the_day_stays() -> None:
    times = pd.date_range("2026-05-04", periods=24, freq="h", tz="Europe/Berlin").tz_convert("UTC")
    values = [1.0, 0, 0, 0, 2, 3] + [50.0] * 18
    published = protect(pd.DataFrame({"counter": "A", "start": times, "pedestrians": values}))
    assert published["pedestrians"].tolist() == [6.0, *[50.0] * 18]


def test_sums_over_counters_need_common_blocks() -> None:
    times = pd.date_range("2026-05-04", periods=24, freq="h", tz="Europe/Berlin").tz_convert("UTC")
    quiet = pd.DataFrame({"counter": "A", "start": times, "pedestrians": 2.0})
    busy = quiet.assign(counter="B", pedestrians=90.0)
    published = protect(pd.concat([quiet, busy]), K, together=True)
    assert published.groupby(["start", "end"]).size().eq(2).all()
    assert set(published.loc[published["counter"] == "A", "pedestrians"]) == {6.0}


def test_k_must_make_sense() -> None:
    with pytest.raises(ValueError, match="Bitte eine Zahl ab 1"):
        protect(pd.DataFrame(), 0)
