"""Why a question is not answered: a status of HTTP and a German sentence."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

__all__ = ["Refusal", "refuse", "words"]


class Refusal(ValueError):  # noqa: N818 - it is the answer to a question, not a failure
    """A question that cannot be answered.

    Parameters
    ----------
    status
        Status of HTTP: 400, 404, 405 or 501.
    message
        German sentence: what is wrong and what to do.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@cache
def _texts() -> dict[str, dict[str, str]]:
    text = files(__package__).joinpath("texts.de.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def words(key: str, **gaps: Any) -> str:
    """Return a German text; ``key`` names section and entry (``entity.thing``)."""
    section, _, name = key.partition(".")
    # A question may hold anything, so what it says is cut before it is told again.
    shown = {n: v[:80] if isinstance(v, str) and n != "known" else v for n, v in gaps.items()}
    return _texts()[section][name].format(**shown)


def refuse(key: str, status: int = 400, **gaps: Any) -> Refusal:
    """Return the refusal that a text words."""
    return Refusal(status, words(key, **gaps))
