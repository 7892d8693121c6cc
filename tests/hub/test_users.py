"""A hub that is root: three people, three system users, and nobody gets at anybody else's."""

from __future__ import annotations

import html
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pandas as pd
import psutil
import pytest

from person import Person
from running import Lab, notebook, small_course, start, wait_for
from stadtlabor.observations import Batch, Datastream, Quality, observations
from stadtlabor.store import Store
from users import FIRST, hub, processes, template, who
from visits import visit

NAMES = ("biber-01", "biber-02", "biber-03")
ATTACK = Path(__file__).with_name("attack.py").read_text(encoding="utf-8")
DATA = "from stadtlabor import data; print(data.datasets(), len(data.read('footfall')))"


@pytest.fixture(scope="module")
def town(open_folder: Path) -> Iterator[Lab]:
    """A Stadtlabor as root, with what an earlier one under a single user has left behind."""
    course = small_course(open_folder / "notebooks")
    asked = "import os; exec(bytes.fromhex(os.environ['QUERY_STRING'][2:]).decode())"
    notebook(
        course / "innenstadt" / "fremd.ipynb",
        [("markdown", "# Was darf ein Fremder?"), ("code", asked)],
        kind="app",
        tier="live",
    )
    home = open_folder / "home"
    old = home / "homes" / NAMES[0]
    old.mkdir(parents=True, mode=0o700)
    (old / "alt.txt").write_text("alt")
    (open_folder / "fremdes.txt").write_text("gehört root")
    (old / "link").symlink_to(open_folder / "fremdes.txt")
    times = pd.date_range("2026-01-01", periods=4, freq="15min", tz="UTC")
    stream = Datastream("footfall/markt/live", "Passanten", "pedestrians", "1", 900, "Stadt", "CC0")
    values = observations(stream.id, times, [1.0] * 4, Quality.MEASURED, times[-1])
    store = Store(home / "store")
    store.write(Batch(values, [stream]))
    store.close()
    running = start(open_folder, course, view=0)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def people(town: Lab) -> list[Person]:
    """Three people, each with a server and a kernel that lives."""
    found = [town.person(name) for name in NAMES]
    for person in found:
        kernel = person.kernel()
        person.execute(kernel, "open('geheim.txt', 'w').write('1')")
    return found


def targets(lab: Lab, victim: Person, trust: tuple[str, ...]) -> dict[str, list[str]]:
    """Return everything that someone must not get at: one person's, and the hub's."""
    own = processes(lab, int(who(victim)[0]))
    name = victim.name
    assert len(own) >= 2, "a server and a kernel"
    proc = [f"/proc/{p.pid}" for p in own]
    runtime = Path(victim.run("import os; print(os.environ['JUPYTER_RUNTIME_DIR'])").strip())
    sockets = [str(path) for path in runtime.glob("*ipc*") if path.is_socket()]
    assert sockets
    home = lab.home
    closed = ["homes", "hub", "logs", "spool", "inbox", "inbox-done", "services", "render", "apps",
              "realrun/desk", "realrun/work"]  # fmt: skip
    templates = [str(p) for t in trust for p in home.glob(f"*/forks/{t}-*.sock")]
    assert len(templates) == len(trust)
    return {
        "read": [
            *(f"{place}/{file}" for place in proc for file in ("environ", "mem", "maps")),
            str(home / "homes" / name / "geheim.txt"),
            *map(str, (home / "hub").iterdir()),
            *map(str, (home / "logs").iterdir()),
            *map(str, (home / "spool").iterdir()),
            str(home / "development-password"),
        ],
        "list": [
            *(f"{place}/fd" for place in proc),
            str(home / "homes" / name),
            str(runtime),
            str(runtime.parent),
            str(home / "run"),
            str(home / "run" / "forks"),
            str(home),
            *(str(home / folder) for folder in closed),
        ],
        "write": [
            *(str(home / folder / "x") for folder in ("", "store", "pages", "runs", "status")),
            *(str(home / folder / "x") for folder in ("run", "run/drawing", "run/forks", *closed)),
            str(home / "store" / "observations" / "footfall" / "x"),
            str(home / "homes" / name / "x"),
        ],
        "call": sockets,
        "ask": templates,
        "end": [str(p.pid) for p in own],
    }


def possible(told: str) -> dict[str, str]:
    """Return from an attack's report what did not fail for lack of rights."""
    found = re.search(r"VERSUCHE (\{.*\}) ENDE", told, re.DOTALL)
    assert found, told[-2000:]
    results = json.loads(found[1])
    assert len(results) > 40
    return {what: how for what, how in results.items() if how != "PermissionError"}


def strange(lab: Lab, code: str) -> str:
    """Have a visitor's kernel run this and return what the page shows of it."""
    shown = visit(f"{lab.address}/apps/", "fremd", query=f"?c={code.encode().hex()}")
    return html.unescape(shown.html)


def test_each_has_a_user_and_is_a_copy_of_the_template(town: Lab, people: list[Person]) -> None:
    parent = template(town, "pupils").pid
    facts = [who(person) for person in people]
    assert len({uid for uid, *_ in facts}) == 3
    assert all(int(uid) > FIRST + 10 for uid, *_ in facts)
    assert {tuple(rest) for _, *rest in facts} == {(str(FIRST + 3), "0", str(parent), "1", "True")}
    for uid, *_ in facts:
        (server,) = [p for p in processes(town, int(uid)) if p.ppid() != parent]
        assert server.ppid() == template(town, "servers").pid


