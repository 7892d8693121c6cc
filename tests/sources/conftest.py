"""Fixtures for sources: deliveries from disk and from text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sources.feeding import Provider, Town, providing, town
from stadtlabor.sources.delivery import Delivery

RECEIVED = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def delivery() -> Callable[..., Delivery]:
    """Make a delivery of a kind from a path, text or bytes."""

    def make(kind: str, body: Path | str | bytes, name: str = "") -> Delivery:
        if isinstance(body, Path):
            return Delivery(kind, name or body.name, body.read_bytes(), RECEIVED)
        raw = body.encode() if isinstance(body, str) else body
        return Delivery(kind, name, raw, RECEIVED)

    return make


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider on the loopback."""
    with providing() as found:
        yield found


@pytest.fixture
def place(empty_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """A city of its own, with the real ingest."""
    with town(empty_home, tmp_path, monkeypatch) as found:
        yield found
