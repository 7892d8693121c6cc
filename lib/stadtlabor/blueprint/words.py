"""German texts of the blueprint (``texts.de.toml``)."""

from __future__ import annotations

from functools import partial
from typing import Any

from stadtlabor.sentences import catalogue, sentence

__all__ = ["group", "text"]

text = partial(sentence, "stadtlabor.blueprint", "texts")


def group(name: str) -> dict[str, Any]:
    """Return one table of texts, unfilled."""
    table: dict[str, Any] = catalogue("stadtlabor.blueprint", "texts")[name]
    return table
