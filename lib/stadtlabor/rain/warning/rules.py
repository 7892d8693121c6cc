"""Limits of watch and assessment: ``rules.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

__all__ = ["rules"]


@cache
def _all() -> dict[str, dict[str, Any]]:
    text = resources.files("stadtlabor.rain.warning").joinpath("rules.toml").read_text("utf-8")
    return tomllib.loads(text)


def rules(table: str) -> dict[str, Any]:
    """Return a table of the limits; units stand in the names of its keys."""
    return dict(_all()[table])
