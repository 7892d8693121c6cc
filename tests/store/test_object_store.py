"""The same store on a disk and in an object store: by configuration alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from distributed import Client, LocalCluster

from hub_config.services import READERS, services
from objectstore import environment, fresh
from stadtlabor.settings import Settings, SettingsError, read_settings
from stadtlabor.store import GridStore, Store, StoreError

ROOT = Path(__file__).resolve().parents[2]
CORE = ("test_table.py", "test_grids.py", "test_observations.py", "test_erase.py")
SLOW = "million or threads or pandas_over_years or real_forecast or whatever or reader or meanwhile"
ID = "footfall/markt/live"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address at which nothing lies yet, with all that is needed to reach it."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    return fresh()


@pytest.mark.disk("starts the run on the object store itself")
def test_the_core_of_these_tests_passes_there_too() -> None:
    files = [str(ROOT / "tests" / "store" / name) for name in CORE]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    ended = subprocess.run(
        [*command, "-k", f"not ({SLOW})"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "STADTLABOR_TEST_STORE": "s3"},
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout[-4000:]
    assert int(ended.stdout.split(" passed")[0].split()[-1]) > 30


def test_nothing_but_registers_lies_on_the_disk(tmp_path: Path, bucket: str, batch) -> None:
    store = Store(tmp_path / "store", url=bucket)
    store.write(batch([1.0, 2.0]))
    store.seal("footfall")
    left = {path.name for path in (tmp_path / "store").rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith("registers.db")} == {"writer.lock"}
    assert [path.name for path in store.place.rglob("*.parquet")]
    again = Store(tmp_path / "store", url=bucket)
    assert again.read(ID)["value"].tolist() == [1.0, 2.0]
    assert again.version("footfall") == store.version("footfall")
    store.close()


def test_two_writers_overwrite_nothing(tmp_path: Path, bucket: str, batch) -> None:
    """Commits are put only where none is: what two tables append at once is all there."""
    store = Store(tmp_path / "store", url=bucket)
    store.write(batch([0.0], start="2026-01-01T00:00Z"))
    script = (
        "import sys; from pathlib import Path; import pyarrow as pa\n"
        "from stadtlabor.store.place import located\n"
        "from stadtlabor.store.snapshot import ROWS; from stadtlabor.store.table import Table\n"
        "table = Table(located(Path('x'), sys.argv[1]) / 'observations' / 'footfall')\n"
        "for n in range(8):\n"
        "    at = int(sys.argv[2]) + n\n"
        "    row = dict(datastream=1, t=at * 900_000_000, v=1.0, rt=0, seq=0, quality=0)\n"
        "    table.append(pa.Table.from_pylist([row]).cast(ROWS), 'test', None)\n"
    )
    command = [sys.executable, "-c", script, bucket]
    both = [subprocess.Popen([*command, str(at)]) for at in (1_000, 2_000)]
    assert [process.wait(120) for process in both] == [0, 0]
    assert store.read(ID)["value"].sum() == 16.0
    store.close()


@pytest.fixture(scope="module")
def cluster() -> Iterator[Client]:
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, env=environment()
        ) as local,
        Client(local) as client,
    ):
        yield client


@pytest.mark.parametrize("kind", ["file", "s3"])
def test_dask_reads_the_same_version(
    kind: str, tmp_path: Path, bucket: str, batch, cluster: Client
) -> None:
    store = Store(tmp_path / "store", url=bucket if kind == "s3" else "")
    values = [float(n % 97) for n in range(24 * 90)]
    store.write(batch(values, every="1h"))
    store.seal("footfall")
    # A correction that only the log has yet, and a series more.
    store.write(batch([5000.0], start="2026-02-01T00:00Z", result="2026-03-01T00:00Z"))
    store.write(batch([7.0], name="footfall/tor/live"))
    pinned = store.version("footfall").version
    expected = store.read([ID, "footfall/tor/live"])
    frame = store.spread("footfall", pinned)
    store.write(batch([1e9], start="2026-02-02T00:00Z", result="2026-04-01T00:00Z"))
    store.seal("footfall")
    found = frame.compute().astype(expected.dtypes)
    order = ["datastream", "time"]
    pd.testing.assert_frame_equal(
        found.sort_values(order, ignore_index=True), expected.sort_values(order, ignore_index=True)
    )
    assert frame["value"].sum().compute() == expected["value"].sum()
    assert frame.npartitions == 3
    store.close()


def test_an_object_store_out_of_reach_is_told_in_german(
    tmp_path: Path, bucket: str, batch, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "store", url=bucket)
    store.write(batch([1.0]))
    store.close()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="Objektspeicher antwortet nicht"):
        Store(tmp_path / "store", url=bucket).read(ID)
    with pytest.raises(StoreError, match="Objektspeicher antwortet nicht"):
        Store(tmp_path / "store", url=bucket).read(ID, at_version=1)


def test_a_strange_address_is_told_in_german(tmp_path: Path) -> None:
    for url in ("ftp://rechner/daten", "s3://", "C:\\daten"):
        with pytest.raises(StoreError, match="ist kein Ort für Daten"):
            Store(tmp_path, url=url)
        with pytest.raises(StoreError, match="ist kein Ort für Daten"):
            GridStore(tmp_path, url=url)


def test_keys_are_for_services_that_read_the_data_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    told = {s["name"]: s["environment"] for s in services(Settings())}
    assert {name for name, seen in told.items() if "AWS_SECRET_ACCESS_KEY" in seen} == set(READERS)
    assert not {"apps", "render", "culler", "drawing"} & set(READERS)


def test_settings_want_registers_beside_an_object_store(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("STADTLABOR_REGISTERS", raising=False)
    path = tmp_path / "settings.toml"
    path.write_text('[store]\nurl = "s3://stadtdaten/labor"\n')
    with pytest.raises(SettingsError, match="keine „registers“"):
        read_settings(path)
    path.write_text('[store]\nurl = "s3://stadtdaten/labor"\nregisters = "sqlite:///x.db"\n')
    assert read_settings(path).store.url == "s3://stadtdaten/labor"
    path.write_text('[store]\nurl = "/daten"\n')
    with pytest.raises(SettingsError, match=r"Zeile 2: „store\.url“"):
        read_settings(path)
