"""Visitors' kernels are copies of one that has imported everything."""

from __future__ import annotations

from pathlib import Path

import psutil

from forks import words
from running import wait_for
from visits import leave, serving, visit


def kernels(server: int) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """Return templates below the server, and what they have forked."""
    own = psutil.Process(server).children()
    templates = [p for p in own if "stadtlabor.kernels.template" in words(p)]
    return templates, [child for template in templates for child in template.children()]


def threads(process: psutil.Process) -> set[str]:
    folder = Path(f"/proc/{process.pid}/task")
    return {(task / "comm").read_text().strip() for task in folder.iterdir()}


def test_kernels_are_forked_and_end_with_the_visit(tmp_path) -> None:
    with serving(tmp_path) as (address, server):
        visits = [visit(address, "umgebung") for _ in range(2)]
        (template,), forks = wait_for(
            "two visitors and one in reserve",
            lambda: found if len((found := kernels(server.pid))[1]) == 3 else None,
        )
        # The allocators of Arrow and Delta tidy up in threads of their own and are made for forks.
        assert threads(template) - {"jemalloc_bg_thd"} == {"python"}
        assert "not preloaded" not in next(tmp_path.glob("home/apps/forks/*.log")).read_text()
        for process in (template, *forks):
            assert "geheim" not in process.environ().values()
        for each in visits:
            leave(address, each.kernel)
        wait_for("the end of the kernels", lambda: len(kernels(server.pid)[1]) == 1, 20)
        template.kill()
        assert all("UMGEBUNG" in visit(address, "umgebung").html for _ in range(2))
        assert kernels(server.pid)[0][0].pid != template.pid


def test_an_operator_may_switch_forks_off(tmp_path) -> None:
    with serving(tmp_path, kernels="launched") as (address, server):
        assert "UMGEBUNG" in visit(address, "umgebung").html
        assert kernels(server.pid) == ([], [])
