"""How a notebook hands its result to those who show it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

__all__ = ["MIME", "record"]

MIME = "application/vnd.stadtlabor.result+json"
LONGEST = 300
"""Characters of a value that the notebook shows; stored is all of it."""


def record(**values: Any) -> None:
    """State results of this notebook: they are stored beside the executed notebook.

    Parameters
    ----------
    values
        JSON-able values; the unit belongs into the name (``sum_mm=3.2``). A table (DataFrame) is
        kept row by row, for instance the evidence for the gate.
    """
    from IPython.display import display  # here: only a notebook has it at hand

    kept = {name: _plain(value) for name, value in values.items()}
    sentence = ", ".join(f"{name} = {_short(value)}" for name, value in values.items())
    display({MIME: kept, "text/plain": sentence}, raw=True)


def _plain(value: Any) -> Any:
    return json.loads(value.to_json(orient="records")) if isinstance(value, pd.DataFrame) else value


def _short(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return f"Tabelle mit {len(value)} Zeilen"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"
