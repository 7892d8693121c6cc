"""German sentences of the dossier (``texts.de.toml``) and German numbers."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["day", "number", "text"]


@cache
def _texts() -> dict[str, Any]:
    read = files("stadtlabor.klimaschule.dossier").joinpath("texts.de.toml").read_text("utf-8")
    return tomllib.loads(read)


def text(key: str, **values: object) -> str:
    """Return a sentence by ``section.name`` with its gaps filled."""
    section, _, name = key.partition(".")
    return str(_texts()[section][name]).format(**values)


def number(value: float, digits: int = 0) -> str:
    """Write a number with decimal comma and grouped thousands."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def day(when: date) -> str:
    """Write a day: ``03.04.2025``."""
    return f"{when:%d.%m.%Y}"
