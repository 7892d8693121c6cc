"""A laboratory of its own for each test: notebooks, store, archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pyproj
import pytest
import xarray as xr

from stadtlabor.promotion import Pipeline
from stadtlabor.store import GridStore

ROOT = Path(__file__).parents[2]
PARAMETERS = 'dataset = "rain-radar"\nissue = ""  # Ausgabezeit\nplace = "kempten"'
GOOD = (
    "from stadtlabor import data\n"
    "from stadtlabor.promotion import record\n"
    "import pandas as pd\n"
    "frames = data.grid(dataset, end=pd.Timestamp(issue))\n"
    "record(newest=str(frames.time.values[-1])[:16], place=place, dataset=dataset)"
)
Frames = Callable[[str, int], None]


class Probe:
    """``probe(*cells, head=…, **settings)`` writes a notebook and names its pipeline."""

    good = GOOD
    """A cell that looks at the frames and records what it saw."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *cells: str, head: str = PARAMETERS, **settings: object) -> Pipeline:
        notebook = nbformat.v4.new_notebook(
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            }
        )
        first = nbformat.v4.new_code_cell(head, metadata={"tags": ["parameters"]})
        notebook.cells = [first, *(nbformat.v4.new_code_cell(source) for source in cells)]
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"c{number}"  # the same cells make the same notebook
        nbformat.write(notebook, self.folder / "probe.ipynb")
        stated = {"name": "probe", "notebook": "probe.ipynb", "datasets": ["rain-radar"]}
        return Pipeline.model_validate({**stated, **settings})


@pytest.fixture
def add_frames(empty_home: Path) -> Frames:
    """Return ``add_frames(start, count)``: radar frames for the grid ``rain-radar``."""
    (empty_home / "store").mkdir()

    def add(start: str, count: int) -> None:
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
        GridStore(empty_home / "store").write_grid(grid)

    return add


@pytest.fixture
def laboratory(tmp_path: Path, add_frames: Frames, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a notebooks folder of its own, and a store with seven frames."""
    monkeypatch.setenv("STADTLABOR_ROOT", str(tmp_path))
    monkeypatch.setenv("STADTLABOR_CITY", str(ROOT / "city.toml"))
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "pipelines.toml").write_text("")
    add_frames("2026-07-01 12:00", 7)
    return tmp_path


@pytest.fixture
def probe(laboratory: Path) -> Probe:
    return Probe(laboratory / "notebooks")
