"""German sentences of evidence and origin (``evidence.de.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["said", "words"]


@cache
def words() -> dict[str, Any]:
    """Return the whole catalogue."""
    here = files("stadtlabor.evidence").joinpath("evidence.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


def said(key: str, **values: object) -> str:
    """Return a sentence with its gaps filled.

    Parameters
    ----------
    key
        Section and name, joined by a dot.

    Raises
    ------
    KeyError
        If there is no such sentence or a gap stays empty.
    """
    section, _, name = key.partition(".")
    return str(words()[section][name]).format(**values)
