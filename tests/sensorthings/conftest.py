"""Fixtures: a running SensorThings service over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from measured_city import fill, serving


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with values, for all tests here."""
    home = tmp_path_factory.mktemp("sta") / "home"
    home.mkdir()
    fill(home)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STADTLABOR_HOME", str(home))
        yield home


@pytest.fixture(scope="session")
def address(city_home: Path) -> Iterator[str]:
    """Scheme and host of a running server."""
    with serving() as found:
        yield found


@pytest.fixture(scope="session")
def root(address: str) -> str:
    """Address of the SensorThings service."""
    return f"{address}/sta/v1.1"


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as found:
        yield found


@pytest.fixture
def ask(root: str, client: httpx.Client):
    """Ask a question and return the JSON of the answer, which must be a good one."""

    def ask(path: str, **options: str):
        asked = {f"${name}": value for name, value in options.items()}
        answer = client.get(f"{root}/{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


@pytest.fixture
def series(ask):
    """Return the number of a datastream by its id in the store."""

    def find(name: str) -> int:
        found = ask("Datastreams", filter=f"properties/datastream eq '{name}'")["value"]
        assert len(found) == 1
        return found[0]["@iot.id"]

    return find
