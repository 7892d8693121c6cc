"""The rain warning of a real storm, done again from its provenance."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from stadtlabor import promotion
from stadtlabor.promotion import PromotionError

ISSUE = "2017-08-16T01:35"


@pytest.fixture
def storm(shared_data: Path, empty_home: Path) -> Path:
    """A home with the radar frames of 16 August 2017."""
    program = Path(sys.executable).with_name("stadtlabor")
    folder = shared_data / "rain" / "radklim_yw_20170816"
    subprocess.run([program, "replay", folder], check=True, capture_output=True, timeout=200)
    return empty_home


def test_a_warning_runs_again_bit_identically(storm: Path) -> None:
    run = promotion.run("regenwarnung", dataset="rain-radar", issue=ISSUE)
    assert run.status == "done"
    assert run.passed["dataset"].startswith("rain-radar@")
    assert len(run.figure_hashes) >= 2
    again = promotion.rerun(run)
    assert again.same, again.differences
    assert json.loads((run.folder / "rerun.json").read_text())["differences"] == []
    # A result that was changed afterwards is noticed.
    told = json.loads((run.folder / "run.json").read_text())
    told["result"]["sum_mm"] += 0.01
    told["figure_hashes"]["01.svg"] = "0" * 64
    (run.folder / "run.json").write_text(json.dumps(told))
    (forged,) = promotion.runs("regenwarnung")
    assert promotion.rerun(forged).differences == ["result/sum_mm", "figures/01.svg"]


def test_a_run_without_its_source_cannot_be_done_again(laboratory, probe) -> None:
    run = promotion.run(probe("1 + 1", datasets=[]))
    (kept,) = (laboratory / "home" / "runs" / ".sources").iterdir()
    kept.write_text(kept.read_text() + " ")
    with pytest.raises(PromotionError, match="im Archiv verändert"):
        promotion.rerun(run)
    kept.unlink()
    with pytest.raises(PromotionError, match="nicht im Archiv"):
        promotion.rerun(run)
