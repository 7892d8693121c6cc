"""The German sentences of a room: a TOML catalogue beside its modules."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["catalogue", "sentence"]


@cache
def catalogue(package: str, name: str) -> dict[str, Any]:
    """Return the catalogue ``<name>.de.toml`` of a package; tables of texts, unfilled."""
    return tomllib.loads(files(package).joinpath(f"{name}.de.toml").read_text("utf-8"))


def sentence(package: str, name: str, key: str, /, **values: object) -> str:
    """Return a sentence with its gaps filled.

    Parameters
    ----------
    package, name
        See :func:`catalogue`.
    key
        Table and name, joined by a dot.

    Raises
    ------
    KeyError
        If there is no such sentence or a gap stays empty.
    """
    table, _, place = key.partition(".")
    return str(catalogue(package, name)[table][place]).format(**values)
