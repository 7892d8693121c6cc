"""Memory and processors of one person."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from hub_config import limits
from stadtlabor import labs
from stadtlabor.kernels.limits import group, mounted
from stadtlabor.settings import Labs, Settings

LIMITED = Settings(labs=Labs(memory_mb=500, cpus=0.5))


@pytest.fixture
def limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "settings", lambda: LIMITED)
    limits._parent.cache_clear()


def test_each_person_has_a_group_with_what_is_set(
    limited: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "mounted", lambda: tmp_path)
    monkeypatch.setattr(limits, "group", lambda _: "/")
    monkeypatch.setattr(limits, "limits_fault", lambda _: None)
    limits.place(4711, "biber-01")
    own = tmp_path / "person-biber-01"
    assert (tmp_path / "cgroup.subtree_control").read_text() == "+memory +cpu"
    assert (own / "memory.max").read_text() == str(500 * 2**20)
    assert (own / "cpu.max").read_text() == "50000 100000"
    assert (own / "cgroup.procs").read_text() == "4711"


def test_where_limits_are_impossible_everything_still_works(
    limited: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "mounted", lambda: tmp_path)
    monkeypatch.setattr(labs, "mounted", lambda: tmp_path)
    limits.place(4711, "biber-01")
    assert list(tmp_path.iterdir()) == []


def test_the_system_keeps_the_limits(limited: None) -> None:
    fault = labs.limits_fault(LIMITED.labs)
    if fault:
        pytest.skip(fault.text)
    sleeping = subprocess.Popen(["sleep", "60"])
    try:
        limits.place(sleeping.pid, "test-limits")
        joined = group(sleeping.pid)
        hierarchy = mounted()
        assert hierarchy
        assert joined.endswith("/person-test-limits")
        place = hierarchy / joined.lstrip("/")
        assert (place / "memory.max").read_text().strip() == str(500 * 2**20)
    finally:
        sleeping.kill()
        sleeping.wait()
    place.rmdir()
