"""The template process: forks that share nothing they must not share."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from forks import templates
from running import wait_for
from stadtlabor import kernels
from stadtlabor.kernels import ForkError, Template
from stadtlabor.kernels.wire import connect, receive, send

SEEDS = """
import random, uuid, tempfile, multiprocessing, numpy, os
print(random.random(), numpy.random.random(), uuid.uuid1().node, tempfile.gettempdir(),
      multiprocessing.current_process().authkey.hex(), os.getcwd(), os.getsid(0) == os.getpid())
"""


def test_stands_alone() -> None:
    folder = Path(kernels.__file__).parent
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("stadtlabor"):
                assert (node.module or "").startswith("stadtlabor.kernels")


def test_forks_differ_where_they_must(folder, fork) -> None:
    template = Template("test", ["numpy"], folder=folder)
    first, second = (
        fork(template, SEEDS, cwd=str(folder), env={"TMPDIR": str(folder)})[1].split()
        for _ in range(2)
    )
    for drawn in (0, 1, 4):
        assert first[drawn] != second[drawn]
    assert first[3] == str(folder)
    assert first[5:] == [str(folder), "True"]


def test_functions_are_rehearsed_and_what_fails_is_left_out(folder, fork, tmp_path) -> None:
    (tmp_path / "rehearsal.py").write_text("""
import os
def play():
    os.play = 1
def fall():
    raise RuntimeError("fallen")
