"""Sentences under a button in a notebook."""

from __future__ import annotations

import html

__all__ = ["paragraphs"]


def paragraphs(text: str) -> str:
    """Return HTML that is read aloud: the first line as a sentence, all others as a list."""
    first, *rest = text.split("\n")
    items = "".join(f"<li>{html.escape(line)}</li>" for line in rest)
    told = f"<p role='status'>{html.escape(first)}</p>"
    return told + (f"<ul>{items}</ul>" if items else "")
