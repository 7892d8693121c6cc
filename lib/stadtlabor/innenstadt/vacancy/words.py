"""German words of the vacancy register (``texts.de.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["said", "words"]


@cache
def words() -> dict[str, Any]:
    """Return the catalogue."""
    here = files("stadtlabor.innenstadt.vacancy").joinpath("texts.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


def said(section: str, key: str, **values: object) -> str:
    """Return a text with its gaps filled.

    Raises
    ------
    KeyError
        If there is no such text or a gap stays empty.
    """
    return str(words()[section][key]).format(**values)
