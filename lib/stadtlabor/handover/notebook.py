"""Notebooks as JSON, before they are handed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["about", "read_source", "stripped"]


def read_source(source: str) -> dict[str, Any] | None:
    """Return a notebook, None where the text is none."""
    try:
        found = json.loads(source)
        cells = found["cells"]
        whole = all("cell_type" in cell and "source" in cell for cell in cells)
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) and cells and whole else None


def about(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a notebook says about itself; empty where it says nothing."""
    stated = notebook.get("metadata", {}).get("stadtlabor", {})
    return dict(stated) if isinstance(stated, dict) else {}


def stripped(source: str, button: str, *, blank: bool = False) -> str:
    """Leave out outputs, and the cell that only holds the button: nobody else needs them.

    Parameters
    ----------
    source
        Notebook as JSON; what is none comes back as it is.
    button
        Call that shows the button.
    blank
        True to leave an empty cell in its place, so that numbers of cells stay.
    """
    try:
        notebook = json.loads(source)
        cells = []
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code" and button in "".join(cell["source"]):
                if not blank:
                    continue
                cell = {**cell, "source": ""}
            if cell["cell_type"] == "code":
                cell = {**cell, "outputs": [], "execution_count": None}
            cells.append(cell)
        notebook["cells"] = cells
        notebook.get("metadata", {}).pop("widgets", None)
    except (ValueError, KeyError, TypeError):
        return source
    return json.dumps(notebook, ensure_ascii=False, indent=1)
