"""What many visitors leave behind in memory when they have gone."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from laboratory import fill

from forks import family_mib
from parts import servers
from parts.rows import Row
from parts.voila import together

WAIT_S = 60.0
NEAR = 1.10
"""So close to the start counts as returned."""


def measure(visitors: int) -> list[Row]:
    """Have one visitor come and go, which fills caches, then many at once."""
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / "home"
        fill(home)
        with servers.ours(home) as served:
            asyncio.run(together(served, 1))
            time.sleep(10)
            start = family_mib(served.pid)
            asyncio.run(together(served, visitors))
            left = time.monotonic()
            while (now := family_mib(served.pid)) > NEAR * start:
                if time.monotonic() - left > WAIT_S:
                    break
                time.sleep(0.5)
            waited = time.monotonic() - left
    return [
        Row(f"memory after {visitors} visitors, MiB / before", now, start, NEAR, "ratio"),
        Row("until then, s", waited, None, WAIT_S, "at most"),
    ]
