"""Our connector against a foreign server: ``django-ogc-sensorthings`` in an environment of its own.

The environment is made once per run. Where the package cannot be had, the test is skipped and says
so.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pandas as pd
import pytest

from running import free_ports, wait_for
from stadtlabor.ingest.poller import Poller
from stadtlabor.networks import SensorThingsServer
from stadtlabor.sources import decode
from stadtlabor.sources.asking_memory import Memory
from stadtlabor.sources.delivery import Poll
from stadtlabor.sources.sensorthings import ServerWalk
from stadtlabor.store import Spool, Store

PACKAGES = ["django-ogc-sensorthings==1.2.0", "uvicorn"]
SETTINGS = """
from pathlib import Path
from uuid import UUID

SECRET_KEY = "only for a test on the loopback"
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "addresses"
USE_TZ = True
DATABASES = {{
    "default": {{
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(__file__).with_name("foreign.db"),
    }}
}}
INSTALLED_APPS = [
    "sensorthings.versions.v1_1",
    "sensorthings.versions.v1_1.backends.django",
    "sensorthings.versions.v1_1.extensions.dataarray",
]
SENSORTHINGS_V1_1_SERVICE_URL = "http://127.0.0.1:{port}/sensorthings"
SENSORTHINGS_V1_1_BACKEND_ADAPTER = (
    "sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter"
)
SENSORTHINGS_V1_1_ID_TYPE = UUID
SENSORTHINGS_V1_1_ID_DELIMITER = "'"
"""
ADDRESSES = """
from django.urls import include, path

urlpatterns = [path("sensorthings/", include("sensorthings.versions.v1_1.urls"))]
"""
TIMES = pd.date_range("2026-10-01", periods=2500, freq="15min", tz="UTC")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("foreign")
    python = folder / "venv" / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    began = time.monotonic()
    for command in (
        [*uv, "venv", "-q", "--python", sys.executable, str(folder / "venv")],
        [*uv, "pip", "install", "-q", "--python", str(python), *PACKAGES],
    ):
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("django-ogc-sensorthings cannot be had here")
    print(f"environment of the foreign server: {time.monotonic() - began:.1f} s")
    (port,) = free_ports(1)
    (folder / "foreign.py").write_text(SETTINGS.format(port=port))
    (folder / "addresses.py").write_text(ADDRESSES)
    around = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(folder),
        "DJANGO_SETTINGS_MODULE": "foreign",
    }
    subprocess.run(
        [python, "-m", "django", "migrate"], env=around, cwd=folder, check=True, capture_output=True
    )
    server = subprocess.Popen(
        [python, "-m", "uvicorn", "--factory", "django.core.asgi:get_asgi_application",
         "--port", str(port), "--log-level", "warning"],
        env=around, cwd=folder,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}/sensorthings/v1.1"
    wait_for("foreign server", lambda: _answers(f"{address}/Things"), 40)
    yield address
    server.terminate()
    server.wait(20)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


def create(client: httpx.Client, kind: str, body: dict[str, object]) -> str:
    answer = client.post(kind, json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("(")[2].strip("()'")


@pytest.fixture(scope="module")
def stream(foreign: str) -> str:
    """Let the foreign server hold one datastream with values; return its id."""
    with httpx.Client(base_url=f"{foreign}/", timeout=60) as client:
        point = {"type": "Point", "coordinates": [10.31, 47.72]}
        location = create(
            client,
            "Locations",
            {
                "name": "Brücke",
                "description": "Brücke",
                "encodingType": "application/geo+json",
                "location": point,
            },
        )
        thing = create(
            client,
            "Things",
            {
                "name": "Pegel Brücke",
                "description": "Pegel",
                "properties": {},
                "Locations": [{"@iot.id": location}],
            },
        )
        sensor = create(
            client,
            "Sensors",
            {
                "name": "Radar",
                "description": "Radar",
                "encodingType": "application/pdf",
                "metadata": "https://example.org/r.pdf",
            },
        )
        observed = create(
            client,
            "ObservedProperties",
            {"name": "Wasserstand", "description": "Höhe", "definition": "https://example.org/w"},
        )
        found = create(
            client,
            "Datastreams",
            {
                "name": "Wasserstand Brücke",
                "description": "Wasserstand",
                "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
                "unitOfMeasurement": {
                    "name": "Zentimeter",
                    "symbol": "cm",
                    "definition": "https://example.org/cm",
                },
                "Thing": {"@iot.id": thing},
                "Sensor": {"@iot.id": sensor},
                "ObservedProperty": {"@iot.id": observed},
            },
        )
        rows = [[f"{t:%Y-%m-%dT%H:%M:%SZ}", n % 300] for n, t in enumerate(TIMES)]
        block = {
            "Datastream": {"@iot.id": found},
            "components": ["phenomenonTime", "result"],
            "dataArray": rows,
        }
        answer = client.post("CreateObservations", json=[block])
        assert answer.status_code == 201, answer.text
    return found


def test_a_foreign_server_is_read_completely(foreign, stream, tmp_path: Path):
    server = SensorThingsServer(
        id="fremd",
        name="Fremder Dienst",
        url=foreign,
        dataset="neighbour",
        source="Fremde Stadt",
        licence="dl-de/by-2-0",
        filter="Thing/name eq 'Pegel Brücke'",
        since=datetime(2026, 9, 1, tzinfo=UTC).date(),
    )
    spool, memory = Spool(tmp_path / "spool.db"), Memory(tmp_path / "sources")
    poller = Poller(spool, [Poll("Fremd", 900, ServerWalk(server, memory))], memory)
    new = poller.once()
    assert poller.states["Fremd"].error == ""
    assert new > 0
    store = Store(tmp_path / "store")
    for _, delivery in spool.pending():
        batch = decode(delivery)
        assert not batch.problems
        store.write(batch)
    (found,) = store.datastreams("neighbour")
    assert (found.unit, found.thing_name, found.lat) == ("cm", "Pegel Brücke", 47.72)
    kept = store.read(found.id)
    assert kept["time"].tolist() == list(TIMES.as_unit("us"))
    assert kept["value"].tolist() == [float(n % 300) for n in range(len(TIMES))]
    store.close()
    print(f"{len(kept)} values of {stream} in {len(spool.pending())} deliveries")
