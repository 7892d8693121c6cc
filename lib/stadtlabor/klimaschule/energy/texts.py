"""German sentences about energy, from the catalogue ``texts.de.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

import pandas as pd

__all__ = ["date", "number", "text"]


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    path = resources.files(__package__).joinpath("texts.de.toml")
    return tomllib.loads(path.read_text("utf-8"))


def text(key: str, **values: object) -> str:
    """Return a text (``section.name``) with its gaps filled by ready words and numbers."""
    section, _, name = key.partition(".")
    return _catalogue()[section][name].format(**values)


def number(value: float, digits: int = 0) -> str:
    """Write a number the German way.

    >>> number(1234.5, 1)
    '1.234,5'
    >>> number(-2)
    '−2'
    """
    return f"{value:,.{digits}f}".translate(str.maketrans(",.-", ".,−"))


def date(day: pd.Timestamp) -> str:
    """Write a day: ``3.4.2024``."""
    return f"{day.day}.{day.month}.{day.year}"
