"""Fixtures of the hub's tests: see ``tests/running.py``."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import openview
from running import Lab, Person, lab

__all__ = ["lab"]


@pytest.fixture(scope="session")
def pupil(lab: Lab) -> Person:
    """A pupil whose server runs."""
    return lab.person("biber-07")


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """Folder that every system user can pass; skips where there can be several of them."""
    if openview.obstacle():
        pytest.skip(openview.obstacle())
    with tempfile.TemporaryDirectory(prefix="stadtlabor-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)
