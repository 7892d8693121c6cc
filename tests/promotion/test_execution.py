"""Runs of real notebooks by a real papermill on a real grid store."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pyproj
import pytest
import xarray as xr

from stadtlabor.promotion import Pipeline, PromotionError, execute, latest, runs
from stadtlabor.promotion.schedule import due
from stadtlabor.store import GridStore

ROOT = Path(__file__).parents[2]
ISSUE = pd.Timestamp("2026-07-01 12:35", tz="UTC")
PARAMETERS = 'dataset = "rain-radar"\nissue = ""  # Ausgabezeit\nplace = "kempten"'
GOOD = (
    "from stadtlabor import data\n"
    "from stadtlabor.promotion import record\n"
    "import pandas as pd\n"
    "frames = data.grid(dataset, end=pd.Timestamp(issue))\n"
    "record(newest=str(frames.time.values[-1])[:16], place=place, dataset=dataset)"
)


def add_frames(home: Path, start: str, count: int) -> None:
    times = pd.date_range(start, periods=count, freq="5min")
    values = np.random.default_rng(1).random((count, 40, 40)).astype("float32")
    grid = xr.DataArray(
        values,
        dims=("time", "y", "x"),
        coords={"time": times, "y": np.arange(40) * 1000.0, "x": np.arange(40) * 1000.0},
        name="precipitation_mm_h",
        attrs={
            "crs_wkt": pyproj.CRS("EPSG:3035").to_wkt(),
            "interval_s": 300,
            "units": "mm/h",
            "source": "Test",
            "licence": "CC0",
            "simulated": True,
            "product": "YW",
        },
    )
    GridStore(home / "store").write_grid(grid)


@pytest.fixture
def laboratory(tmp_path: Path, empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a notebooks folder of its own, and a store with seven frames."""
    monkeypatch.setenv("STADTLABOR_ROOT", str(tmp_path))
    monkeypatch.setenv("STADTLABOR_CITY", str(ROOT / "city.toml"))
    (empty_home / "store").mkdir()
    add_frames(empty_home, "2026-07-01 12:00", 7)
    return tmp_path


def pipeline(root: Path, *cells: str, **changes: object) -> Pipeline:
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        }
    )
    head = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]})
    notebook.cells = [head, *(nbformat.v4.new_code_cell(source) for source in cells)]
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, root / "notebooks" / "probe.ipynb")
    return Pipeline(name="probe", notebook="probe.ipynb", datasets=["rain-radar"], **changes)


def test_a_run_is_recorded_and_never_repeated(laboratory: Path) -> None:
    probe = pipeline(laboratory, GOOD)
    run, fresh = execute(probe, "rain-radar", ISSUE)
    assert fresh
    assert run.notebook.is_file()
    assert run.result == {
        "newest": "2026-07-01T12:30",
        "place": "kempten",
        "dataset": "rain-radar@7",
    }
    assert run.data_version.startswith("rain-radar@7 (sha256 ")
    assert len(run.code_hash) == 64
    assert not [p for p in run.folder.parent.iterdir() if p.name.startswith(".")]
    # New frames arrive; the inputs of this issue stay the same, so it stays done.
    add_frames(laboratory / "home", "2026-07-01 12:35", 1)
    again, fresh = execute(probe, "rain-radar", ISSUE)
    assert not fresh
    assert again.key == run.key
    assert latest("probe", dataset="rain-radar") == run
    # Another parameter is another run.
    _, fresh = execute(
        pipeline(laboratory, GOOD, parameters={"place": "durach"}), "rain-radar", ISSUE
    )
    assert fresh
    assert len(runs("probe")) == 2


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 / 0", "Zelle 2 brach ab: division by zero"),
        ("import os; os._exit(9)", "nicht ausgeführt|Status"),
        ("import time; time.sleep(60)", "Zelle|Status"),
    ],
    ids=["error", "dead kernel", "timeout"],
)
def test_a_failed_run_never_counts_as_good(laboratory: Path, cell: str, reason: str) -> None:
    probe = pipeline(laboratory, cell, GOOD, timeout_s=5)
    with pytest.raises(PromotionError, match=reason):
        execute(probe, "rain-radar", ISSUE)
    assert [run.status for run in runs("probe")] == ["failed"]
    assert latest("probe") is None
    assert ISSUE not in due(probe, "rain-radar")  # it is not tried for ever


def test_unknown_parameters_are_refused(laboratory: Path) -> None:
    probe = pipeline(laboratory, GOOD, parameters={"ort": "kempten"})
    with pytest.raises(PromotionError, match="kennt diese Angaben nicht: ort"):
        execute(probe, "rain-radar", ISSUE)


def test_each_unbroken_sequence_of_frames_is_due(laboratory: Path) -> None:
    add_frames(laboratory / "home", "2017-08-16 00:50", 12)
    probe = pipeline(laboratory, GOOD, catch_up=2)
    assert [f"{t:%Y-%m-%d %H:%M}" for t in due(probe, "rain-radar")] == [
        "2017-08-16 01:45",
        "2017-08-16 01:50",
        "2026-07-01 12:30",
        "2026-07-01 12:35",
    ]
