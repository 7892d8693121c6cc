"""What visitors needed is given back when they have gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from forks import family_mib
from running import wait_for
from visits import leave, serving, visit

VISITORS = 8
NEAR = 1.10
WITHIN_S = 60


def test_memory_returns_after_all_visitors_have_left(tmp_path: Path) -> None:
    with serving(tmp_path, max_sessions=VISITORS) as (address, server):

        def come(_: int) -> str:
            return visit(address, "regler").kernel

        def calm() -> float:
            """Return the memory when it has stopped to change: a kernel is back in reserve."""
            seen = [family_mib(server.pid)]

            def still() -> bool:
                seen.append(family_mib(server.pid))
                return len(seen) > 10 and max(seen[-10:]) - min(seen[-10:]) < 1

            wait_for("calm", still)
            return seen[-1]

        leave(address, come(0))
        start = calm()
        with ThreadPoolExecutor(VISITORS) as pool:
            kernels = list(pool.map(come, range(VISITORS)))
        assert family_mib(server.pid) > NEAR * start
        for kernel in kernels:
            leave(address, kernel)
        wait_for("the memory", lambda: family_mib(server.pid) <= NEAR * start, WITHIN_S)
        assert calm() <= NEAR * start
