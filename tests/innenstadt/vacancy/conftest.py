"""A register in a fresh folder, and the PostgreSQL server that the store's tests run."""

from __future__ import annotations

import pytest

from stadtlabor.innenstadt.vacancy import Register
from store.test_registers import postgres  # noqa: F401 – a fixture


@pytest.fixture
def register(tmp_path, monkeypatch) -> Register:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    return Register(tmp_path / "vacancy")
