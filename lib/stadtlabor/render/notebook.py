"""An executed notebook as HTML: texts and results, no code."""

from __future__ import annotations

import html
from collections.abc import Callable

import mistune
from nbformat import NotebookNode

from stadtlabor.render.widgets import widget_html

__all__ = ["body", "cell_html"]

_WIDGET = "application/vnd.jupyter.widget-view+json"
_STATE = "application/vnd.jupyter.widget-state+json"
_RESULT = "application/vnd.stadtlabor.result+json"
_MARKDOWN = mistune.create_markdown(plugins=["table"])


def body(notebook: NotebookNode) -> str:
    """Return the content of ``<main>``: texts and results in the order of the notebook."""
    state = notebook.metadata.get("widgets", {}).get(_STATE, {}).get("state", {})

    def still(model: str) -> str:
        return widget_html(state, model)

    parts = (cell_html(cell, still) for cell in notebook.cells)
    return "\n".join(part for part in parts if part)


def cell_html(cell: NotebookNode, widget: Callable[[str], str]) -> str:
    """Return what one cell shows.

    Parameters
    ----------
    cell
        Executed, where it holds code.
    widget
        Gives the HTML for a widget's model id.
    """
    if cell.cell_type == "markdown":
        return str(_MARKDOWN(cell.source))
    if cell.cell_type == "code":
        return "\n".join(part for part in (_output(o, widget) for o in cell.outputs) if part)
    return ""


def _output(output: NotebookNode, widget: Callable[[str], str]) -> str:
    """Return one result; warnings are for the notebook's author."""
    if output.output_type == "stream":
        return f"<pre>{html.escape(output.text)}</pre>" if output.name == "stdout" else ""
    if output.output_type not in ("display_data", "execute_result"):
        return ""
    data = output.data
    if _RESULT in data:  # for the archive of runs; people read it in the cells before
        return ""
    if _WIDGET in data:
        return widget(data[_WIDGET]["model_id"])
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return str(data[kind])
    if "image/png" in data:
        words = html.escape(str(output.get("metadata", {}).get("image/png", {}).get("alt", "")))
        return f'<img alt="{words}" src="data:image/png;base64,{data["image/png"]}">'
    return f"<pre>{html.escape(str(data.get('text/plain', '')))}</pre>"
