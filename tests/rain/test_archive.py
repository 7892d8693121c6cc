"""Archives again on Dask, on real and on simulated frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from stadtlabor.promotion import weigh
from stadtlabor.rain import read, verify
from stadtlabor.rain.research.archive import file_times, pooled, rerun
from stadtlabor.rain.research.contest import contest, evidence
from stadtlabor.rain.research.event import event
from stadtlabor.rain.research.methods import forecast, sum_of

WINDOW = (51.0, 10.0, 256.0)
SHORT = {"leads": 6, "history": 3, "rates_mm_h": (1.0, 5.0), "sums_mm": (5.0,), "window": WINDOW}


def standing(frames: xr.DataArray) -> np.ndarray:
    """Persistence, as somebody would write it in a notebook."""
    return np.repeat(frames.to_numpy()[-1:], 12, axis=0)


def twins(frames: xr.DataArray) -> np.ndarray:
    """Return an ensemble of two members: still, and dry."""
    still = standing(frames)
    return np.stack([still, np.zeros_like(still)], axis=1)


@pytest.fixture(scope="module")
def radklim(shared_data: Path) -> pd.Series:
    return file_times(shared_data / "rain" / "radklim_yw_20170816")


@pytest.fixture(scope="module")
def local(radklim: pd.Series) -> pd.DataFrame:
    return rerun(radklim, ["champion", "persistence"], scheduler="synchronous", **SHORT)


def test_names_tell_the_times_that_the_files_hold(radklim: pd.Series, shared_data: Path) -> None:
    rain = read(shared_data / "rain" / "radklim_yw_20170816")
    assert list(radklim.index) == list(rain["time"].to_index())
    swiss = file_times(shared_data / "rain" / "mch_20160711")
    for place in (0, 20, -1):
        held = read(swiss.iloc[place])["time"].to_numpy()[0]
        assert swiss.index[place] == pd.Timestamp(held)


def test_a_folder_without_frames_is_named(tmp_path: Path) -> None:
    (tmp_path / "notiz.txt").write_text("nichts")
    with pytest.raises(ValueError, match="keine Radardatei mit einer Zeit im Namen"):
        file_times(tmp_path)


def test_scores_are_those_of_the_scorer(radklim: pd.Series, local: pd.DataFrame) -> None:
    from stadtlabor.rain import around

    rain = around(read(list(radklim)), *WINDOW)
    issued = local["issued"].min()
    seen = rain.sel(time=slice(issued - pd.Timedelta("15min"), issued - pd.Timedelta("5min")))
    made = forecast("persistence", seen, 6)
    told = verify(made, rain, [1.0], scales_km=())
    part = local[
        (local["issued"] == issued) & (local["method"] == "persistence")
        & (local["kind"] == "rate") & (local["threshold"] == 1)
    ].set_index("lead")  # fmt: skip
    assert list(part["hits"]) == list(told["hits"])
    assert part["mae"].to_numpy() == pytest.approx(told["mae"].to_numpy())
    table = pooled(local)
    assert table.loc[("champion", "rate", 1.0, 5), "issues"] == local["issued"].nunique() == 4
    better = table["csi"].xs("rate", level="kind")
    assert better["champion"].xs(30, level="lead")[1.0] > better["persistence"].xs(30, level=1)[1.0]


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_other_schedulers_change_nothing(
    scheduler: str, radklim: pd.Series, local: pd.DataFrame
) -> None:
    again = rerun(radklim, ["champion", "persistence"], scheduler=scheduler, **SHORT)
    pd.testing.assert_frame_equal(again, local, check_exact=True)


def test_a_cluster_changes_nothing(radklim: pd.Series, local: pd.DataFrame) -> None:
    distributed = pytest.importorskip("distributed", reason="a cluster is an extra")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        again = rerun(radklim, ["champion", "persistence"], scheduler=client, **SHORT)
    pd.testing.assert_frame_equal(again, local, check_exact=True)


def test_what_is_done_is_not_done_again(radklim: pd.Series, tmp_path: Path) -> None:
    into = tmp_path / "out"
    first = rerun(radklim, ["persistence"], into=into, scheduler="synchronous", **SHORT)
    (kept, *rest) = sorted(into.glob("*.parquet"))
    before = kept.stat().st_mtime_ns
    for path in rest:
        path.unlink()
    steps: list[tuple[int, int]] = []
    again = rerun(
        radklim, ["persistence"], into=into, scheduler="synchronous",
        told=lambda done, of: steps.append((done, of)), **SHORT,
    )  # fmt: skip
    pd.testing.assert_frame_equal(first, again)
    assert kept.stat().st_mtime_ns == before
    assert steps[0] == (1, len(rest) + 1)
    with pytest.raises(ValueError, match="mit anderen Einstellungen"):
        rerun(radklim, ["champion"], into=into, **SHORT)


def test_ensembles_are_scored_as_such(radklim: pd.Series) -> None:
    told = rerun(radklim, {"paar": twins}, scheduler="synchronous", every=4, **SHORT)
    table = pooled(told)
    assert table.loc[("paar", "rate", 1.0, 5), "crps"] > 0
    assert 0 < table.loc[("paar", "rate", 1.0, 5), "brier"] < 0.5


def test_gaps_leave_no_issue_time(radklim: pd.Series) -> None:
    with pytest.raises(ValueError, match="lückenlos"):
        rerun(radklim.drop(radklim.index[6]), ["persistence"], **SHORT)


def test_a_function_with_the_wrong_shape_is_told() -> None:
    rain = event("simuliert-1", end="2026-07-17T00:30", km=64)
    with pytest.raises(ValueError, match="gebraucht werden 12 Bilder mit 64 mal 64 Zellen"):
        forecast(lambda frames: frames[:3], rain)


def test_a_foreign_sum_does_not_come_along() -> None:
    """Whoever builds on the champion's frames is judged by the frames."""
    rain = event("simuliert-1", start="2026-07-17T00:30", end="2026-07-17T01:30", km=64)
    made = forecast(lambda frames: forecast("champion", frames) * 0, rain)
    assert float(np.nanmax(sum_of(made))) == 0


def test_a_contest_ends_in_evidence_for_the_gate() -> None:
    storms = {name: event(name, km=96) for name in ("simuliert-1", "simuliert-2", "simuliert-3")}
    assert all(s.attrs["simulated"] for s in storms.values())
    told = contest(
        storms,
        {"champion": "persistence", "steht": standing, "trocken": lambda f: standing(f) * 0},
        every=6, rates_mm_h=(), sums_mm=[5.0],
    )  # fmt: skip
    same = evidence(told, "steht", threshold=5.0)
    assert set(same) == {"event", "block", "champion", "challenger"}
    assert (same["champion"] == same["challenger"]).all()
    assert not weigh(same).accepted
    worse = weigh(evidence(told, "trocken", threshold=5.0))
    assert worse.difference < 0
    better = evidence(told, "steht", "trocken", threshold=5.0)
    assert weigh(better).difference == pytest.approx(-worse.difference)
    with pytest.raises(ValueError, match="keine Werte"):
        evidence(told, "fehlt", threshold=5.0)
