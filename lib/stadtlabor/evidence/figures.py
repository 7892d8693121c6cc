"""Ids of figures: what a run records can be asked for its origin, one value at a time.

An id is made from the run alone, so every page and every printout can state it:
first 12 digits of the run's key, ``-``, name of the value (``3fa9c1d2e4b5-percent``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from stadtlabor.promotion.archive import Run, find
from stadtlabor.settings import home

__all__ = ["DIGITS", "figure_id", "figures", "run_of", "split"]

DIGITS = 12
_ID = re.compile(rf"([0-9a-f]{{{DIGITS}}})(?:[-#](.+))?")


def figure_id(key: str, name: str) -> str:
    """Return the id of a value.

    Parameters
    ----------
    key
        Key of the run, or hash of the published version.
    name
        Name of the value, parts of a table joined by dots.
    """
    return f"{key[:DIGITS]}-{name}"


def split(stated: str) -> tuple[str, str] | None:
    """Return the digits and the name in an id; None where it is none. The name may be empty."""
    found = _ID.fullmatch(stated.strip())
    return (found[1], found[2] or "") if found else None


def figures(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the single values of a result by name; rows of tables are left out.

    Parameters
    ----------
    result
        What a notebook has recorded.
    """
    found: dict[str, Any] = {}
    for name, value in result.items():
        if isinstance(value, Mapping):
            found |= {f"{name}.{inner}": each for inner, each in figures(value).items()}
        elif not isinstance(value, list):
            found[name] = value
    return found


def run_of(stated: str) -> tuple[Run, str] | None:
    """Return the run of a figure, and the figure's name.

    Parameters
    ----------
    stated
        Id of a figure, or ``PIPELINE/LAUF``, each with ``#NAME`` behind it or not.
    """
    if "/" in stated:
        place, _, name = stated.partition("#")
        pipeline, _, folder = place.partition("/")
        run = find(pipeline, folder) if re.fullmatch(r"[a-z0-9-]+", pipeline) else None
        return (run, name) if run else None
    parts = split(stated)
    if parts is None:
        return None
    for path in (home() / "runs").glob(f"[!.]*/[!.]*-{parts[0]}/run.json"):
        if run := find(path.parent.parent.name, path.parent.name):
            return run, parts[1]
    return None
