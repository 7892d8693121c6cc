"""A cell that ends is known to have ended."""

from __future__ import annotations

import nbformat

from stadtlabor.render.runner import Runner

PRINTING = """
import ipywidgets
out = ipywidgets.Output()
with out:
    for number in range(40):
        print(number, flush=True)
"""


def test_answers_for_an_output_widget_hide_no_end_of_a_cell() -> None:
    cells = [nbformat.v4.new_code_cell(PRINTING) for _ in range(20)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    # nbclient alone fails here: it waits for signals that its own sends have taken away.
    Runner(notebook, timeout=10).execute()
    assert [cell.execution_count for cell in notebook.cells] == list(range(1, 21))
