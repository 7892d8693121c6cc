"""Numbers of people, owners of folders, and whether people can be kept apart at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hub_config import folders, people
from hub_config.folders import FOLDERS, hand_over
from stadtlabor import labs
from stadtlabor.relocation import relocate
from stadtlabor.separation import Facts, Separation, closed, decide
from stadtlabor.settings import Labs

GOOD = Facts(0, (1 << 41) - 1, True, None)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that can give everybody a user."""
    monkeypatch.setattr(people, "separation", lambda: Separation(True))
    monkeypatch.setattr(folders, "separation", lambda: Separation(True))


def test_no_number_is_given_twice(empty_home: Path) -> None:
    (empty_home / "hub").mkdir()
    assert [people.number(name) for name in ("a", "b", "a", "c")] == [1, 2, 1, 3]
    engine = create_engine(f"sqlite:///{empty_home / 'hub' / 'people.db'}")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM people WHERE name IN ('b', 'c')"))
    engine.dispose()
    assert [people.number(name) for name in ("d", "c", "a")] == [4, 5, 1]


def test_no_two_have_the_same_user(own: None, empty_home: Path) -> None:
    (empty_home / "hub").mkdir()
    named = [people.service(name) for name in ("web", "apps", "render", "realrun")]
    named += [people.person(name, "pupils") for name in ("a", "b")]
    assert len({user.uid for user in named if user}) == 6
    levels = {people.group(level) for level in ("pupils", "staff")}
    assert not levels & {user.uid for user in named if user}
    assert people.service("web") == people.service("ingest")


def test_without_root_nobody_gets_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "separation", lambda: Separation(False, "x"))
    assert people.person("a", "pupils") is people.service("web") is people.group("staff") is None


def test_staff_are_administrators_and_the_group_that_is_set() -> None:
    assert people.level(admin=True, groups=[]) == "staff"
    assert people.level(admin=False, groups=["personal"]) == "staff"
    assert people.level(admin=False, groups=["klasse-8a"]) == "pupils"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (GOOD, ""),
        (Facts(1000, 0, False, None), "nicht als root"),
        (Facts(0, GOOD.capabilities & ~(1 << 7), True, None), "darf in diesem Container"),
        (Facts(0, GOOD.capabilities, False, None), "300000"),
        (Facts(0, GOOD.capabilities, True, Path("/root")), "/root ist für andere"),
    ],
)
def test_one_place_decides_and_says_why(facts: Facts, reason: str) -> None:
    found = decide(facts, 300_000)
    assert found.own == (not reason)
    assert reason in found.reason
    assert bool(found.remedy) == bool(reason)


def test_the_closed_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outside = closed([tmp_path])  # where tests keep their files may be closed itself
    if outside is None:
        (tmp_path / "a").chmod(0o700)
        assert closed([inner]) == tmp_path / "a"
        assert closed([], [inner / "later"]) == tmp_path / "a"
        (tmp_path / "a").chmod(0o711)
        assert closed([inner]) is None
        inner.chmod(0o711)
        assert closed([inner]) == inner
        assert closed([], [inner]) is None
    else:
        assert outside in tmp_path.parents
    assert closed([Path("/usr/lib")]) is None


@needs_root
def test_every_folder_gets_its_owner_and_mode(own: None, empty_home: Path) -> None:
    run = empty_home / "runs" / "regen" / "20260101"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    run.chmod(0o700)
    (empty_home / "spool.db").write_text("alt")
    (empty_home / "development-password").write_text("x")
    for path in (empty_home, *empty_home.rglob("*")):
        os.chown(path, 60001, 60001)
    for _ in range(2):
        folders.prepare()
        for folder in FOLDERS:
            state = (empty_home / folder.path).stat()
            user = people.service(folder.owner) if folder.owner else None
            assert state.st_uid == (user.uid if user else 0), folder
            assert state.st_mode & 0o7777 == folder.mode, folder
    assert {p.stat().st_uid for p in (empty_home / "runs").rglob("*")} == {300_000}
    assert run.stat().st_mode & 0o777 == 0o755
    assert (empty_home / "spool" / "spool.db").read_text() == "alt"
    assert (empty_home / "spool" / "spool.db").stat().st_uid == 300_000
    assert (empty_home / "development-password").stat().st_uid == 0
    assert (empty_home.stat().st_uid, empty_home.stat().st_mode & 0o777) == (0, 0o711)


@needs_root
def test_what_is_handed_over_leads_nowhere_else(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "secret").write_text("1")
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "sub" / "own").write_text("1")
    (home / "link").symlink_to(other)
    (home / "sub" / "file-link").symlink_to(other / "secret")
    (home / "twin").hardlink_to(other / "secret")
    hand_over(home, 60001, 60002)
    assert (other.stat().st_uid, (other / "secret").stat().st_uid) == (0, 0)
    for path in (home, home / "sub", home / "sub" / "own", home / "link"):
        assert (path.lstat().st_uid, path.lstat().st_gid) == (60001, 60002)
    (home / "sub" / "late").write_text("1")
    hand_over(home, 60001, 60002)
    assert (home / "sub" / "late").stat().st_uid == 0, "looked at again although it was done"


def test_an_old_spool_moves_with_its_journals(tmp_path: Path) -> None:
    for name in ("spool.db", "spool.db-wal"):
        (tmp_path / name).write_text(name)
    relocate(tmp_path)
    relocate(tmp_path)
    assert {p.name for p in tmp_path.glob("*/*")} == {"spool.db", "spool.db-wal"}
    assert list(tmp_path.glob("spool.db*")) == []


def test_limits_that_cannot_be_kept_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert labs.limits_fault(Labs()) is None
    monkeypatch.setattr(labs, "mounted", lambda: None)
    fault = labs.limits_fault(Labs(memory_mb=500))
    assert fault
    assert "cgroup v2" in fault.text
    assert labs.limits_fault(Labs(servers="kubernetes", memory_mb=500, image="x")) is None
