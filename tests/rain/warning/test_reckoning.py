"""The warning stands on the notebook in operation: real runs, real failures."""

from __future__ import annotations

import copy
import json
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner
from scenes import SETTINGS, START, assessment, level, outlook
from town import ROOT, town

from stadtlabor import promotion
from stadtlabor.city import city
from stadtlabor.commands.pipelines import pipelines
from stadtlabor.promotion import Pipeline
from stadtlabor.rain import nowcast, read
from stadtlabor.rain.warning import Assessment, Journal
from stadtlabor.rain.warning.display import display
from stadtlabor.rain.warning.feed import StoredRecording
from stadtlabor.rain.warning.reckoning import Direct, Promoted, assessment_of
from stadtlabor.rain.warning.service import Service

STEP = timedelta(minutes=5)
FIRST = 18
"""Frame of the storm with which the tests begin: the third from here brings a warning."""


@pytest.fixture
def storm(shared_data: Path, empty_home: Path, tmp_path: Path, monkeypatch) -> list[Path]:
    """Return the files of a storm; the city lies in its way."""
    paths = sorted((shared_data / "rain" / "mch_20160711").glob("*.gif"))
    file = tmp_path / "city.toml"
    town(read(paths[0]).isel(time=0), file, (208, 252), 128, 20)
    monkeypatch.setenv("STADTLABOR_CITY", str(file))
    city.cache_clear()
    yield paths[FIRST:]
    from stadtlabor.store.files import release
    from stadtlabor.store.opening import grid_store

    grid_store().close()
    release(empty_home / "store")
    city.cache_clear()


def times(count: int) -> list[datetime]:
    first = datetime.fromisoformat("2016-07-11T20:47:00+00:00") + FIRST * STEP
    return [first + n * STEP for n in range(count)]


def service(home: Path, paths: list[Path], pipeline: Pipeline | str = "regenwarnung") -> Service:
    feed = StoredRecording(paths, "rain-radar", city(), timedelta(minutes=2))
    told = city().warning
    return Service(
        home / "warning", told, feed, [], reckoning=Promoted("rain-radar", told, pipeline)
    )


