"""One colour per meaning, for charts, maps and pages alike."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

__all__ = ["colour"]


@cache
def _palette() -> dict[str, dict[str, str]]:
    return tomllib.loads(resources.files("stadtlabor.ui").joinpath("palette.toml").read_text())


def colour(meaning: str) -> str:
    """Return the hex colour of a meaning such as ``electricity`` or ``pedestrians``."""
    return _palette()["meaning"][meaning]
