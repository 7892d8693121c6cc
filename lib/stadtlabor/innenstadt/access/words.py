"""German sentences about keys (``access.de.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

__all__ = ["said"]


@cache
def _words() -> dict[str, str]:
    here = files("stadtlabor.innenstadt.access").joinpath("access.de.toml")
    return tomllib.loads(here.read_text("utf-8"))


def said(key: str, **values: object) -> str:
    """Return a sentence with its gaps filled.

    Raises
    ------
    KeyError
        If there is no such sentence or a gap stays empty.
    """
    return _words()[key].format(**values)
