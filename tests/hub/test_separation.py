"""System users in other ways of running: launched servers, all services at work, no root."""

from __future__ import annotations

import json
import os
from pathlib import Path

import httpx
import psutil

from running import small_course, start, wait_for
from users import FIRST, hub, processes, who


def test_launched_servers_have_users_too(open_folder: Path) -> None:
    folder = open_folder / "launched"
    folder.mkdir()
    lab = start(folder, small_course(folder / "notebooks"), servers="launched", view=0)
    try:
        found = [who(lab.person(name)) for name in ("biber-01", "biber-02")]
        assert len({uid for uid, *_ in found}) == 2
        assert all(int(uid) > FIRST + 10 for uid, *_ in found)
        assert {(gid, groups, rights) for _, gid, groups, _, rights, _ in found} == {
            (str(FIRST + 3), "0", "1")
        }
        servers = [p for uid, *_ in found for p in processes(lab, int(uid))]
        started = processes(lab, FIRST)
        (master,) = [p for p in hub(lab) if "-m jupyterhub -f" in " ".join(p.cmdline())]
        master.kill()
        assert len(started) > 3
        _, left = psutil.wait_procs(started, timeout=20)
        assert left == [], "services outlive their hub"
        for server in servers:  # these may, so that nobody loses what they are at
            server.kill()
    finally:
        lab.stop()


def test_services_do_their_work_as_their_own_users(open_folder: Path) -> None:
    folder = open_folder / "busy"
    folder.mkdir()
    lab = start(folder, small_course(folder / "notebooks"), simulation=True, view=0)
    try:
        page = lab.home / "pages" / "umgebung.json"
        wait_for("a page made from a notebook", page.exists, 120)
        assert page.stat().st_uid == FIRST + 2
        assert str(lab.home / "services") not in page.read_text(encoding="utf-8")
        status = lab.home / "status"
        wait_for("ingest and pipelines", lambda: len(list(status.glob("*.json"))) == 2)

        def rows() -> int:
            told = json.loads((status / "ingest.json").read_text(encoding="utf-8"))
            return told["rows"] if told["connected"] else 0

        wait_for("messages of the simulated city", rows)
        assert {p.uids().real for p in hub(lab) if "simulate" in p.cmdline()} == {FIRST}
        for name in ("broker", "ingest", "web", "pipelines", "simulation", "render"):
            log = (lab.home / "logs" / f"{name}.log").read_text(encoding="utf-8")
            assert "PermissionError" not in log, log[-2000:]
            assert "Permission denied" not in log, log[-2000:]
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
