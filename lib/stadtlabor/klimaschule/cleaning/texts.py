"""German sentences of this package."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["decimal", "moment", "texts"]


@cache
def texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    path = files("stadtlabor.klimaschule.cleaning").joinpath("texts.de.toml")
    return tomllib.loads(path.read_text("utf-8"))


def decimal(value: float, digits: int = 1) -> str:
    """Write a number the German way: 1.234,5."""
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def moment(time: Any) -> str:
    """Write a time the German way."""
    return f"{time:%d.%m.%Y %H:%M}"
