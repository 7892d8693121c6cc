"""The German words of the pages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["texts"]


@cache
def texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    path = Path(__file__).with_name("texts.de.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
