"""Visitors' kernels are copies of one that has imported everything."""

from __future__ import annotations

from pathlib import Path

import httpx
import psutil

from running import wait_for
from visits import kernel_of, serving


def kernels(server: int) -> tuple[list[psutil.Process], list[psutil.Process]]:
    """Return templates below the server, and what they have forked."""
    own = psutil.Process(server).children()
    templates = [p for p in own if "stadtlabor.kernels.template" in p.cmdline()]
    return templates, [child for template in templates for child in template.children()]


def threads(process: psutil.Process) -> set[str]:
    folder = Path(f"/proc/{process.pid}/task")
    return {(task / "comm").read_text().strip() for task in folder.iterdir()}


def test_kernels_are_forked_and_end_with_the_visit(tmp_path) -> None:
    with serving(tmp_path) as (address, server):
        pages = [httpx.get(f"{address}umgebung", timeout=60).text for _ in range(2)]
        (template,), forks = kernels(server.pid)
        assert len(forks) == 2
        # The allocators of Arrow and Delta tidy up in threads of their own and are made for forks.
        assert threads(template) - {"jemalloc_bg_thd"} == {"python"}
        assert "not preloaded" not in next(tmp_path.glob("home/apps/forks/*.log")).read_text()
        for process in (template, *forks):
            assert "geheim" not in process.environ().values()
        for page in pages:
            httpx.post(f"{address}voila/api/shutdown/{kernel_of(page)}")
        wait_for("the end of the kernels", lambda: not kernels(server.pid)[1], 20)
        template.kill()
        assert "UMGEBUNG" in httpx.get(f"{address}umgebung", timeout=60).text
        assert kernels(server.pid)[0][0].pid != template.pid


def test_an_operator_may_switch_forks_off(tmp_path) -> None:
    with serving(tmp_path, kernels="launched") as (address, server):
        assert "UMGEBUNG" in httpx.get(f"{address}umgebung", timeout=60).text
        assert kernels(server.pid) == ([], [])
