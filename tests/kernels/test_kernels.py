"""Forked kernels behave as launched ones, only sooner."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path

from forks import printed, templates, told
from stadtlabor.kernels import ForkError, Template
from stadtlabor.kernels.late import LATE

STACK = ["numpy", "pandas", "pyarrow", "duckdb", "deltalake", "altair", "vl_convert", "matplotlib"]
CELL = "import os; print(os.getppid(), os.getpid())"


def test_a_kernel_is_forked_and_works_as_any(kernel, folder) -> None:
    async def story() -> None:
        async with kernel() as (manager, client):
            parent, own = (await printed(client, CELL)).split()
            assert int(parent) == templates(folder)[0].pid
            assert int(own) == manager.provisioner.pid
            sleeping = asyncio.create_task(
                client.execute_interactive("import time; time.sleep(60)", timeout=30)
            )
            await asyncio.sleep(0.5)
            await manager.interrupt_kernel()
            reply = await sleeping
            assert reply["content"]["ename"] == "KeyboardInterrupt"
            await printed(client, "kept = 1")
            await manager.restart_kernel(now=False)
            await client.wait_for_ready(timeout=40)
            again = (await printed(client, CELL)).split()
            assert again[0] == parent
            assert again[1] != own
            assert await printed(client, "print('kept' in globals())") == "False"
            await manager.shutdown_kernel()
            assert not Path(f"/proc/{again[1]}").exists()

    told(story())


def test_libraries_work_in_forks(kernel, tmp_path) -> None:
    code = f"""
import numpy as np, pandas as pd, pyarrow.csv, pyarrow as pa, duckdb, deltalake, altair as alt
import vl_convert, io
a = np.random.default_rng(0).random((300, 300))
assert np.allclose(np.linalg.inv(a) @ a, np.eye(300))
table = pyarrow.csv.read_csv(io.BytesIO(b"x\\n" + b"1\\n" * 100_000))
assert len(table) == 100_000
numbers = table
assert duckdb.sql("SELECT sum(x) FROM numbers").fetchall() == [(100_000,)]
deltalake.write_deltalake("{tmp_path}/t", table, mode="overwrite")
assert len(deltalake.DeltaTable("{tmp_path}/t").to_pyarrow_table()) == 100_000
chart = alt.Chart(pd.DataFrame({{"x": [1]}})).mark_bar().encode(x="x:Q").to_dict()
assert vl_convert.vegalite_to_svg(chart).startswith("<svg")
import matplotlib.pyplot as plt
plt.plot(a[0])
plt.savefig(io.BytesIO(), format="png")
print("gut")
""".replace("\\n", "\\n")

    async def story() -> None:
        for _ in range(2):
            async with kernel(preload=STACK, patience_s=30.0) as (_, client):
                assert await printed(client, code, 60) == "gut"

    told(story())


def test_a_browser_finds_the_widgets_of_a_fork(kernel) -> None:
    targets = "print(sorted(get_ipython().kernel.comm_manager.targets))"

    async def story() -> None:
        async with kernel(preload=["ipywidgets"]) as (_, client):
            opened = await printed(client, f"import ipywidgets; {targets}")
            assert "jupyter.widget.control" in opened

    told(story())


def test_the_list_of_late_modules_is_up_to_date(kernel) -> None:
    code = "import sys; print(chr(10).join(sys.modules))"

    async def story() -> set[str]:
        async with kernel() as (_, client):
            return set((await printed(client, code)).split())

    found = told(story())
    preloaded = (*LATE, "stadtlabor.kernels.template", "sqlite3")
    names = f"import importlib, sys; [importlib.import_module(n) for n in {preloaded!r}]; {code}"

    async def known() -> set[str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", names, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        return set(out.decode().split())

    late = {name for name in found - told(known()) if "." not in name}
    assert len(late) <= 2, f"imported late: {sorted(late)}"


def test_after_any_error_the_kernel_is_launched_and_the_log_says_why(
    kernel, folder, monkeypatch, caplog
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ForkError("no template today")

    monkeypatch.setattr(Template, "fork", refuse)

    async def story() -> None:
        async with kernel() as (_, client):
            assert int((await printed(client, CELL)).split()[0]) > 0

    with caplog.at_level(logging.WARNING):
        told(story())
    assert "launched, not forked: no template today" in caplog.text
    assert templates(folder) == []


def test_other_kernels_are_launched(kernel, folder, tmp_path, monkeypatch) -> None:
    other = tmp_path / "share" / "kernels" / "other"
    other.mkdir(parents=True)
    argv = [sys.executable, "-c", "from ipykernel import kernelapp as a; a.launch_new_instance()"]
    spec = {"argv": [*argv, "-f", "{connection_file}"], "display_name": "x", "language": "python"}
    (other / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share"))

    async def story() -> None:
        async with kernel("other") as (_, client):
            assert await printed(client, "print(6 * 7)") == "42"

    told(story())
    assert templates(folder) == []


def test_a_kernel_sees_the_environment_it_was_given(kernel, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TEST_SECRET", "geheim")

    async def story() -> str:
        async with kernel(env={"PATH": "/usr/bin", "HOME": str(tmp_path), "ONLY": "this"}) as (
            _,
            client,
        ):
            code = "import os; print(sorted(os.environ), open('/proc/self/environ').read())"
            return await printed(client, code)

    seen = told(story())
    assert "'ONLY'" in seen
    assert "geheim" not in seen
    assert "TEST_SECRET" not in seen