""")
    preload = ["rehearsal:play", "rehearsal:fall", "rehearsal:none", "there.is.none"]
    environment = {"PYTHONPATH": str(tmp_path)}
    template = Template("test", preload, folder=folder, environment=environment)
    assert fork(template, "import os; print(os.play)")[1] == "1\n"
    told = template.socket.with_suffix(".log").read_text()
    assert told.count("not preloaded") == 3


def test_environment_is_what_was_asked_for_and_nothing_else(template, fork, monkeypatch) -> None:
    monkeypatch.setenv("TEST_SECRET", "geheim")
    code = "import os; print(sorted(os.environ), open('/proc/self/environ').read())"
    _, told = fork(template, code, env={"ONLY": "this"})
    assert told.startswith("['ONLY']")
    assert "geheim" not in told


def test_exit_codes_come_back(template, fork) -> None:
    assert fork(template, "raise SystemExit(7)")[0].returncode == 7
    assert fork(template, "import os, signal; os.kill(os.getpid(), 9)")[0].returncode == -9
    ended, told = fork(template, "1 / 0")
    assert ended.returncode == 1
    assert "ZeroDivisionError" in told


def test_a_thousand_forks_leave_nothing_behind(template) -> None:
    template.start()
    (process,) = templates(template.folder)
    nowhere = os.open(os.devnull, os.O_RDWR)

    def one(_: int) -> int:
        made = template.fork("nothing", ["nothing"], {}, "/", (nowhere, nowhere, nowhere))
        return made.wait(30)

    one(0)
    wait_for("the end of the first", lambda: not process.children())
    before = process.num_fds(), psutil.Process().num_fds()
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(one, range(1000))) == {0}
    wait_for("the end of the last", lambda: not process.children())
    # The template buries a child first and tells its owner then: the link to the last one may be
    # open for a moment yet. Fewer is no leak: something opened at the start may be closed by now.
    wait_for("as few files as before", lambda: process.num_fds() <= before[0])
    assert psutil.Process().num_fds() <= before[1]
    os.close(nowhere)


def test_two_who_start_at_once_get_the_same_template(folder) -> None:
    both = [Template("test", [], folder=folder) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Template.start, both))
    assert len(templates(folder)) == 1


def test_a_folder_may_lie_deeper_than_a_path_of_a_socket_may_be_long(tmp_path) -> None:
    deep = tmp_path / ("tief" * 30) / "forks"
    deep.parent.mkdir()
    try:
        Template("test", [], folder=deep).start()
        assert len(templates(deep)) == 1
    finally:
        for process in templates(deep):
            process.kill()


def test_trust_levels_never_share(folder) -> None:
    for trust in ("public", "pupils"):
        Template(trust, [], folder=folder).start()
    assert len(templates(folder)) == 2


def test_a_changed_lock_file_retires_the_template(folder, fork, tmp_path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("a==1")
    template = Template("test", [], [lock], folder)
    nowhere = os.open(os.devnull, os.O_RDWR)
    living = template.fork(
        "code", ["code", "import time; time.sleep(60)"], {}, "/", (nowhere, nowhere, nowhere)
    )
    (old,) = templates(folder)
    socket = template.socket
    lock.write_text("a==2.0")
    wait_for("the retirement", lambda: not socket.exists(), 1.5)
    assert fork(template, "print(1)")[1] == "1\n"
    assert len(templates(folder)) == 2
    assert living.poll() is None
    living.kill()
    assert living.wait(10) == -9
    wait_for("the end of the old template", lambda: old not in templates(folder), 10)


def test_a_killed_template_harms_nobody(template, fork) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    living = template.fork(
        "code", ["code", "import time; time.sleep(60)"], {}, "/", (nowhere, nowhere, nowhere)
    )
    (old,) = templates(template.folder)
    old.kill()
    time.sleep(0.3)
    assert living.poll() is None
    assert fork(template, "print(1)")[1] == "1\n"
    living.terminate()
    assert living.wait(10) == 1  # how it ended, only the template would have known


def test_template_and_forks_end_with_their_owner(folder) -> None:
    code = f"""
        import os, time
        from pathlib import Path
        from stadtlabor.kernels import Template
        template = Template("test", [], folder=Path({str(folder)!r}))
        child = template.fork("code", ["code", "import time; time.sleep(60)"], {{}}, "/", (0, 1, 2))
        print(child.pid, os.getpid(), flush=True)
        time.sleep(60)
    """
    owner = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout
    child = psutil.Process(int(owner.stdout.readline().split()[0]))
    template = child.parent()
    assert template
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    wait_for("the end of all", lambda: not child.is_running() and not template.is_running(), 10)


@pytest.mark.parametrize(
    ("message", "fds"),
    [({"job": "os.system"}, 3), ({"job": "code"}, 0), ({}, 3)],
)
def test_what_is_not_on_the_list_is_refused(template, message, fds) -> None:
    template.start()
    with connect(str(template.socket), 5) as link:
        send(link, {"argv": [], "env": {}, "cwd": "/", **message}, [0, 1, 2][:fds])
        answer, _ = receive(link)
    assert "error" in answer
    assert templates(template.folder)


def test_a_folder_that_is_open_to_others_is_refused(folder) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    with pytest.raises(ForkError, match="open to others"):
        Template("test", [], folder=folder).start()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_three_people_cannot_look_into_each_other(template, fork, tmp_path) -> None:
    tmp_path.chmod(0o711)
    people = {}
    for uid in (60001, 60002, 60003):
        home = tmp_path / str(uid)
        home.mkdir(mode=0o700)
        os.chown(home, uid, uid)
        people[uid] = home
    for parent in tmp_path.parents:
        if parent.stat().st_mode & 0o011 == 0 and "pytest" in str(parent):
            parent.chmod(0o711)
    nowhere = os.open(os.devnull, os.O_RDWR)
    work = """
import socket, time
open('geheim', 'w').write('1')
s = socket.socket(socket.AF_UNIX)
s.bind('kern')
s.listen()
time.sleep(60)
"""
    living = {
        uid: template.fork(
            "code", ["code", work], {"SECRET": "x"}, str(home), (nowhere,) * 3, uid=uid, gid=uid
        )
        for uid, home in people.items()
    }
    wait_for("all at work", lambda: all((home / "kern").exists() for home in people.values()))
    for uid, home in people.items():
        assert (home / "geheim").stat().st_uid == uid
        for other in people:
            if other == uid:
                continue
            code = f"""
import os, socket
seqpacket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
def tried(what):
    try:
        what()
    except OSError as error:
        return type(error).__name__
    return 'open'
print(os.getuid(), os.getgroups(),
      tried(lambda: open('{people[other]}/geheim').read()),
      tried(lambda: open('/proc/{living[other].pid}/environ').read()),
      tried(lambda: os.kill({living[other].pid}, 0)),
      tried(lambda: socket.socket(socket.AF_UNIX).connect('{people[other]}/kern')),
      tried(lambda: seqpacket.connect('{template.socket}')))
"""
            _, told = fork(template, code, uid=uid, gid=uid)
            assert told.split() == [str(uid), "[]", *["PermissionError"] * 5]
    for child in living.values():
        child.kill()
