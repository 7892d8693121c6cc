"""How a notebook hands its result to those who show it."""

from __future__ import annotations

from typing import Any

from IPython.display import display

__all__ = ["MIME", "record"]

MIME = "application/vnd.stadtlabor.result+json"


def record(**values: Any) -> None:
    """State results of this notebook: they are stored beside the executed notebook.

    Parameters
    ----------
    values
        JSON-able values; the unit belongs into the name (``sum_mm=3.2``).
    """
    sentence = ", ".join(f"{name} = {value}" for name, value in values.items())
    display({MIME: values, "text/plain": sentence}, raw=True)
