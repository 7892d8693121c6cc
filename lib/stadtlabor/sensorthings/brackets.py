"""Cut a text at signs that stand outside of brackets and quotation marks."""

from __future__ import annotations

from stadtlabor.sensorthings.refusal import refuse

__all__ = ["cut", "opened"]


def cut(text: str, sign: str, option: str) -> list[str]:
    """Return the pieces between the signs.

    Raises
    ------
    Refusal
        If a bracket or a quotation mark is not closed.
    """
    pieces, level, quoted, start = [], 0, False, 0
    for at, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "()":
            level += 1 if letter == "(" else -1
            if level < 0:
                raise refuse("option.bracket", name=option)
        elif letter == sign and level == 0:
            pieces.append(text[start:at])
            start = at + 1
    if quoted:
        raise refuse("option.quote", name=option)
    if level:
        raise refuse("option.bracket", name=option)
    return [*pieces, text[start:]]


def opened(text: str) -> tuple[str, str | None]:
    """Return what stands before a bracket and what stands in it; None where there is none."""
    name, bracket, rest = text.strip().partition("(")
    if not bracket or not rest.endswith(")"):
        return text.strip(), None
    return name.strip(), rest[:-1]
