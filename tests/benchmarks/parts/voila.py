"""The footfall app for many visitors at once.

Stock Voilà with its own template and our server serve the same notebook on the same stored data.
A page is complete with the last byte of its content, which comes when all cells have run; then each
visitor chooses another counter and waits for its charts.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import httpx
import psutil
from laboratory import fill

from forks import private_mib
from parts import servers
from parts.rows import Row
from parts.servers import Served
from parts.visitor import leave, visit


async def together(served: Served, count: int) -> dict[str, float]:
    """Have so many visitors come at once, look at the memory of their kernels, have them leave."""
    async with httpx.AsyncClient(timeout=300) as client:
        found = await asyncio.gather(*(visit(client, served) for _ in range(count)))
        kernels = [p for p in psutil.Process(served.pid).children(recursive=True) if kernel(p)]
        memory = [private_mib(process.pid) for process in kernels]
        assert len(memory) >= count, f"{len(memory)} kernels for {count} visitors"
        for each in found:
            await leave(client, served, each.kernel)
    return {
        "page": max(each.page_s for each in found),
        "answer": max(each.answer_s for each in found),
        "MiB": statistics.median(memory),
    }


def kernel(process: psutil.Process) -> bool:
    """Tell a visitor's kernel from its template: a fork still has the template's command line."""
    words = " ".join(process.cmdline())
    forked = "stadtlabor.kernels.template" in words
    above = process.parent()
    return "ipykernel_launcher" in words or (
        forked and above is not None and "kernels.template" in " ".join(above.cmdline())
    )


def measure(counts: Sequence[int]) -> list[Row]:
    """Have these numbers of visitors come, first to stock Voilà, then to our server."""
    found: list[dict[int, dict[str, float]]] = []
    with tempfile.TemporaryDirectory() as made:
        home = Path(made) / "home"
        fill(home)
        for serve in (servers.stock, servers.ours):
            with serve(home) as served:
                asyncio.run(together(served, 1))  # compiled templates, filled caches
                found.append({})
                for count in counts:
                    time.sleep(2)
                    found[-1][count] = asyncio.run(together(served, count))
    stock, ours = found
    rows = []
    for count in counts:
        name, base, own = f"{count} visitors", stock[count], ours[count]
        judged = {"limit": 0.3, "kind": "ratio"} if count == max(counts) else {}
        rows += [
            Row(f"{name}: slowest complete page, s", own["page"], base["page"], **judged),
            Row(f"{name}: slowest answer of a control, s", own["answer"], base["answer"]),
        ]
    last = max(counts)
    rows.append(Row("private memory per visitor, MiB", ours[last]["MiB"], stock[last]["MiB"]))
    return rows
