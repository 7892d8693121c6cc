"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# How fast something is, benchmarks say; the machine may be busy with other tests.
settings.register_profile("untimed", parent=settings(), deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with recorded real data; tests that need it are skipped where it is absent."""
    stated = os.environ.get("STADTLABOR_SHARED")
    folder = Path(stated) if stated else ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("recorded real data are not here (set STADTLABOR_SHARED)")
    return folder


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A fresh folder for everything that running leaves behind."""
    # In this order: a thread that a test has left behind may look there at once.
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("STADTLABOR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
