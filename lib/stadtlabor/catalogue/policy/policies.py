"""The city's policies: files in ``datasets/policies``, compiled once and again when they change."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from stadtlabor.catalogue.policy.compiler import PolicyError, compiled
from stadtlabor.catalogue.policy.rule import Plan

__all__ = ["names", "policy"]


def policy(folder: Path, name: str) -> Plan:
    """Return a compiled policy.

    Parameters
    ----------
    folder
        Folder of the policies.
    name
        Name of the file without ``.json``.

    Raises
    ------
    PolicyError
        In German, if it is missing or cannot be enforced.
    """
    path = folder / f"{name}.json"
    try:
        changed = path.stat().st_mtime_ns
    except OSError as error:
        raise PolicyError(
            f"Die Regel „{name}“ fehlt: {path.name} liegt nicht in {folder.name}. "
            "Bitte anlegen oder in der Datensatz-Karte eine andere nennen."
        ) from error
    return _read(path, changed)


def names(folder: Path) -> list[str]:
    """Return the names of all policies."""
    return sorted(path.stem for path in folder.glob("*.json"))


@lru_cache(maxsize=256)
def _read(path: Path, changed: int) -> Plan:
    return compiled(path.read_text("utf-8"), path.stem)
