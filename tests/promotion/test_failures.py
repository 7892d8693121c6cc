"""Nothing that was cut off counts as a success: real kernels and processes are killed."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pandas as pd
import psutil
import pytest

from stadtlabor.promotion import PromotionError, execute, latest, runs
from stadtlabor.promotion.execution import sweep
from stadtlabor.promotion.judgement import judge
from stadtlabor.promotion.schedule import due
from stadtlabor.promotion.worker import template

ISSUE = pd.Timestamp("2026-07-01 12:35", tz="UTC")
KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("1 / 0", "Zelle 2 brach ab: division by zero"),
        (KILL, "der Kern des Notebooks wurde beendet"),
        ("import os; os._exit(0)", "der Kern des Notebooks wurde beendet"),
        ("import time; time.sleep(60)", "eine Zelle war nach 2 Sekunden nicht fertig"),
    ],
    ids=["error", "killed kernel", "kernel that leaves", "timeout"],
)
def test_a_failed_run_never_counts_as_good(laboratory, probe, cell: str, reason: str) -> None:
    pipeline = probe(cell, probe.good, cell_timeout_s=2)
    with pytest.raises(PromotionError, match=reason):
        execute(pipeline, "rain-radar", ISSUE)
    assert [run.status for run in runs("probe")] == ["failed"]
    assert latest("probe") is None
    assert ISSUE not in due(pipeline, "rain-radar")  # it is not tried for ever


def test_a_kernel_that_dies_in_the_last_cell_is_noticed(laboratory, probe) -> None:
    with pytest.raises(PromotionError, match="beendet"):
        execute(probe(probe.good, KILL), "rain-radar", ISSUE)


def test_a_run_that_takes_too_long_is_ended_with_its_kernel(laboratory, probe, tmp_path) -> None:
    told = tmp_path / "pid"
    cell = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    pipeline = probe(cell, timeout_s=15, cell_timeout_s=60)
    with pytest.raises(PromotionError, match="nach 15 Sekunden abgebrochen"):
        execute(pipeline, "rain-radar", ISSUE)
    _gone(int(told.read_text()))


@pytest.mark.parametrize("which", [0, 1], ids=["process of the run", "kernel"])
def test_killed_from_outside(
    laboratory, probe, tmp_path: Path, which: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A template of its own: tests beside this one have runs forked, too.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    template().start()
    told, failed = tmp_path / "running", []

    def go() -> None:
        try:
            execute(pipeline, "rain-radar", ISSUE)
        except PromotionError as error:
            failed.append(str(error))

    pipeline = probe(f"open({str(told)!r}, 'w'); import time; time.sleep(100)", probe.good)
    working = threading.Thread(target=go)
    working.start()
    _until(told.exists)
    # The run's process is forked first, its kernel next.
    templates = [each for each in psutil.Process().children() if str(tmp_path) in _words(each)]
    (forks,) = [each.children() for each in templates if each.children()]
    forks.sort(key=lambda each: each.create_time())
    assert len(forks) == 2
    forks[which].kill()
    working.join(60)
    assert not working.is_alive()
    assert len(failed) == 1
    assert [run.status for run in runs("probe")] == ["failed"]
    _gone(forks[1].pid)


def test_a_half_written_notebook_is_refused(laboratory, probe) -> None:
    pipeline = probe(probe.good)
    whole = pipeline.path.read_text()
    pipeline.path.write_text(whole[: len(whole) // 2])
    with pytest.raises(PromotionError, match="ist kein vollständiges Notebook"):
        execute(pipeline, "rain-radar", ISSUE)
    assert runs("probe") == []


def test_every_sign_of_success_is_needed(laboratory, probe) -> None:
    pipeline = probe(probe.good)
    run, _ = execute(pipeline, "rain-radar", ISSUE)
    source, mark = pipeline.source(), run.folder / "completed.json"
    whole, kept = run.notebook.read_text(), mark.read_text()

    def verdict(status: int = 0) -> str:
        return judge(source, run.notebook, status, 60, 60).reason

    assert verdict() == ""
    assert verdict(1)
    for length in range(0, len(whole), 211):
        run.notebook.write_text(whole[:length])
        assert verdict(), length
    run.notebook.write_text(whole + " ")
    assert "Abschluss" in verdict()
    run.notebook.write_text(whole)
    mark.unlink()
    assert "Abschluss" in verdict()
    mark.write_text(kept)
    longer = probe(probe.good, "1 + 1").source()
    assert "andere Zellen" in judge(longer, run.notebook, 0, 60, 60).reason


@pytest.mark.parametrize("kilobytes", [8, 64, 400], ids=["at once", "source", "output"])
def test_a_full_disk_is_no_success(laboratory, probe, empty_home, kilobytes: int) -> None:
    disk = empty_home / "runs"
    disk.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", str(disk).encode(), b"tmpfs", 0, f"size={kilobytes}k".encode()):
        pytest.skip("only root may mount a small disk")
    try:
        pipeline = probe("import random\nprint(random.randbytes(1_000_000).hex())", probe.good)
        with pytest.raises(PromotionError, match="kein Platz"):
            execute(pipeline, "rain-radar", ISSUE)
        assert latest("probe") is None
        assert not list(disk.glob("*/.work-*"))
    finally:
        libc.umount2(str(disk).encode(), 2)


def test_what_a_killed_operation_left_is_swept(laboratory, probe, tmp_path: Path) -> None:
    told = tmp_path / "running"
    probe(f"open({str(told)!r}, 'w'); import time; time.sleep(100)")
    code = (
        "from stadtlabor.promotion import Pipeline, run\n"
        "run(Pipeline(name='probe', notebook='probe.ipynb'), issue='')"
    )
    operation = subprocess.Popen([sys.executable, "-c", code])
    _until(told.exists)
    assert sweep() == 0  # it is still at work
    operation.send_signal(signal.SIGKILL)
    operation.wait()
    assert sweep() == 1
    assert not list((laboratory / "home" / "runs" / "probe").glob(".work-*"))
    assert runs("probe") == []


def _until(ready, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.1)


def _gone(pid: int) -> None:
    def gone() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    _until(gone, 15)


def _words(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return str(os.getpid())
