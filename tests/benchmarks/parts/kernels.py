"""Forked kernels beside launched ones.

Both run the same first cell (pandas, xarray, ipywidgets) without history and with one thread for
linear algebra, in turns in the same run. Times in seconds from the request to the answer of the
cell; private memory as the system tells it (``smaps_rollup``), after the cell, MiB.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerFactory
from traitlets.config import Config

from forks import private_mib
from parts.rows import Row

CELL = """
import numpy as np, pandas as pd, xarray as xr, ipywidgets
frame = pd.DataFrame({"t": pd.date_range("2026-01-01", periods=1000, freq="h"), "v": 1.0})
frame.groupby(frame["t"].dt.date)["v"].sum()
xr.DataArray(np.ones((10, 10)), dims=("y", "x")).mean()
ipywidgets.IntSlider()
"""
PRELOAD = [
    "pandas",
    "xarray",
    "ipywidgets",
    "dask.array",
    "xarray.computation.nanops",
    "pandas.io.formats.html",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
]
STOCK, FORKED = "local-provisioner", "forked-provisioner"


async def session(folder: Path) -> tuple[float, float, AsyncKernelManager]:
    """Start a kernel and run the cell; return seconds to ready and to the answer."""
    config = Config(
        ForkedProvisioner={"folder": str(folder / "forks"), "preload": PRELOAD, "trust": "bench"}
    )
    file = folder / f"{os.urandom(4).hex()}.json"
    begin = time.perf_counter()
    manager = AsyncKernelManager(
        kernel_name="python3", transport="ipc", config=config, connection_file=str(file)
    )
    await manager.start_kernel(extra_arguments=["--HistoryManager.enabled=False"])
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    ready = time.perf_counter() - begin
    reply = await client.execute_interactive(CELL, timeout=120, output_hook=lambda _: None)
    assert reply["content"]["status"] == "ok", reply["content"]
    done = time.perf_counter() - begin
    client.stop_channels()
    return ready, done, manager


async def together(count: int, way: str, folder: Path) -> dict[str, float]:
    """Start so many sessions at once."""
    KernelProvisionerFactory.instance().default_provisioner_name = way
    found = await asyncio.gather(*(session(folder) for _ in range(count)))
    memory = [private_mib(manager.provisioner.pid) for _, _, manager in found]
    for _, _, manager in found:
        await manager.shutdown_kernel(now=True)
    cells = [done for _, done, _ in found]
    return {
        "ready": statistics.median(ready for ready, _, _ in found),
        "cell": statistics.median(cells),
        "worst": max(cells),
        "MiB": statistics.median(memory),
    }


async def _measure(count: int, repeats: int) -> dict[str, dict[str, float]]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        KernelProvisionerFactory.instance().default_provisioner_name = FORKED
        _, _, first = await session(folder)  # starts the template, as a service does at its start
        await first.shutdown_kernel(now=True)
        found: dict[str, list[dict[str, float]]] = {STOCK: [], FORKED: []}
        for _ in range(repeats):
            for way, runs in found.items():
                runs.append(await together(count, way, folder))
                await asyncio.sleep(1)
    return {
        way: {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        for way, runs in found.items()
    }


def measure(count: int, repeats: int) -> list[Row]:
    """Start so many kernels at once, in both ways by turns; medians."""
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    found = asyncio.run(_measure(count, repeats))
    ours, stock = found[FORKED], found[STOCK]
    return [
        Row(f"{count} kernels: first cell, s", ours["cell"], stock["cell"], 0.15, "ratio"),
        Row(f"{count} kernels: slowest first cell, s", ours["worst"], stock["worst"]),
        Row("private memory per kernel, MiB", ours["MiB"], stock["MiB"], 0.40, "ratio"),
        Row("private memory per kernel, MiB", ours["MiB"], stock["MiB"], 36, "at most"),
    ]
