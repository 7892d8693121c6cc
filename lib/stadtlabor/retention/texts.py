"""The German words of this room."""

from __future__ import annotations

from typing import Any

from stadtlabor.sentences import catalogue

__all__ = ["texts"]


def texts(name: str = "retention") -> dict[str, Any]:
    """Return the catalogue ``<name>.de.toml`` of this package."""
    return catalogue("stadtlabor.retention", name)
