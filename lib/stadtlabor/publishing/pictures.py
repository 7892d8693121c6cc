"""Every picture and chart says in words what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from stadtlabor.publishing.words import said

__all__ = ["wordless"]

_VEGA = "application/vnd.vega"
_MARKDOWN = re.compile(r"!\[\s*\]\(")


class _Pictures(HTMLParser):
    """Counts pictures without words: ``img`` without ``alt``, drawings without a name."""

    def __init__(self) -> None:
        super().__init__()
        self.bad = 0
        self._depth = 0
        self._named = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the beginning of an element."""
        known = {name: (value or "").strip() for name, value in attrs}
        hidden = known.get("aria-hidden") == "true" or known.get("role") == "presentation"
        if tag == "img" and not hidden and not known.get("alt"):
            self.bad += 1
        elif tag == "canvas":
            self.bad += not (hidden or known.get("aria-label"))
        elif tag == "svg":
            if self._depth == 0:
                self._named = hidden or bool(
                    known.get("aria-label") or known.get("aria-labelledby")
                )
            self._depth += 1
        elif tag == "title" and self._depth:
            self._named = True

    def handle_endtag(self, tag: str) -> None:
        """Look at the end of an element."""
        if tag == "svg" and self._depth:
            self._depth -= 1
            if self._depth == 0:
                self.bad += not self._named


def wordless(notebook: Mapping[str, Any]) -> list[str]:
    """Return a German sentence per cell with pictures that say nothing in words.

    Parameters
    ----------
    notebook
        Executed notebook as JSON.
    """
    faults = []
    for number, cell in enumerate(notebook["cells"], start=1):
        count = sum(_counted(cell))
        if count:
            faults.append(said("pictures.alt", cell=number, count=count))
    return faults


def _counted(cell: Mapping[str, Any]) -> Iterator[int]:
    source = "".join(cell.get("source", ""))
    if cell["cell_type"] == "markdown":
        yield len(_MARKDOWN.findall(source)) + _html(source)
    for output in cell.get("outputs", []):
        data, about = output.get("data", {}), output.get("metadata", {})
        html = "".join(data.get("text/html", ""))
        if html:
            yield _html(html)
            continue
        if any(kind.startswith(_VEGA) for kind in data):
            specs = [content for kind, content in data.items() if kind.startswith(_VEGA)]
            yield int(not all(isinstance(s, dict) and s.get("description") for s in specs))
            continue
        if "image/svg+xml" in data:
            yield _html("".join(data["image/svg+xml"]))
            continue
        for kind in ("image/png", "image/jpeg"):
            if kind in data:
                yield int(not str(about.get(kind, {}).get("alt", "")).strip())


def _html(text: str) -> int:
    parser = _Pictures()
    parser.feed(text)
    parser.close()
    return parser.bad
