"""One running city with the real notebooks for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from running import ROOT, Lab, start, wait_for


@pytest.fixture(scope="package")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A Stadtlabor with the real notebooks and the simulated city, data arriving."""
    running = start(
        tmp_path_factory.mktemp("town"), ROOT / "build" / "course" / "kurs", simulation=True
    )
    try:
        wait_for("first data of the simulated city", lambda: running.collected > 100_000, 120)
        yield running
        pages = (running.home / "logs" / "render.log").read_text(encoding="utf-8")
        assert "läuft nicht durch" not in pages, pages[-2000:]
    finally:
        running.stop()
