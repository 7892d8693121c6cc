"""An executed notebook as HTML: texts and results, no code."""

from __future__ import annotations

import html

import mistune
from nbformat import NotebookNode

from stadtlabor.render.widgets import widget_html

__all__ = ["body"]

_WIDGET = "application/vnd.jupyter.widget-view+json"
_STATE = "application/vnd.jupyter.widget-state+json"


def body(notebook: NotebookNode) -> str:
    """Return the content of ``<main>``: texts and results in the order of the notebook."""
    markdown = mistune.create_markdown(plugins=["table"])
    state = notebook.metadata.get("widgets", {}).get(_STATE, {}).get("state", {})
    parts: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(str(markdown(cell.source)))
        elif cell.cell_type == "code":
            parts += [_output(output, state) for output in cell.outputs]
    return "\n".join(part for part in parts if part)


def _output(output: NotebookNode, state: dict[str, NotebookNode]) -> str:
    """Return one result; what is printed on the side is for the notebook's author."""
    if output.output_type not in ("display_data", "execute_result"):
        return ""
    data = output.data
    if _WIDGET in data:
        return widget_html(state, data[_WIDGET]["model_id"])
    for kind in ("text/html", "image/svg+xml"):
        if kind in data:
            return str(data[kind])
    if "image/png" in data:
        return f'<img alt="" src="data:image/png;base64,{data["image/png"]}">'
    return f"<pre>{html.escape(str(data.get('text/plain', '')))}</pre>"
