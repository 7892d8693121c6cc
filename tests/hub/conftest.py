"""Fixtures of the hub's tests: see ``tests/running.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from running import Lab, Person, lab

__all__ = ["lab"]


@pytest.fixture(scope="session")
def pupil(lab: Lab) -> Person:
    """A pupil whose server runs."""
    return lab.person("biber-07")
