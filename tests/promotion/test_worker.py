"""How a run's process starts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from stadtlabor.promotion import run, worker


def test_a_single_run_starts_no_template_and_a_second_does(
    laboratory, probe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(worker, "_made", [False])
    run(probe("1 + 1", datasets=[]))
    assert not worker.template().running()
    run(probe("2 + 2", datasets=[]))
    assert worker.template().running()
