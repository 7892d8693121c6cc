"""The German words of participation and the list of uses."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["texts", "uses"]


@cache
def texts() -> dict[str, Any]:
    """Return the catalogue ``texts.de.toml``."""
    return tomllib.loads(Path(__file__).with_name("texts.de.toml").read_text(encoding="utf-8"))


@cache
def uses() -> dict[str, str]:
    """Return what may be proposed for a vacancy: key → German name (``uses.toml``)."""
    return tomllib.loads(Path(__file__).with_name("uses.toml").read_text(encoding="utf-8"))
