from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from stadtlabor.store import Store, registers
from stadtlabor.store.dictionary import Dictionary


def test_sqlite_registers_survive_a_power_cut_and_let_readers_in(tmp_path):
    with registers(tmp_path).connect() as connection:
        pragma = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar()
            for n in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_the_address_may_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("STADTLABOR_REGISTERS", f"sqlite:///{tmp_path / 'anders.db'}")
    Store(tmp_path / "store")
    assert (tmp_path / "anders.db").exists()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of our own on a loopback port."""
    initdb, server = shutil.which("initdb"), shutil.which("postgres")
    if not (initdb and server):
        pytest.skip("no PostgreSQL server on this machine")
    folder = tmp_path_factory.mktemp("postgres")
    # PostgreSQL refuses to run as root, so there it runs as the user that Debian made for it.
    user = {}
    if os.geteuid() == 0:
        try:
            shutil.chown(folder, "postgres")
        except LookupError:
            pytest.skip("PostgreSQL does not run as root and there is no user postgres")
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and parent.is_relative_to("/tmp/pytest-of-root"):  # noqa: S108
                parent.chmod(0o755)
        user = {"user": "postgres"}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", **user}
    made = subprocess.run(
        [initdb, "-D", data, "-A", "trust", "-U", "stadtlabor", "--no-sync"], check=False, **quiet
    )
    if made.returncode:
        pytest.skip("initdb does not work on this machine")
    process = subprocess.Popen(
        [server, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", str(folder)], **quiet
    )
    url = f"postgresql+psycopg://stadtlabor@127.0.0.1:{port}/postgres"
    try:
        for _ in range(100):
            try:
                sqlalchemy.create_engine(url).connect().close()
                break
            except sqlalchemy.exc.OperationalError:
                time.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGINT)  # do not wait for open connections
        process.wait(timeout=20)


def test_postgresql_keeps_the_dictionary_as_well(tmp_path: Path, batch, postgres: str):
    store = Store(tmp_path / "store", registers_url=postgres)
    store.write(batch([1, 2]))
    store.write(batch([3], name="footfall/platz/live"))
    other = Store(tmp_path / "store", registers_url=postgres)
    assert [d.id for d in other.datastreams("footfall")] == [
        "footfall/markt/live",
        "footfall/platz/live",
    ]
    assert other.read("footfall/markt/live")["value"].tolist() == [1, 2]
    assert not (tmp_path / "store" / "registers.db").exists()
    store.close()


def test_many_may_open_a_new_register_at_once(tmp_path: Path) -> None:
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        together = threading.Barrier(8)

        def begin(_: int, folder: Path = folder, together: threading.Barrier = together) -> object:
            together.wait()
            return Dictionary(registers(folder))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(begin, range(8)))