def probe(folder: Path, *cells: str) -> Pipeline:
    """Return a pipeline of a notebook that does what it is told instead of a nowcast."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": kernel})
    head = 'dataset = "rain-radar"\nissue = ""\nwithout: list[str] = []'
    first = nbformat.v4.new_code_cell(head, metadata={"tags": ["parameters"]})
    notebook.cells = [first, *(nbformat.v4.new_code_cell(cell) for cell in cells)]
    nbformat.write(notebook, folder / "probe.ipynb")
    return Pipeline(
        name="probe", notebook=str(folder / "probe.ipynb"), datasets=["rain-radar"], retries=2
    )


def test_the_warning_stands_on_the_run_and_shares_it(storm, empty_home):
    warned = service(empty_home, storm)
    turns = [warned.turn(now) for now in times(3)]
    assert turns[-1].assessment is not None
    (run,) = promotion.runs("regenwarnung")
    assert Assessment.from_dict(run.result["assessment"]) == turns[-1].assessment
    # What people see of the run is as before.
    assert {"sentence", "sum_mm", "share", "data"} <= set(run.result)
    # The same as without notebook and papermill, from the same frames.
    feed = StoredRecording([], "rain-radar", city(), timedelta(0))
    direct = Service(
        empty_home / "direct", city().warning, feed, [],
        reckoning=Direct(feed, city().warning, nowcast),
    )  # fmt: skip
    assert direct.turn(times(3)[-1]).assessment == turns[-1].assessment
    direct.close()
    # The message names all it rests on, in CAP and in the journal.
    message = turns[-1].messages[0]
    told = message.provenance
    assert told["run"] == f"regenwarnung/{run.folder.name}"
    assert (told["notebook"], told["parameters"]) == (run.notebook_hash, run.parameter_hash)
    assert (told["inputs"], told["code"]) == (run.input_hash, run.code_hash)
    event = Journal(empty_home / "warning").events("message", key=message.identifier)[0]
    assert event.body["origin"]["passed"] == run.passed
    assert f"<value>{run.notebook_hash}</value>" in event.body["cap"]
    warned.close()
    # The schedule finds the run of this frame done.
    before = run.folder.stat().st_mtime_ns
    again = promotion.run("regenwarnung", dataset="rain-radar", issue=run.issue.isoformat())
    assert again == run
    assert run.folder.stat().st_mtime_ns == before
    CliRunner().invoke(pipelines, ["once"])
    assert [r.issue for r in promotion.runs("regenwarnung")].count(run.issue) == 1


def test_frames_in_doubt_are_left_out(storm, empty_home):
    from stadtlabor.store.opening import grid_store

    # Nobody has judged this one; it lies in the store when the warning begins.
    early = read(storm[0])
    early = early.assign_coords(time=early["time"] - np.timedelta64(60, "m"))
    grid_store().write_grid((early * 12).assign_attrs(early.attrs | {"dataset": "rain-radar"}))
    warned = service(empty_home, storm)
    turns = [warned.turn(now) for now in times(3)]
    warned.close()
    (run,) = promotion.runs("regenwarnung")
    assert run.parameters["without"] == ["2016-07-11T21:10:00"]
    share = {outlook.fallen_share for outlook in turns[-1].assessment.outlooks}
    assert share == {3 / 60}


@pytest.mark.parametrize(
    "cells",
    [
        ("1 / 0",),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)",),
        ("1 + 1",),
        ("from stadtlabor.promotion import record\nrecord(assessment={'outlooks': []})",),
    ],
    ids=["error", "killed kernel", "says nothing", "says nonsense"],
)
def test_a_failed_run_is_never_green(cells, storm, empty_home, tmp_path, caplog):
    warned = service(empty_home, storm, probe(tmp_path, *cells))
    moments = times(3)
    for now in moments:
        turn = warned.turn(now)
    assert turn.assessment is None
    seen = display(empty_home / "warning", city().warning, moments[-1])
    assert seen.stale
    assert any("keine Vorhersage rechnen" in reason for reason in seen.reasons)
    assert "Keine Warnung" not in seen.sentence
    told = [e.body["text"] for e in Journal(empty_home / "warning").events("operator")]
    assert any("keine Vorhersage rechnen" in text for text in told)
    # It stays so at the next looks, and is not tried for ever.
    for second in range(10, 60, 10):
        warned.turn(moments[-1] + timedelta(seconds=second))
    assert display(empty_home / "warning", city().warning, moments[-1]).stale
    assert len([r for r in caplog.records if r.message.startswith("Vorhersage: ")]) == 3
    warned.close()


def test_a_run_killed_from_outside_is_done_again(storm, empty_home, tmp_path):
    mark = tmp_path / "running"
    slow = probe(tmp_path, f"import time; open({str(mark)!r}, 'w').close(); time.sleep(100)")
    plan = (
        "import sys; from pathlib import Path; from datetime import timedelta\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "import test_reckoning as t\n"
        f"p = t.Pipeline.model_validate_json({slow.model_dump_json()!r})\n"
        f"files = [Path(x) for x in {[str(p) for p in storm]!r}]\n"
        f"s = t.service(Path({str(empty_home)!r}), files, p)\n"
        "[s.turn(now) for now in t.times(3)]"
    )
    process = subprocess.Popen([sys.executable, "-c", plan], env=os.environ)
    end = time.monotonic() + 90
    while not mark.exists():
        assert time.monotonic() < end
        assert process.poll() is None
        time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not promotion.runs("probe")
    warned = service(empty_home, storm)
    turn = warned.turn(times(3)[-1])
    warned.close()
    assert turn.assessment is not None
    assert turn.messages


def test_a_run_that_hangs_is_given_up(storm, empty_home, tmp_path, monkeypatch):
    from stadtlabor.rain.warning import reckoning

    short = {"run_s": 5.0, "tries": 1}
    monkeypatch.setattr(reckoning, "rules", lambda _: short)
    warned = service(empty_home, storm, probe(tmp_path, "import time; time.sleep(100)"))
    for now in times(3):
        warned.turn(now)
    warned.close()
    (run,) = promotion.runs("probe")
    assert "nicht fertig" in run.reason or "abgebrochen" in run.reason
    assert display(empty_home / "warning", city().warning, times(3)[-1]).stale


GOOD = {"assessment": assessment(0, outlook("bach", level(2)), outlook("hang", level(0))).to_dict()}


def changed(place: str, value: object) -> dict:
    told = copy.deepcopy(json.loads(json.dumps(GOOD)))
    first = told["assessment"]["outlooks"][0]
    if place in first:
        first[place] = value
    elif place in told["assessment"]:
        told["assessment"][place] = value
    return told


def test_a_sound_record_is_read():
    found = assessment_of(json.loads(json.dumps(GOOD)), START, SETTINGS)
    assert found == Assessment.from_dict(GOOD["assessment"])


@pytest.mark.parametrize(
    "told",
    [
        {}, {"assessment": None}, {"assessment": {}}, {"assessment": "grün"},
        changed("hour", {}), changed("hour", {"2": 0.1, "3": 0.0}),
        changed("hour", {"2": float("nan"), "3": 0.0, "4": 0.0}),
        changed("hour", {"2": -0.1, "3": 0.0, "4": 0.0}),
        changed("six_hours", {}), changed("unseen", float("nan")),
        changed("issued", "2026-07-01T13:55:00+00:00"), changed("outlooks", None),
    ],
)  # fmt: skip
def test_what_is_not_said_is_not_taken_for_no_rain(told):
    with pytest.raises(ValueError, match="Notebook"):
        assessment_of(told, START, SETTINGS)


def test_the_notebook_of_the_house_is_what_runs():
    assert promotion.resolve("regenwarnung").path == ROOT / "notebooks" / "dcl/regenwarnung.ipynb"
