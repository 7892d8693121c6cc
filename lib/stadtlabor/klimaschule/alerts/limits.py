"""Thresholds of the rules, from ``rules.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["limits", "rules"]


@cache
def rules() -> Mapping[str, Mapping[str, Any]]:
    """Return every rule's block: field, medium, thresholds, source."""
    path = resources.files(__package__).joinpath("rules.toml")
    return tomllib.loads(path.read_text("utf-8"))


def limits(key: str) -> Mapping[str, float]:
    """Return the thresholds of a rule by name."""
    return {name: float(value) for name, value in rules()[key]["limits"].items()}
