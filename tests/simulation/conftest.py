"""One simulated sky for all tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import xarray as xr

from stadtlabor.city import city
from stadtlabor.observations import Batch
from stadtlabor.simulation import Sky
from stadtlabor.sources import Delivery, decode


@pytest.fixture
def noon() -> datetime:
    """A Sunday, shortly after twelve."""
    return datetime(2026, 11, 22, 12, 3, tzinfo=UTC)


@pytest.fixture(scope="session")
def sky() -> Sky:
    """The rain over the city."""
    return Sky(city(), 2026)


@pytest.fixture
def decoded(noon: datetime) -> Callable[[str, str, bytes], Batch | xr.DataArray]:
    """Decode bytes by kind and name."""
    return lambda kind, name, body: decode(Delivery(kind, name, body, noon))
