from __future__ import annotations

from collections.abc import Callable

import pytest

from stadtlabor.sources import meter


@pytest.fixture
def read() -> Callable[..., meter.MeterReading]:
    """Read lines of text as a file."""

    def call(
        *lines: str, name: str = "schule.electricity.csv", form: meter.Form | None = None
    ) -> meter.MeterReading:
        return meter.read_bytes("\n".join(lines).encode(), name, form)

    return call
