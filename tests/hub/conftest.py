"""Fixtures of the hub's tests: see ``tests/running.py``."""

from __future__ import annotations

import pytest

from running import Lab, Person, lab

__all__ = ["lab"]


@pytest.fixture(scope="session")
def pupil(lab: Lab) -> Person:
    """A pupil whose server runs."""
    return lab.person("biber-07")
