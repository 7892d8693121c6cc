"""System users in other ways of running: launched servers, all services at work, no root."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from drafts import draft
from forks import hub_template
from running import Lab, small_course, start, wait_for
from users import FIRST, hub, processes, who

pytestmark = pytest.mark.timeout(400)
PRYING = """
import os
from stadtlabor.publishing import places
for what in (places.inbox(), places.queue(), places.checks(), places.answers()):
    try:
        print('FREMD', os.listdir(what))
    except PermissionError:
        print('zu')
for what in (places.versions(), places.root() / 'registers.db', places.checks() / 'x'):
    try:
        what.parent.mkdir(exist_ok=True)
        open(what, 'ab').close() if what.is_file() else what.mkdir()
        print('GESCHRIEBEN', what)
    except OSError:
        print('zu')
"""


def test_launched_servers_have_users_too(open_folder: Path) -> None:
    folder = open_folder / "launched"
    folder.mkdir()
    lab = start(folder, small_course(folder / "notebooks"), servers="launched", view=0)
    try:
        found = [who(lab.person(name)) for name in ("biber-01", "biber-02")]
        assert hub_template(lab, "servers") is None
        assert len({uid for uid, *_ in found}) == 2
        assert all(int(uid) > FIRST + 10 for uid, *_ in found)
        assert {(gid, groups, rights) for _, gid, groups, _, rights, _ in found} == {
            (str(FIRST + 3), "0", "1")
        }
        servers = [p for uid, *_ in found for p in processes(lab, int(uid))]
        started = processes(lab, FIRST)
        (master,) = [p for p in hub(lab) if "-m stadtlabor.hub -f" in " ".join(p.cmdline())]
        master.kill()
        assert len(started) > 3
        _, left = psutil.wait_procs(started, timeout=20)
        assert left == [], "services outlive their hub"
        for server in servers:  # these may, so that nobody loses what they are at
            server.kill()
    finally:
        lab.stop()


def test_without_root_all_are_warned(open_folder: Path) -> None:
    folder = open_folder / "plain"
    folder.mkdir()
    course = small_course(folder / "notebooks")
    os.chown(folder, 65534, 65534)
    lab = start(folder, course, view=65534)
    try:
        told = "Alle Personen teilen sich einen Systemnutzer"
        assert told in lab.greeting
        assert "läuft nicht als root" in lab.greeting
        assert told in (lab.home / "logs" / "hub.log").read_text(encoding="utf-8")
        assert "shared-warning" in httpx.get(f"{lab.address}/labor/hub/login").text
        assert lab.person("biber-01").run("import os; print(os.getuid())") == "65534\n"
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def busy(open_folder: Path) -> Iterator[Lab]:
    """A Stadtlabor as root, all services at work on the simulated city."""
    folder = open_folder / "busy"
    folder.mkdir()
    lab = start(folder, small_course(folder / "notebooks"), simulation=True, view=0)
    yield lab
    lab.stop()


def test_services_do_their_work_as_their_own_users(busy: Lab) -> None:
    page = busy.home / "pages" / "umgebung.json"
    wait_for("a page made from a notebook", page.exists, 120)
    assert page.stat().st_uid == FIRST + 2
    assert str(busy.home / "services") not in page.read_text(encoding="utf-8")
    status = busy.home / "status"
    wait_for("ingest and pipelines", lambda: len(list(status.glob("*.json"))) == 2)

    def rows() -> int:
        told = json.loads((status / "ingest.json").read_text(encoding="utf-8"))
        return told["rows"] if told["connected"] else 0

    wait_for("messages of the simulated city", rows)
    assert {p.uids().real for p in hub(busy) if "simulate" in p.cmdline()} == {FIRST}
    for name in ("broker", "ingest", "web", "pipelines", "simulation", "render"):
        log = (busy.home / "logs" / f"{name}.log").read_text(encoding="utf-8")
        assert "PermissionError" not in log, log[-2000:]
        assert "Permission denied" not in log, log[-2000:]


def test_a_notebook_from_a_kernel_is_checked_by_another_user(busy: Lab) -> None:
    anna = busy.person("anna")
    cell = (
        "import os\nfrom stadtlabor.promotion import record\n"
        "from stadtlabor import data\n"
        "days = data.aggregate('footfall', 'day')\n"
        "record(uid=os.getuid() > 0, named=list(days.columns)[:2])"
    )
    code = (
        f"from pathlib import Path\nsource = {draft(cell)!r}\n"
        "Path('probe.ipynb').write_text(source)\n"
        "from stadtlabor import publishing\n"
        "pressed = publishing.button('probe.ipynb')\n"
        "pressed.button.click()\nprint('ID', pressed.id, pressed.told.value)"
    )
    said = anna.run(code)
    id_ = said.split("ID ")[1].split()[0]
    assert len(id_) == 32, said
    look = f"from stadtlabor.publishing.widget import standing\nprint(standing({id_!r}))"
    wait_for("check", lambda: "läuft" not in anna.run(look), 150)
    assert "Die Prüfung ist bestanden" in anna.run(look)
    found = json.loads((busy.home / "publishing" / "answers" / f"{id_}.json").read_text())
    assert found["state"] == "review"
    said = anna.run(PRYING)
    assert "FREMD" not in said
    assert "GESCHRIEBEN" not in said
    assert said.count("zu") == 7
    for history in (busy.home / "publishing").glob("registers.db*"):
        assert b"anna" not in history.read_bytes()
    assert (busy.home / "publishing" / "checks" / id_).stat().st_uid != (
        busy.home / "publishing" / "registers.db"
    ).stat().st_uid
