"""What an operator does as root, the services can go on with."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import openview
from running import ROOT
from stadtlabor.ingest.inbox import empty_inbox
from stadtlabor.store import Spool

SERVICE = 60001


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.skipif(bool(openview.obstacle()), reason=openview.obstacle())
def test_commands_write_as_the_service_does(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name in ("store", "spool", "inbox", "inbox-done", "sources", "status"):
        (home / name).mkdir(parents=True)
        os.chown(home / name, SERVICE, SERVICE)
    file = tmp_path / "2019-Leeds.csv"
    file.write_text("nichts")
    environment = {
        "PATH": os.environ["PATH"],
        "STADTLABOR_HOME": str(home),
        "STADTLABOR_CITY": str(ROOT / "city.toml"),
    }
    program = str(Path(sys.executable).with_name("stadtlabor"))
    (home / "inbox" / "leeds-csv").mkdir()
    os.chown(home / "inbox" / "leeds-csv", SERVICE, SERVICE)
    (home / "inbox" / "leeds-csv" / file.name).write_text("nichts")
    ended = subprocess.run(
        [*openview.command(), program, "ingest", "once"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    assert "1 Lieferungen nicht lesbar" in ended.stdout, ended.stderr[-2000:]
    assert len(list((home / "inbox-done").glob("*/*"))) == 1
    made = [path for name in ("store", "spool", "status") for path in (home / name).rglob("*")]
    assert made
    assert {path.stat().st_uid for path in made} == {SERVICE}


def test_an_upload_that_cannot_be_taken_holds_up_no_other(
    tmp_path: Path, caplog, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("mine", "yours"):
        (tmp_path / "inbox" / kind).mkdir(parents=True)
        (tmp_path / "inbox" / kind / "x.csv").write_text("1")
    monkeypatch.setattr(os, "access", lambda path, _: "yours" not in Path(path).parts)
    spool = Spool(tmp_path / "spool.db")
    assert [empty_inbox(tmp_path, spool) for _ in range(2)] == [1, 0]
    assert caplog.text.count("Eingangsordner") == 1
