"""A template that is root: everybody gets forks under their own system user and no other."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from forks import templates
from running import wait_for
from stadtlabor.kernels import Template
from stadtlabor.kernels.limits import group, mounted
from stadtlabor.kernels.wire import connect, receive, send

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

ADA, BEN, LEVEL, OTHER = 60001, 60002, 60011, 60012
WHO = """
import os
lines = dict(l.split(':', 1) for l in open('/proc/self/status').read().splitlines() if ':' in l)
print(*os.getresuid(), *os.getresgid(), os.getgroups(), lines['NoNewPrivs'].strip())
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Folder of sockets that other users can pass."""
    with tempfile.TemporaryDirectory(prefix="forks-") as name:
        Path(name).chmod(0o755)
        place = Path(name) / "forks"
        yield place
        for process in templates(place):
            process.kill()


@pytest.fixture
def level(folder: Path) -> Template:
    """The template of a level of trust, started by root."""
    template = Template("level", [], folder=folder, group=LEVEL)
    template.start()
    return template


def peer(uid: int, gid: int, story: Callable[[], object], begin: Callable[[], object] = int) -> str:
    """Return what a function returns, or its error's name, in a process of another user."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            begin()
            os.setgroups([])
            os.setresgid(gid, gid, gid)
            os.setresuid(uid, uid, uid)
            told = str(story())
        except BaseException as error:
            told = f"{type(error).__name__}: {error}"
        os.write(writing, told.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        told = answer.read()
    os.waitpid(child, 0)
    return told


def test_a_peer_gets_its_own_user_whatever_it_says(level, fork) -> None:
    told = peer(ADA, LEVEL, lambda: fork(level, WHO, uid=0, gid=0)[1])
    assert told == f"{f'{ADA} ' * 3}{f'{LEVEL} ' * 3}[] 1\n"
    told = peer(BEN, LEVEL, lambda: fork(level, WHO, uid=ADA, gid=OTHER)[1])
    assert told.startswith(f"{BEN} {BEN} {BEN} {LEVEL} ")


def test_root_says_whose_it_shall_be(level, fork) -> None:
    assert fork(level, WHO, uid=ADA, gid=OTHER)[1].startswith(f"{ADA} {ADA} {ADA} {OTHER} ")


def test_another_level_cannot_open_the_socket(level, fork) -> None:
    assert "PermissionError" in peer(ADA, OTHER, lambda: connect(str(level.socket), 1))
    assert "Permission denied" in peer(ADA, OTHER, lambda: fork(level, WHO))
    assert "PermissionError" in peer(ADA, LEVEL, lambda: list(level.folder.iterdir()))
    state = level.socket.stat()
    assert (state.st_uid, state.st_gid, state.st_mode & 0o777) == (0, LEVEL, 0o660)


def test_forks_can_be_ended_by_who_asked_for_them(level) -> None:
    def story() -> object:
        nowhere = (os.open(os.devnull, os.O_RDWR),) * 3
        made = level.fork("code", ["code", "import time; time.sleep(60)"], {}, "/", nowhere)
        made.kill()  # at once: it must not be root's any more
        return made.wait(10)

    assert peer(ADA, LEVEL, story) == "-9"


def test_who_may_not_start_a_template_waits_for_root(level, fork, folder, monkeypatch) -> None:
    monkeypatch.setattr("stadtlabor.kernels.client._SUCCESSOR_S", 2.0)
    (process,) = templates(folder)
    process.kill()
    process.wait()
    began = time.monotonic()
    assert "no answer from the template" in peer(ADA, LEVEL, lambda: fork(level, WHO))
    assert 2 < time.monotonic() - began < 10
    assert templates(folder) == []


def test_the_silent_keep_nobody_waiting_and_are_dropped(level, fork, folder) -> None:
    (process,) = templates(folder)
    before = process.num_fds()

    def story() -> object:
        links = [connect(str(level.socket), 20) for _ in range(100)]
        time.sleep(1)
        return len(links)

    silent = os.fork()
    if silent == 0:
        peer(ADA, LEVEL, lambda: [story(), time.sleep(20)])
        os._exit(0)
    wait_for("the silent", lambda: process.num_fds() > before + 50, 10)
    began = time.monotonic()
    assert peer(BEN, LEVEL, lambda: fork(level, "print(1)")[1]) == "1\n"
    assert time.monotonic() - began < 2
    assert process.num_fds() < before + 70
    wait_for("silence to end", lambda: process.num_fds() <= before + 1, 10)
    for child in [*psutil.Process(silent).children(), psutil.Process(silent)]:
        child.kill()
    os.waitpid(silent, 0)


@pytest.mark.parametrize("sent", [b"[" * 100_000, b"[]", b"7", b"\xff", b'{"job": "code"}'])
def test_nonsense_harms_its_sender_alone(level, fork, folder, sent) -> None:
    def story() -> object:
        with connect(str(level.socket), 5) as link:
            link.send(sent)
            return "error" in receive(link)[0]

    assert peer(ADA, LEVEL, story) == "True"
    assert len(templates(folder)) == 1
    assert peer(ADA, LEVEL, lambda: fork(level, "print(1)")[1]) == "1\n"


def test_no_fork_remembers_what_another_was_sent(level, fork) -> None:
    secret = os.urandom(20).hex()
    for _ in range(5):
        assert fork(level, "print(1)", uid=BEN, gid=LEVEL, env={"TOKEN": secret})[1] == "1\n"
        # A message that is refused is read as well.
        with connect(str(level.socket), 5) as link:
            send(link, {"job": "none", "env": {"TOKEN": secret}})
            receive(link)
    half = len(secret) // 2
    code = f"""
wanted = {secret[:half]!r}.encode() + {secret[half:]!r}.encode()
found = 0
with open('/proc/self/mem', 'rb') as memory:
    for line in open('/proc/self/maps').read().splitlines():
        span, rights, *_ = line.split()
        if 'rw' in rights:
            begin, end = (int(each, 16) for each in span.split('-'))
            memory.seek(begin)
            found += memory.read(end - begin).count(wanted)
print(found)
"""
    # One is the pattern itself.
    assert int(peer(ADA, LEVEL, lambda: fork(level, code)[1])) <= 2


def test_a_fork_joins_the_control_group_of_its_owner(level, fork) -> None:
    hierarchy = mounted()
    if hierarchy is None or not os.access(hierarchy / "cgroup.procs", os.W_OK):
        pytest.skip("no control groups of version 2 to write to")
    place = hierarchy / f"stadtlabor-test-{os.getpid()}"
    try:
        place.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made: {error}")
    try:
        code = "print(open('/proc/self/cgroup').read())"

        def enter() -> None:
            (place / "cgroup.procs").write_text(str(os.getpid()))

        told = peer(ADA, LEVEL, lambda: fork(level, code)[1], enter)
        assert f"0::/{place.name}\n" in told
        assert group("self") != f"/{place.name}"
    finally:
        wait_for("the group to empty", lambda: not (place / "cgroup.procs").read_text(), 10)
        place.rmdir()
