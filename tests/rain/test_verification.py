"""Scores on fields whose answer is known, and on DWD's own forecast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from stadtlabor.rain.grid import regrid
from stadtlabor.rain.reading import read
from stadtlabor.rain.units import UnitError, to_sum, total
from stadtlabor.rain.verification import (
    csi,
    lead_time,
    leave_one_event_out,
    paired_bootstrap,
    reliability,
    scored,
    tile_scores,
    verify,
    wilson,
)

START = np.datetime64("2026-07-01T12:00", "ns")
STEP = np.timedelta64(5, "m")


def observed(values: np.ndarray) -> xr.DataArray:
    frames, rows, columns = values.shape
    return xr.DataArray(
        values.astype("float32"),
        dims=("time", "y", "x"),
        coords={
            "time": START + STEP * np.arange(frames),
            "y": 1000.0 * np.arange(rows),
            "x": 1000.0 * np.arange(columns),
        },
        attrs={"units": "mm/h", "interval_s": 300, "crs_wkt": "here"},
    )


def nowcast(values: np.ndarray, first: int = 0) -> xr.DataArray:
    """Values (lead, [member,] y, x), issued at the start of frame number ``first``."""
    dims = ("lead", "member", "y", "x") if values.ndim == 4 else ("lead", "y", "x")
    leads = 5 * np.arange(1, len(values) + 1)
    return xr.DataArray(
        values,
        dims=dims,
        coords={
            "lead": leads,
            "time": ("lead", START + STEP * np.arange(first, first + len(values))),
            "y": 1000.0 * np.arange(values.shape[-2]),
            "x": 1000.0 * np.arange(values.shape[-1]),
        },
        attrs={"units": "mm/h", "interval_s": 300},
    )


def test_counts_and_scores_of_a_field_by_hand() -> None:
    truth = np.zeros((1, 10, 10))
    truth[0, 2:4, :5] = 6.0  # 10 cells
    said = np.zeros((1, 10, 10))
    said[0, 3:5, :5] = 8.0  # 5 hits, 5 false alarms, 5 misses
    truth[0, 9, :] = np.nan
    said[0, 9, :] = 50.0  # not seen by the truth: no false alarm
    said[0, 2, 0] = np.nan  # counts as dry: stays a miss
    table = verify(nowcast(said), observed(truth), [1.0, 7.0])
    row = table.loc[(1.0, 5)]
    assert [row[n] for n in ("hits", "misses", "false_alarms", "correct_negatives")] == [
        5,
        5,
        5,
        75,
    ]
    assert row["csi"] == pytest.approx(1 / 3)
    assert (row["pod"], row["far"], row["bias"]) == (0.5, 0.5, 1.0)
    assert row["mae"] == pytest.approx((5 * 2 + 5 * 6 + 5 * 8) / 90)
    none = table.loc[(7.0, 5)]
    assert (none["hits"], none["pod"] != none["pod"], none["far"]) == (0, True, 1.0)
    assert list(table.index.names) == ["threshold", "lead"]


def test_near_misses_count_in_the_neighbourhood() -> None:
    truth, said = np.zeros((2, 1, 40, 40))
    truth[0, 20, 20] = said[0, 20, 22] = 5.0
    table = verify(nowcast(said), observed(truth), [1.0], scales_km=(1, 9, 21))
    row = table.loc[(1.0, 5)]
    assert row["csi"] == 0
    assert row["fss_1km"] == 0
    assert 0.6 < row["fss_9km"] < row["fss_21km"] <= 1


def test_several_forecasts_are_one_sample() -> None:
    rng = np.random.default_rng(1)
    truth = observed(rng.gamma(0.3, 4, (6, 20, 20)))
    many = [nowcast(rng.gamma(0.3, 4, (3, 20, 20)), first) for first in (1, 3)]
    pooled = verify(many, truth, [1.0], scales_km=())
    single = [verify(m, truth, [1.0], scales_km=()) for m in many]
    for lead in (5, 10, 15):
        counts = sum(s.loc[(1.0, lead), ["hits", "misses", "false_alarms"]] for s in single)
        assert pooled.loc[(1.0, lead), "csi"] == pytest.approx(csi(counts))
        mean = np.mean([s.loc[(1.0, lead), "mae"] for s in single])
        assert pooled.loc[(1.0, lead), "mae"] == pytest.approx(mean, rel=1e-6)
    assert pooled.attrs["forecasts"] == 2


def test_masks_differ_where_the_truth_is_patchy() -> None:
    truth = np.zeros((2, 4, 4))
    truth[1, 0] = np.nan
    said = nowcast(np.zeros((2, 4, 4)))
    always = verify(said, observed(truth), [1.0], scales_km=())["correct_negatives"]
    each = verify(said, observed(truth), [1.0], scales_km=(), mask="lead")["correct_negatives"]
    assert always.tolist() == [12, 12]
    assert each.tolist() == [16, 12]


def test_ensembles_have_proper_scores() -> None:
    rng = np.random.default_rng(2)
    truth = rng.gamma(0.5, 4, (1, 30, 30))
    sharp = np.repeat(truth[:, np.newaxis], 5, axis=1)
    wide = rng.gamma(0.5, 4, (1, 20, 30, 30))
    best = verify(nowcast(sharp), observed(truth), [2.0], scales_km=()).loc[(2.0, 5)]
    fair = verify(nowcast(wide), observed(truth), [2.0], scales_km=()).loc[(2.0, 5)]
    assert best["crps"] == pytest.approx(0, abs=1e-6)
    assert best["brier"] == 0
    base = (truth >= 2).mean()
    assert fair["brier"] == pytest.approx(base * (1 - base) * (1 + 1 / 20), rel=0.15)
    assert 0 < fair["crps"] < fair["mae"]


def test_what_cannot_be_compared_is_refused() -> None:
    truth, said = observed(np.ones((2, 4, 4))), nowcast(np.ones((2, 4, 4)))
    with pytest.raises(UnitError, match="verschiedene Einheiten"):
        verify(said, to_sum(truth), [1.0])
    with pytest.raises(UnitError, match="verschiedenen Gittern"):
        verify(said, truth[:, 1:], [1.0])
    with pytest.raises(ValueError, match="liegt eine Beobachtung vor"):
        verify(nowcast(np.ones((2, 4, 4)), first=9), truth, [1.0])
    later = verify(nowcast(np.ones((2, 4, 4)), first=1), truth, [1.0], scales_km=())
    assert later.index.get_level_values("lead").tolist() == [5]


def test_dwds_own_forecast(shared_data: Path) -> None:
    """RV of 2022-10-18 07:00 against RW 08:50: CSI .583 at 1 mm (published here before)."""
    folder = shared_data / "rain" / "dwd_rv_20221018"
    forecast = read(folder / "DE1200_RV2210180700.tar.bz2")
    truth = read(folder / "RW-20221018.tar.gz").sel(time=["2022-10-18T07:50"])
    hour = total(forecast.sel(time=slice("2022-10-18T07:50", "2022-10-18T08:45")))
    said = regrid(hour, truth).expand_dims(lead=[110])
    said = said.assign_coords(time=("lead", truth["time"].to_numpy()))
    table = verify(said, to_sum(truth), [0.1, 1.0, 5.0], scales_km=())
    assert table.loc[(1.0, 110), "csi"] == pytest.approx(0.583, abs=0.001)
    assert table.loc[(0.1, 110), "csi"] == pytest.approx(0.680, abs=0.005)
    assert table.loc[(5.0, 110), "csi"] == pytest.approx(0.235, abs=0.002)


def held(rain: xr.DataArray, issue: int, leads: int) -> xr.DataArray:
    """Persistence: frame number ``issue`` for all leads."""
    times = rain["time"].to_numpy()[issue + 1 : issue + 1 + leads]
    said = rain.isel(time=issue).drop_vars(["time", "quality"]).expand_dims(lead=len(times))
    return said.assign_coords(lead=5 * np.arange(1, len(times) + 1), time=("lead", times))


def test_published_tables_come_out_again(shared_data: Path) -> None:
    """Persistence on RADKLIM 2017-08-16 (issues 3, 4, 5) and MeteoSwiss 2016-07-11.

    The tables were made without this scorer: with pysteps' and wradlib's numbers, cells flagged as
    clutter left in.
    """
    german = read(shared_data / "rain" / "radklim_yw_20170816", keep_clutter=True)
    table = verify([held(german, n, 6) for n in (3, 4, 5)], german, [1, 5, 10], scales_km=())
    for threshold, csis in {
        1.0: (0.683, 0.506, 0.370),
        5.0: (0.491, 0.299, 0.201),
        10.0: (0.269, 0.095, 0.030),
    }.items():
        assert table.loc[threshold].loc[[5, 15, 30], "csi"].tolist() == pytest.approx(
            csis, abs=5e-4
        )
    maes = (0.212, 0.338, 0.431)
    assert table.loc[1.0].loc[[5, 15, 30], "mae"].tolist() == pytest.approx(maes, abs=5e-4)
    swiss = read(shared_data / "rain" / "mch_20160711")
    table = verify([held(swiss, n, 12) for n in range(8, 27, 3)], swiss, [5], scales_km=())
    assert table.loc[(5.0, 30), "csi"] == pytest.approx(0.050, abs=5e-4)


def test_reliability_of_an_honest_and_an_overconfident_source() -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(20_000)
    event = rng.random(20_000) < truth
    honest = reliability(truth, event)
    assert len(honest) == 10
    assert (
        (honest["low"] - 0.02 <= honest["said"]) & (honest["said"] <= honest["high"] + 0.02)
    ).all()
    assert honest.attrs["brier_skill"] == pytest.approx(1 / 3, abs=0.02)
    boast = reliability((truth > 0.5).astype(float), event)
    assert boast["came"].tolist() == pytest.approx([0.25, 0.75], abs=0.02)
    assert boast.attrs["brier_skill"] < honest.attrs["brier_skill"]
    unseen = reliability([0.5, 0.5], [1.0, np.nan])
    assert unseen["cases"].tolist() == [1]
    with pytest.raises(ValueError, match="zwischen 0 und 1"):
        reliability([1.5], [True])


def test_tiles_with_intervals() -> None:
    dims = ("tile_y", "tile_x")
    fell = xr.DataArray([[1.0, 1.0, 0.0, np.nan]], dims=dims)
    said = xr.DataArray([[0.7, 0.1, 0.6, 0.9]], dims=dims)
    found = tile_scores(said, fell)
    assert [found[n] for n in ("hits", "misses", "false_alarms", "correct_negatives")] == [
        1,
        1,
        1,
        0,
    ]
    assert found["pod_low"] < 0.5 < found["pod_high"]
    assert tile_scores(said, fell, probability=0.1)["hits"] == 2
    assert tile_scores(said > 0.5, fell)["csi"] == pytest.approx(1 / 3)
    with pytest.raises(ValueError, match="verschiedene Kacheln"):
        tile_scores(said, fell[:, :2])
    assert wilson(0, 0) == (0.0, 1.0)
    # Wilson (1927), 8 of 10 at 95 %.
    assert wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)


def test_lead_time_counts_from_the_first_warning_that_looked_that_far() -> None:
    dims = ("tile_y", "tile_x")
    issues = pd.date_range("2026-07-01 12:00", periods=4, freq="30min")
    times = pd.date_range("2026-07-01 12:05", periods=20, freq="5min")
    warned = xr.DataArray(
        np.zeros((4, 1, 3), bool), dims=("issued", *dims), coords={"issued": issues}
    )
    crossed = xr.DataArray(np.zeros((20, 1, 3), bool), dims=("time", *dims), coords={"time": times})
    crossed[16:, 0, 0] = True  # first at 13:25
    warned[0, 0, 0] = True  # 85 minutes before: looked only 60 ahead
    warned[1, 0, 0] = True
    crossed[3, 0, 1] = True  # 12:20, never warned
    warned[3, 0, 2] = True  # false alarm: no row
    found = lead_time(warned, crossed)
    assert found.loc[(0, 0), "lead_min"] == 55
    assert np.isnan(found.loc[(0, 1), "lead_min"])
    assert found.attrs == {"tiles": 2, "share_warned": 0.5, "median_min": 55.0, "share_20_min": 0.5}
    assert lead_time(warned, crossed & False).attrs["tiles"] == 0


def test_bootstrap_sees_blocks_and_keeps_pairs() -> None:
    rng = np.random.default_rng(4)
    storm = np.repeat(rng.normal(0, 5, 12), 20)  # what all issues of a storm share
    ours, theirs = storm + 1 + rng.normal(0, 1, 240), storm + rng.normal(0, 1, 240)
    blocks = np.repeat(np.arange(12), 20)
    paired = paired_bootstrap(ours, theirs, blocks)
    assert paired.better
    assert paired.low < 1 < paired.high
    assert paired == paired_bootstrap(ours, theirs, blocks)  # same seed
    # The gain of a single storm, seen twenty times, is no proof.
    lucky = theirs + np.where(blocks == 3, 8.0, -0.1)
    assert not paired_bootstrap(lucky, theirs, blocks).better
    assert paired_bootstrap(lucky, theirs, np.arange(240)).better
    alone = paired_bootstrap(ours, theirs, np.zeros(240))
    assert (alone.blocks, alone.better, alone.low) == (1, False, -np.inf)


def test_bootstrap_of_pooled_counts() -> None:
    columns = ["hits", "misses", "false_alarms"]
    good = pd.DataFrame([[8, 2, 2]] * 10, columns=columns)
    poor = pd.DataFrame([[5, 5, 5]] * 10, columns=columns)
    found = paired_bootstrap(good, poor, np.arange(10) // 2)
    assert found.difference == pytest.approx(8 / 12 - 5 / 15)
    assert found.better
    pod = paired_bootstrap(
        good,
        poor,
        np.arange(10),
        statistic=lambda c: scored({"correct_negatives": 0, **c})["pod"],
        resamples=50,
    )
    assert pod.difference == pytest.approx(0.3)
    with pytest.raises(ValueError, match="gleich viele Fälle"):
        paired_bootstrap(good, poor[:5], np.arange(10))


def test_an_event_is_never_judged_by_what_it_taught() -> None:
    seen: list[set[str]] = []

    def fit(others: dict[str, float]) -> float:
        seen.append(set(others))
        return float(np.mean(list(others.values())))

    table = leave_one_event_out(
        {"a": 1.0, "b": 2.0, "c": 6.0}, fit, lambda m, e: {"error": abs(m - e)}
    )
    assert seen == [{"b", "c"}, {"a", "c"}, {"a", "b"}]
    assert table["error"].tolist() == [3.0, 1.5, 4.5]
    with pytest.raises(ValueError, match="mindestens zwei Ereignisse"):
        leave_one_event_out({"a": 1.0}, fit, lambda m, e: {})


def test_the_public_names_are_found_from_the_room_above():
    """Other work writes ``rain.warning.Warner`` without importing the room by name."""
    code = (
        "from stadtlabor import rain; rain.warning.Warner, rain.warning.to_cap, "
        "rain.verification.reliability, rain.nowcast, rain.tile_probability, rain.verify"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
