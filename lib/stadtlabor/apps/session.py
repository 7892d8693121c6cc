"""One visit: run the notebook and hand over what it shows, piece by piece."""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import AsyncGenerator

from nbformat import NotebookNode

from stadtlabor.apps.kernels import Kernel
from stadtlabor.render.notebook import cell_html
from stadtlabor.render.runner import Runner

__all__ = ["CELL_S", "QUIET_S", "pieces"]

log = logging.getLogger(__name__)

CELL_S = 120
END = "<!-- Ende -->"
"""Stands last, so that the page notices when something is missing."""

QUIET_S = 10.0
"""After so long without a result a line break is sent, so that nobody on the way hangs up."""


async def pieces(notebook: NotebookNode, kernel: Kernel, failed: str) -> AsyncGenerator[str, None]:
    """Run a notebook and yield HTML.

    A widget is an empty element with its model id; the page's script fills it. After a cell that
    fails, texts go on and code does not.

    Parameters
    ----------
    notebook
        Changed: it gets the results.
    kernel
        With nothing running.
    failed
        HTML in place of a result that there is not.
    """
    runner = Runner(notebook, km=kernel.manager, timeout=CELL_S)
    runner.kc = kernel.client
    broken = False
    for number, cell in enumerate(notebook.cells):
        code = cell.cell_type == "code"
        if code and broken:
            continue
        if code:
            run = asyncio.ensure_future(_run(runner, cell, number))
            while not (await asyncio.wait({run}, timeout=QUIET_S))[0]:
                yield "\n"
            broken = not run.result()
        yield cell_html(cell, _place) + (failed if broken and code else "")
    yield END


async def _run(runner: Runner, cell: NotebookNode, number: int) -> bool:
    """Run a cell and tell whether all went well; the reason is for the log."""
    cell.outputs = []
    runner.allow_errors = True
    try:
        await runner.async_execute_cell(cell, number, store_history=False)
    except Exception:  # too late, kernel dead, or a fault of the runner: the page goes on
        log.exception("Zelle %d bricht ab", number)
        return False
    errors = [output for output in cell.outputs if output.output_type == "error"]
    for error in errors:
        log.error("Zelle %d: %s: %s", number, error.ename, error.evalue)
    return not errors


def _place(model: str) -> str:
    return f'<div data-widget="{html.escape(model)}"></div>'
