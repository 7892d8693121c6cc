"""The German words of this room."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["texts"]


@cache
def texts(name: str = "retention") -> dict[str, Any]:
    """Return the catalogue ``<name>.de.toml`` of this package."""
    path = Path(__file__).parent / f"{name}.de.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
