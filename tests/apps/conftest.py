"""One server of apps for this folder's tests."""

from collections.abc import Iterator

import pytest

from visits import serving


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server with one place for visitors."""
    with serving(tmp_path_factory.mktemp("apps"), max_sessions=1) as (address, _):
        yield address
