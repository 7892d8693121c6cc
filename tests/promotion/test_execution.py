"""Runs of real notebooks by a real papermill on a real grid store."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pandas as pd
import pytest

from stadtlabor.promotion import PromotionError, execute, latest, run, runs
from stadtlabor.promotion.archive import source
from stadtlabor.promotion.schedule import due

ISSUE = pd.Timestamp("2026-07-01 12:35", tz="UTC")


def test_a_run_is_recorded_and_never_repeated(laboratory, probe, add_frames) -> None:
    run_, fresh = execute(probe(probe.good), "rain-radar", ISSUE)
    assert fresh
    assert run_.notebook.is_file()
    assert run_.result == {
        "newest": "2026-07-01T12:30",
        "place": "kempten",
        "dataset": "rain-radar@7",
    }
    assert run_.data_version.startswith("rain-radar@7 (sha256 ")
    assert len(run_.code_hash) == 64
    assert not list(run_.folder.parent.glob(".work-*"))
    # New frames arrive; the inputs of this issue stay the same, so it stays done.
    add_frames("2026-07-01 12:35", 1)
    again, fresh = execute(probe(probe.good), "rain-radar", ISSUE)
    assert not fresh
    assert again.key == run_.key
    assert latest("probe", dataset="rain-radar") == run_
    # Another parameter is another run.
    _, fresh = execute(probe(probe.good, parameters={"place": "durach"}), "rain-radar", ISSUE)
    assert fresh
    assert len(runs("probe")) == 2


def test_the_provenance_is_complete(laboratory, probe) -> None:
    done, _ = execute(probe(probe.good), "rain-radar", ISSUE)
    told = json.loads((done.folder / "run.json").read_text())
    assert source(done.notebook_hash) == (laboratory / "notebooks" / "probe.ipynb").read_text()
    assert told["passed"]["dataset"] == "rain-radar@7"
    assert set(told["environment"]) == {"python", "lock", "packages"}
    for name in ("parameter_hash", "input_hash", "code_hash", "notebook_hash"):
        assert len(told[name]) == 64, name
    assert told["inputs"] == {"dataset": done.input_hash}
    assert done.cells == 2


def test_a_notebook_without_a_grid_runs_with_files_as_inputs(laboratory, probe) -> None:
    (laboratory / "notebooks" / "werte").mkdir()
    file = laboratory / "notebooks" / "werte" / "a.csv"
    file.write_text("1\n2\n")
    cell = "from stadtlabor.promotion import record\nrecord(sum=sum(map(int, open(path))) * times)"
    pipeline = probe(cell, head='path = "werte/a.csv"\ntimes: float = 1', datasets=[])
    assert run(pipeline, times=2).result == {"sum": 6}
    first = run(pipeline, times=2)
    file.write_text("1\n5\n")
    second = run(pipeline, times=2)
    assert second.result == {"sum": 12}
    assert second.inputs["path"] != first.inputs["path"]


def test_unknown_and_wrong_parameters_stop_it_before_anything_starts(laboratory, probe) -> None:
    with pytest.raises(PromotionError, match="kennt diese Angaben nicht: ort"):
        execute(probe(probe.good, parameters={"ort": "kempten"}), "rain-radar", ISSUE)
    with pytest.raises(PromotionError, match="„place“ muss ein Text sein, angegeben ist 7"):
        run(probe(probe.good), place=7)
    assert runs("probe") == []


def test_two_who_want_the_same_get_one_run(laboratory, probe) -> None:
    pipeline, fresh = probe(probe.good), []
    both = [
        threading.Thread(target=lambda: fresh.append(execute(pipeline, "rain-radar", ISSUE)[1]))
        for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert sorted(fresh) == [False, True]
    assert len(runs("probe")) == 1


def test_a_run_is_tried_again(laboratory, probe, tmp_path: Path) -> None:
    counter = tmp_path / "counter"
    flaky = (
        f"from pathlib import Path\np = Path({str(counter)!r})\n"
        "n = int(p.read_text()) if p.exists() else 0\np.write_text(str(n + 1))\n"
        "assert n > 0, 'Netz weg'"
    )
    done, _ = execute(probe(flaky, probe.good, retries=2, backoff_s=0.1), "rain-radar", ISSUE)
    assert done.attempts == 2
    assert len(runs("probe")) == 1


def test_each_unbroken_sequence_of_frames_is_due(laboratory, probe, add_frames) -> None:
    add_frames("2017-08-16 00:50", 12)
    assert [f"{t:%Y-%m-%d %H:%M}" for t in due(probe(probe.good, catch_up=2), "rain-radar")] == [
        "2017-08-16 01:45",
        "2017-08-16 01:50",
        "2026-07-01 12:30",
        "2026-07-01 12:35",
    ]
