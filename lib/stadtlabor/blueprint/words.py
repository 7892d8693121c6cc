"""German texts of the blueprint (``texts.de.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["group", "text"]


def text(key: str, **values: object) -> str:
    """Return a text by its key, such as ``made.station``, with its gaps filled."""
    part, _, name = key.partition(".")
    return str(group(part)[name]).format(**values)


def group(name: str) -> dict[str, Any]:
    """Return one table of texts, unfilled."""
    table: dict[str, Any] = _texts()[name]
    return table


@cache
def _texts() -> dict[str, Any]:
    path = files("stadtlabor.blueprint").joinpath("texts.de.toml")
    return tomllib.loads(path.read_text("utf-8"))
