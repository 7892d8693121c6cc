"""The German words of the pages."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["texts"]


@cache
def texts() -> dict[str, Any]:
    """Return the catalogues: ``texts.de.toml``, and each ``x.de.toml`` beside it as ``x``."""
    words: dict[str, Any] = {}
    for path in sorted(Path(__file__).parent.glob("*.de.toml")):
        name = path.name.removesuffix(".de.toml")
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        words.update(found if name == "texts" else {name: found})
    return words