def test_nobody_gets_at_anything_of_another_or_of_the_hub(town: Lab, people: list[Person]) -> None:
    for attacker, victim in zip(people, [*people[1:], people[0]], strict=True):
        aims = targets(town, victim, ("staff", "servers", "public"))
        allowed = next(town.home.glob("run/forks/pupils-*.sock"))
        aims["ask"].append(str(allowed))
        told = attacker.run(f"TARGETS = {aims!r}\n{ATTACK}")
        assert possible(told) == {f"ask {allowed}": "open"}
        assert victim.run("print(6 * 7)") == "42\n"


def test_a_strangers_kernel_gets_at_nothing(town: Lab, people: list[Person]) -> None:
    aims = targets(town, people[0], ("pupils", "staff", "servers"))
    own = str(town.home / "apps")
    for way in ("list", "write"):
        aims[way] = [path for path in aims[way] if not path.startswith(own)]
    told = strange(town, f"TARGETS = {aims!r}\n{ATTACK}")
    assert possible(told) == {}
    assert f"NUTZER {FIRST + 1} " in strange(town, "print('NUTZER', os.getuid(), '.')")


def test_each_reads_the_citys_data(town: Lab, people: list[Person]) -> None:
    for person in people:
        assert person.run(DATA) == "['footfall'] 4\n"
    assert "['footfall'] 4" in strange(town, DATA)


def test_each_can_have_charts_drawn_by_the_shared_process(town: Lab, people: list[Person]) -> None:
    code = (
        "from stadtlabor import drawing; drawing._drawn = None\n"
        "print(drawing.draw({'mark': 'point', 'data': {'values': [{}]}})[:4])"
    )
    wait_for("the drawing process", (town.home / "run" / "drawing" / "socket").is_socket)
    assert people[0].run(code) == "<svg\n"
    assert "<svg" in strange(town, code)


def test_what_an_earlier_run_left_is_handed_over(
    town: Lab, people: list[Person], open_folder: Path
) -> None:
    uid = int(who(people[0])[0])
    home = town.home / "homes" / NAMES[0]
    assert home.stat().st_mode & 0o777 == 0o700
    assert {home.stat().st_uid, (home / "alt.txt").stat().st_uid} == {uid}
    assert (open_folder / "fremdes.txt").stat().st_uid == 0
    assert {p.stat().st_uid for p in (town.home / "store").rglob("*")} == {FIRST}
    assert people[0].run("print(open('alt.txt').read())") == "alt\n"


def test_no_service_is_root(town: Lab, people: list[Person]) -> None:
    allowed = ("stadtlabor up", "-m stadtlabor.hub -f", "stadtlabor.kernels.template")
    root = [" ".join(p.cmdline()) for p in hub(town) if p.uids().effective == 0 and p.is_running()]
    assert [words for words in root if not any(each in words for each in allowed)] == []
    assert len(root) == 5  # three templates
    owners = {words: town.service(words) for words in ("stadtlabor.web", "ingest run", "drawing")}
    assert {p.uids().real for p in owners.values() if p} == {FIRST}
    assert town.service("configurable-http-proxy").uids().real == FIRST


def test_kernels_are_interrupted_restarted_and_ended(town: Lab, people: list[Person]) -> None:
    person = people[1]
    kernel = person.kernel()
    pid = int(person.execute(kernel, "import os; kept = 1; print(os.getpid())")[0])
    with ThreadPoolExecutor(1) as thread:
        sleeping = thread.submit(person.execute, kernel, "import time; time.sleep(60)")
        time.sleep(1)
        person.ask("POST", f"api/kernels/{kernel}/interrupt").raise_for_status()
        assert sleeping.result(30)[1]["ename"] == "KeyboardInterrupt"
    person.ask("POST", f"api/kernels/{kernel}/restart").raise_for_status()
    printed, _ = person.execute(kernel, "print(os.getpid() if 'kept' in globals() else 'neu')")
    assert printed == "neu\n"
    assert not psutil.pid_exists(pid)
    again = int(person.execute(kernel, "import os; print(os.getpid())")[0])
    assert psutil.Process(again).ppid() == template(town, "pupils").pid
    person.ask("DELETE", f"api/kernels/{kernel}").raise_for_status()
    wait_for("the end of the kernel", lambda: not psutil.pid_exists(again), 10)


def test_staff_have_a_template_of_their_own(town: Lab) -> None:
    with sqlite3.connect(town.home / "hub" / "jupyterhub.sqlite", timeout=10) as db:
        db.execute("INSERT INTO users (name, admin, cookie_id) VALUES ('amt-01', 0, 'x')")
        db.execute(
            "INSERT INTO user_group_map SELECT u.id, g.id FROM users u, groups g "
            "WHERE u.name = 'amt-01' AND g.name = 'personal'"
        )
    _, gid, _, parent, *_ = who(town.person("amt-01"))
    assert int(gid) == FIRST + 4
    assert int(parent) == template(town, "staff").pid


def test_a_retired_template_comes_back(town: Lab, people: list[Person]) -> None:
    old = template(town, "pupils")
    old.kill()
    _, _, _, parent, *_ = who(people[2])
    log = (town.home / "logs" / "hub.log").read_text(encoding="utf-8")
    assert "launched, not forked" not in log, log[-2000:]
    assert int(parent) == template(town, "pupils").pid


def test_nobody_is_warned_of_what_is_not_so(town: Lab) -> None:
    assert "teilen sich einen Systemnutzer" not in town.greeting
    assert "dasselbe Passwort" in town.greeting
    assert "teilen sich" not in (town.home / "logs" / "hub.log").read_text(encoding="utf-8")
    assert "shared-warning" not in town.login("biber-09").get("/labor/hub/login").text
    page = httpx.get(f"{town.address}/labor/hub/login").text
    assert "shared-warning" not in page
