"""Notebooks to hand in."""

from __future__ import annotations

import json
from typing import Any

ABOUT = {
    "title": "Probe der Zählung", "question": "Wie viele gehen vorbei?", "strand": "innenstadt",
    "kind": "app", "tier": "static", "audience": ["citizens"], "minutes": 5, "goals": ["zählen"],
    "data": ["footfall"], "licence": "CC-BY-4.0", "contact": "stadtlabor@example.org",
}  # fmt: skip
PARAMETERS = 'grain = "day"  # Zeitraum'
COUNT = (
    "from stadtlabor import data\n"
    "from stadtlabor.promotion import record\n"
    "days = data.aggregate('footfall', grain)\n"
    "record(total=float(days['sum'].sum()), rows=len(days), cited=days.attrs['citation'],\n"
    "       zone=str(days['time'].dt.tz), simulated=days.attrs['simulated'])"
)


def draft(*cells: str, heading: str = "# Wie viele gehen vorbei?", head: str = PARAMETERS,
          **about: Any) -> str:  # fmt: skip
    """Return a notebook as JSON."""
    sources = [("markdown", heading, []), ("code", head, ["parameters"])]
    sources += [("code", cell, []) for cell in cells or (COUNT,)]
    made = []
    for number, (kind, source, tags) in enumerate(sources):
        cell: dict[str, Any] = {
            "cell_type": kind, "id": f"c{number}", "metadata": {"tags": tags} if tags else {},
            "source": source,
        }  # fmt: skip
        if kind == "code":
            cell |= {"outputs": [], "execution_count": None}
        made.append(cell)
    stated = {name: value for name, value in {**ABOUT, **about}.items() if value is not None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "stadtlabor": stated}
    return json.dumps({"cells": made, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})
