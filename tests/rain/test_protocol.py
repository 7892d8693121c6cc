"""The published protocol on simulated and real frames, as a command."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scores.spatial import fss_2d_single_field

from stadtlabor.city import city
from stadtlabor.rain.research.archive import file_times
from stadtlabor.rain.research.catrare import read_catrare
from stadtlabor.rain.research.event import storm_times
from stadtlabor.rain.research.protocol import _fractions, jobs, rules, run, summary
from stadtlabor.settings import settings
from stadtlabor.simulation.rain import Sky
from stadtlabor.sources.radolan import write_radolan

HEAD = "Event_ID;Start_Time;End_Time;Duration;Area;x_RRmax;y_RRmax;RRmax;RRmean"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """An archive of real RADKLIM frames and of a simulated storm in RADKLIM's format."""
    folder = tmp_path_factory.mktemp("radklim")
    shutil.copytree(shared_data / "rain" / "radklim_yw_20170816", folder / "2017")
    (folder / "2026").mkdir()
    sky = Sky(city(), settings().simulation.seed)
    begin = storm_times()[0].tz_localize("UTC")
    for minutes in range(-55, 95, 5):
        end = begin + pd.Timedelta(minutes=minutes)
        body = write_radolan(sky.field(end.to_pydatetime()))
        name = f"raa01-yw2017.002_10000-{end:%y%m%d%H%M}-dwd---bin"
        (folder / "2026" / name).write_bytes(body)
    return folder


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table in the shape of CatRaRE: simulated, real but short of frames, long."""
    begin = storm_times()[0]
    end = begin + pd.Timedelta("30min")
    x, y = Sky(city(), 1)._centre
    rows = [
        HEAD,
        f"1;{begin};{end};0,5;9;{x:.0f};{y:.0f};29,4;12",
        "2;2017-08-16 00:50:00;2017-08-16 01:50:00;1;99;0;-4200000;40;20",
        f"3;{begin};{end};9;9;{x:.0f};{y:.0f};60;30",
    ]
    path = tmp_path_factory.mktemp("catrare") / "CatRaRE.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_the_catalogue_is_read_with_its_units(catalogue: Path, tmp_path: Path) -> None:
    events = read_catrare(catalogue)
    assert list(events.index) == ["1", "2", "3"]
    assert events.loc["1", "duration_h"] == 0.5
    assert events.loc["2", "y"] == -4_200_000
    km = tmp_path / "km.csv"
    km.write_text(
        "ID,Date_START,Date_END,Duration,X_RRmax,Y_RRmax\n"
        "7,2019-06-11 16:50,2019-06-11 19:50,3,1,-4200\n"
    )
    assert read_catrare(km).loc["7", "y"] == -4_200_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a;b\n1;2", "fehlt die Spalte Event_ID"),
        (f"{HEAD}\n1;gestern;2019-01-01;1;9;0;-4200000;1;1", "Zeile 2: Zeit, Dauer oder Ort"),
        ("", "nicht lesbar"),
    ],
)
def test_a_broken_catalogue_is_told(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "kaputt.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read_catrare(path)


def test_events_without_frames_and_long_ones_are_counted(archive: Path, catalogue: Path) -> None:
    todo, left = jobs(file_times(archive), read_catrare(catalogue), {"persistence": "persistence"})
    assert list(todo) == ["1"]
    assert left == {"long": 1, "frames": 1}


def test_pooled_scores_follow_their_definitions(archive: Path, catalogue: Path) -> None:
    files = file_times(archive)
    told = run(files, read_catrare(catalogue), ["persistence"], scheduler="synchronous")
    table = summary(told).loc["persistence"]
    assert list(table.index) == rules()["rules"]["thresholds_mm"]
    assert (table["issues"] == 30 - 4 - 12 + 1).all()
    assert table.loc[5.0, "hits"] + table.loc[5.0, "misses"] > 100
    cells = table.loc[5.0, ["hits", "misses", "false_alarms", "correct_negatives"]].sum()
    assert cells <= 15 * 256 * 256
    # FSS never falls with the scale, and grows beyond the yes/no score.
    scales = table.loc[5.0, ["fss_1km", "fss_5km", "fss_10km", "fss_20km"]].to_numpy(float)
    assert (np.diff(scales) > 0).all()
    csi = table.loc[5.0, "csi"]
    assert scales[0] == pytest.approx(2 * csi / (1 + csi))
    assert table.loc[5.0, "published"] == 0.215


@pytest.mark.parametrize("window", [1, 5, 10, 20])
def test_the_sums_behind_fss_are_those_of_the_library(window: int) -> None:
    dice = np.random.default_rng(3)
    said, fell = dice.random((2, 64, 80)) > 0.8
    differ, power = _fractions(said, fell, window)
    known = fss_2d_single_field(
        said.astype(float), fell.astype(float), event_threshold=0.5, window_size=(window, window)
    )
    assert 1 - differ / power == pytest.approx(float(known), abs=1e-9)


def test_one_command_from_archive_to_table(archive: Path, catalogue: Path, tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "stadtlabor.rain.research.protocol", str(archive), str(catalogue),
        "--into", str(tmp_path / "out"), "--methods", "champion,persistence",
        "--local", "synchronous",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "1 Ereignisse; ausgelassen: 1 mit 6 Stunden oder mehr, 1 ohne" in done.stdout
    assert "Ein Vergleich mit diesen Zahlen gilt noch nicht" in done.stdout
    table = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert set(table["method"]) == {"champion", "persistence"}
    again = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert "1 von 1 Ereignissen" in again.stderr.splitlines()[0]
    wrong = [*command[:-4], "--methods", "gibtesnicht", "--into", str(tmp_path / "neu")]
    failed = subprocess.run(wrong, capture_output=True, text=True, timeout=300)
    assert failed.returncode == 1
    assert "Traceback" not in failed.stderr
