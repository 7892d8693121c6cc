"""German words of the report (``texts.de.toml``) and how it writes numbers."""

from __future__ import annotations

import math
import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from stadtlabor.ui.texts import number

__all__ = ["day", "exact", "kilograms", "tonnes", "words"]


@cache
def words() -> dict[str, Any]:
    """Return the catalogue."""
    return tomllib.loads(files("stadtlabor.report").joinpath("texts.de.toml").read_text("utf-8"))


def tonnes(kg: float) -> str:
    """Write kilograms as tonnes: ``189,3``."""
    return number(kg / 1000, 1)


def kilograms(kg: float) -> str:
    """Write kilograms with as many digits as are worth reading."""
    return number(kg, 0 if abs(kg) >= 10 or kg == 0 else 1)


def exact(value: float) -> str:
    """Write a factor or an amount with all its digits, at most six significant ones."""
    if not math.isfinite(value):
        return "–"
    digits = 0
    if value:
        digits = max(0, 5 - math.floor(math.log10(abs(value))))
    text = number(value, min(digits, 6))
    return text.rstrip("0").rstrip(",") if "," in text else text


def day(when: date) -> str:
    """Write a day: ``31.12.2025``."""
    return f"{when:%d.%m.%Y}"
