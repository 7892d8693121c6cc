"""German sentences about footfall, from ``footfall.de.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd

__all__ = ["day", "number", "words"]


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    text = files("stadtlabor.innenstadt.footfall").joinpath("footfall.de.toml").read_text("utf-8")
    return tomllib.loads(text)


def words(key: str, **values: object) -> str:
    """Return a sentence (``section.name``) with its gaps filled."""
    section, _, name = key.partition(".")
    return _catalogue()[section][name].format(**values)


def number(value: float, digits: int = 0) -> str:
    """Write a number the German way.

    >>> number(-1234.5, 1)
    '−1.234,5'
    """
    text = f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))
    return text.replace("-", "−")


def day(instant: pd.Timestamp) -> str:
    """Write a day: ``3.4.2024``."""
    return f"{instant.day}.{instant.month}.{instant.year}"
