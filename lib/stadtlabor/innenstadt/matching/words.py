"""German words of the matching, and how it writes numbers."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["number", "words"]


@cache
def words() -> dict[str, Any]:
    """Return the catalogue (``texts.de.toml``)."""
    here = files("stadtlabor.innenstadt.matching").joinpath("texts.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


def number(value: float, digits: int = 0) -> str:
    """Write a number with decimal comma, without zeros at the end.

    >>> number(12.50, 2), number(1200)
    ('12,5', '1.200')
    """
    text = f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
    return text.rstrip("0").rstrip(",") if "," in text else text
